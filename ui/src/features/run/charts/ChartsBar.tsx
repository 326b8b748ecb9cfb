import type { XAxis } from "@/components/chart/axes";
import { Icon } from "@/components/Icon";
import { Segments } from "@/components/Segments";
import styles from "./charts.module.css";
import type { ChartSettings } from "./useChartView";

const AXES: Record<XAxis, string> = { step: "Step", relative: "Relative", time: "Wall time" };

interface ChartsBarProps {
  settings: ChartSettings;
  change: (changed: Partial<ChartSettings>) => void;
  shown: number;
  total: number;
  problem: string | undefined;
}

/** The settings of all charts. */
export function ChartsBar({ settings, change, shown, total, problem }: ChartsBarProps) {
  return (
    <div className={styles.chartsBar}>
      <label className={styles.chartsFind}>
        <Icon name="search" />
        <input
          className="input"
          type="search"
          value={settings.find}
          placeholder="Find metrics: words, or /regular expression/"
          aria-label="Find metrics"
          aria-invalid={problem !== undefined}
          onChange={(event) => change({ find: event.target.value })}
        />
        <span className="faint tabular">{shown === total ? total : `${shown} of ${total}`}</span>
      </label>
      <Segments label="X axis" options={AXES} value={settings.axis} onChange={(axis) => change({ axis })} />
      <label className={styles.chartsSmooth} title="Exponential moving average, as TensorBoard's">
        Smoothing
        <input
          type="range"
          min={0}
          max={0.99}
          step={0.01}
          value={settings.smoothing}
          onChange={(event) => change({ smoothing: event.target.valueAsNumber })}
        />
        <output className="tabular">{settings.smoothing.toFixed(2)}</output>
      </label>
      <div className={styles.chartsSwitches}>
        <Switch label="Log x" on={settings.logX} set={(logX) => change({ logX })} disabled={settings.axis === "time"} />
        <Switch label="Log y" on={settings.logY} set={(logY) => change({ logY })} />
        <Switch
          label="Ignore outliers"
          on={settings.ignoreOutliers}
          set={(ignoreOutliers) => change({ ignoreOutliers })}
        />
      </div>
      {problem !== undefined && (
        <p className={styles.chartsProblem} role="alert">
          {problem}
        </p>
      )}
    </div>
  );
}

function Switch(props: { label: string; on: boolean; set: (on: boolean) => void; disabled?: boolean }) {
  return (
    <label className={styles.switch}>
      <input
        type="checkbox"
        checked={props.on && !props.disabled}
        disabled={props.disabled}
        onChange={(event) => props.set(event.target.checked)}
      />
      {props.label}
    </label>
  );
}
