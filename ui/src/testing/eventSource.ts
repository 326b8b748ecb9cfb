/** Stands in for the browser's EventSource, which tests cannot have a server for: they send the events themselves. */
export class FakeEventSource extends EventTarget {
  static readonly open: FakeEventSource[] = [];

  constructor(readonly url: string) {
    super();
    FakeEventSource.open.push(this);
  }

  close(): void {
    const at = FakeEventSource.open.indexOf(this);
    if (at >= 0) FakeEventSource.open.splice(at, 1);
  }

  /** Tell every open stream that runs changed. */
  static changed(...runIds: string[]): void {
    const data = JSON.stringify({ cursor: 1_700_000_009_000, run_ids: runIds });
    for (const source of FakeEventSource.open) source.dispatchEvent(new MessageEvent("changed", { data }));
  }
}
