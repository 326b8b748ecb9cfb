import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { Dialog } from "@/components/Dialog";
import { plural } from "@/lib/format";
import { createExperiment, deleteExperiment, type Experiment, renameExperiment, restoreExperiment } from "./api";

export type ExperimentQuestion =
  | { kind: "create" }
  | { kind: "rename"; experiment: Experiment }
  | { kind: "delete"; experiment: Experiment }
  | { kind: "restore"; experiment: Experiment };

/** Asks what it needs to know, does it, and closes; the server's refusal is shown in place. */
export function ExperimentDialog({ question, onClose }: { question: ExperimentQuestion; onClose: () => void }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [name, setName] = useState(question.kind === "rename" ? question.experiment.name : "");
  const action = useMutation({
    mutationFn: async () => {
      switch (question.kind) {
        case "create":
          return (await createExperiment(name.trim())).experiment_id;
        case "rename":
          await renameExperiment(question.experiment.experiment_id, name.trim());
          return;
        case "delete":
          await deleteExperiment(question.experiment.experiment_id);
          return;
        case "restore":
          await restoreExperiment(question.experiment.experiment_id);
          return;
      }
    },
    onSuccess: (createdId) => {
      client.invalidateQueries({ queryKey: ["experiments"] });
      if (question.kind === "rename") {
        client.invalidateQueries({ queryKey: ["experiment", question.experiment.experiment_id] });
      }
      onClose();
      if (createdId !== undefined) navigate({ to: "/experiments/$experimentId", params: { experimentId: createdId } });
    },
  });
  const common = { error: action.error, isBusy: action.isPending, onSubmit: () => action.mutate(), onClose };

  if (question.kind === "delete") {
    const { name: old, run_count } = question.experiment;
    return (
      <Dialog {...common} title={`Delete “${old}”?`} action="Delete experiment" isDangerous>
        <p>
          {run_count === 0 ? "It has no runs." : `Its ${plural(run_count, "run")} will be deleted with it.`} It can be
          restored from the list of deleted experiments until it is removed for good.
        </p>
      </Dialog>
    );
  }
  if (question.kind === "restore") {
    return (
      <Dialog {...common} title={`Restore “${question.experiment.name}”?`} action="Restore experiment">
        <p>The experiment and the runs that were deleted with it will be active again.</p>
      </Dialog>
    );
  }
  const isCreation = question.kind === "create";
  return (
    <Dialog
      {...common}
      title={isCreation ? "New experiment" : "Rename experiment"}
      action={isCreation ? "Create" : "Rename"}
    >
      <input
        className="input"
        autoFocus
        required
        aria-label="Name"
        placeholder="A name, such as digits or gpt-small"
        value={name}
        onFocus={(event) => event.target.select()}
        onChange={(event) => setName(event.target.value)}
      />
    </Dialog>
  );
}
