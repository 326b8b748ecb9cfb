import { useDeferredValue, useMemo, useState } from "react";
import { CopyButton } from "@/components/CopyButton";
import type { KeyValue } from "../api";
import { Card, FIND_FROM } from "./Card";
import { Cell } from "./Cell";
import styles from "./overview.module.css";
import { Rows } from "./Rows";

const byName = new Intl.Collator("en", { numeric: true });

export function ParamsCard({ params }: { params: readonly KeyValue[] }) {
  const [find, setFind] = useState("");
  const text = useDeferredValue(find).trim().toLowerCase();
  const sorted = useMemo(() => params.toSorted((a, b) => byName.compare(a.key, b.key)), [params]);
  const shown = useMemo(
    () => sorted.filter(({ key, value }) => key.toLowerCase().includes(text) || value.toLowerCase().includes(text)),
    [sorted, text],
  );
  return (
    <Card
      title="Params"
      count={params.length}
      find={params.length >= FIND_FROM ? [find, setFind] : undefined}
      actions={params.length > 0 && <CopyButton text={asJson(shown)} label="Copy the params as JSON" />}
    >
      {params.length === 0 && (
        <p className={styles.cardEmpty}>
          None. <code>kipu.log_params({'{"lr": 0.01}'})</code> logs some.
        </p>
      )}
      {params.length > 0 && shown.length === 0 && (
        <p className={styles.cardEmpty}>No param has “{find.trim()}” in it.</p>
      )}
      <Rows
        rows={shown}
        label="Params"
        className={styles.rowsPairs}
        keyOf={({ key }) => key}
        cells={({ key, value }) => (
          <>
            <Cell text={key} className={styles.cellKey} />
            <Cell text={value} className={styles.cellValue} />
            <CopyButton text={value} label={`Copy the value of ${key}`} />
          </>
        )}
      />
    </Card>
  );
}

function asJson(params: readonly KeyValue[]): string {
  return JSON.stringify(Object.fromEntries(params.map(({ key, value }) => [key, value])), null, 2);
}
