import { Icon } from "./Icon";

/** Says what went wrong in the server's words, and offers to try again. */
export function Failure({ error, retry, what }: { error: Error; retry?: () => void; what?: string }) {
  return (
    <div className="notice" role="alert">
      <Icon name="warning" size={22} />
      <h2>{what === undefined ? "That did not work" : `Could not load ${what}`}</h2>
      <p>{error.message}</p>
      {retry && (
        <button type="button" className="button" onClick={() => retry()}>
          Try again
        </button>
      )}
    </div>
  );
}
