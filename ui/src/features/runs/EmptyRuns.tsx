import { useState } from "react";
import { Icon } from "@/components/Icon";
import styles from "./EmptyRuns.module.css";

/** An experiment without runs: the lines of Python that log the first. */
export function EmptyRuns({ experimentName }: { experimentName: string }) {
  const [isCopied, setIsCopied] = useState(false);
  const server = new URL(".", document.baseURI).href.replace(/\/$/, "");
  const code = [
    "import kipu",
    "",
    `kipu.set_tracking_uri(${JSON.stringify(server)})`,
    `kipu.set_experiment(${JSON.stringify(experimentName)})`,
    'kipu.log_metric("loss", 0.25)',
  ].join("\n");

  async function copy() {
    await navigator.clipboard.writeText(code);
    setIsCopied(true);
    setTimeout(() => setIsCopied(false), 1500);
  }
  return (
    <div className="notice">
      <h2>No runs yet</h2>
      <p>Three lines of Python log the first one. It appears here by itself.</p>
      <div className={styles.code}>
        <pre>{code}</pre>
        {"clipboard" in navigator && (
          <button type="button" className="icon-button" aria-label="Copy" title="Copy" onClick={copy}>
            <Icon name={isCopied ? "check" : "copy"} />
          </button>
        )}
      </div>
      <p className="faint">Code written for MLflow works as it is: point its tracking URI here.</p>
    </div>
  );
}
