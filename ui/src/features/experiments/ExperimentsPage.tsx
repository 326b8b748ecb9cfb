/** All experiments, those with the newest run first. */
export function ExperimentsPage() {
  return <h1>Experiments</h1>;
}
