import { type KeyboardEvent, useState } from "react";
import { Icon } from "@/components/Icon";
import { formatTime } from "@/lib/format";
import { fileUrl, type Owner } from "./api";
import styles from "./artifacts.module.css";
import type { ImageSeries, LoggedImage } from "./imageNames";
import { nameOf } from "./kinds";

/** One panel for each key, all at one step of a common slider. */
export function ImagesView({ owner, series }: { owner: Owner; series: readonly ImageSeries[] }) {
  const steps = [...new Set(series.flatMap(({ images }) => images.map(({ step }) => step)))].sort((a, b) => a - b);
  const [at, setAt] = useState(steps.length - 1);
  const step = steps[Math.min(at, steps.length - 1)] ?? 0;
  const move = (by: number) => setAt((before) => Math.max(0, Math.min(steps.length - 1, before + by)));

  const onKeyDown = (event: KeyboardEvent) => {
    // The slider has these keys already.
    if (event.target instanceof HTMLInputElement) return;
    if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
      move(event.key === "ArrowLeft" ? -1 : 1);
      event.preventDefault();
    }
  };

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the arrows move the slider from anywhere within.
    <div className="images" onKeyDown={onKeyDown}>
      {steps.length > 1 && (
        <div className={styles.imagesBar}>
          <button
            type="button"
            className={`icon-button ${styles.imagesBack}`}
            aria-label="Previous step"
            onClick={() => move(-1)}
          >
            <Icon name="chevronRight" />
          </button>
          <input
            type="range"
            aria-label="Step"
            aria-valuetext={`step ${step}`}
            min={0}
            max={steps.length - 1}
            value={Math.min(at, steps.length - 1)}
            onChange={(event) => setAt(event.target.valueAsNumber)}
          />
          <button type="button" className="icon-button" aria-label="Next step" onClick={() => move(1)}>
            <Icon name="chevronRight" />
          </button>
          <output className="tabular">
            Step {step.toLocaleString("en-US")}
            <span className="faint">
              {" "}
              ({Math.min(at, steps.length - 1) + 1} of {steps.length})
            </span>
          </output>
        </div>
      )}
      <div className={styles.imagesGrid}>
        {series.map(({ key, images }) => (
          <ImagePanel key={key} owner={owner} name={key} image={imageAt(images, step)} exact={step} />
        ))}
      </div>
    </div>
  );
}

/** The image that was current at a step: the last one logged up to it, else the first. */
export function imageAt(images: readonly LoggedImage[], step: number): LoggedImage | undefined {
  return images.findLast((image) => image.step <= step) ?? images[0];
}

interface ImagePanelProps {
  owner: Owner;
  name: string;
  image: LoggedImage | undefined;
  exact: number;
}

function ImagePanel({ owner, name, image, exact }: ImagePanelProps) {
  if (!image) return null;
  return (
    <figure className={styles.imagePanel}>
      <a href={fileUrl(owner, image.path)} download={nameOf(image.path)} title="Download the full image">
        <img src={fileUrl(owner, image.thumbnail ?? image.path)} alt={`${name} at step ${image.step}`} loading="lazy" />
      </a>
      <figcaption title={formatTime(image.timestamp)}>
        <span>{name}</span>
        <span className={image.step === exact ? "faint tabular" : `${styles.imagesOther} tabular`}>
          step {image.step.toLocaleString("en-US")}
        </span>
      </figcaption>
    </figure>
  );
}
