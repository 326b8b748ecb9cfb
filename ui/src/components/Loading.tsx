/** Says what is on its way, after a moment of grace. */
export function Loading({ what }: { what: string }) {
  return (
    <div className="notice loading" role="status">
      <div className="spinner" />
      <span>Loading {what} …</span>
    </div>
  );
}
