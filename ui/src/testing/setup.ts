import { cleanup, configure } from "@testing-library/react";
import { afterAll, afterEach, beforeAll, vi } from "vitest";
import { FakeEventSource } from "./eventSource";
import { server } from "./server";

// Nothing is laid out in tests, so that a virtual list would see no room and draw nothing.
for (const [name, value] of Object.entries({
  offsetHeight: 800,
  clientHeight: 800,
  offsetWidth: 1400,
  clientWidth: 1400,
})) {
  Object.defineProperty(HTMLElement.prototype, name, { configurable: true, value });
}
// Pages are loaded on demand, which takes its time on a busy machine.
configure({ asyncUtilTimeout: 5000 });
vi.stubGlobal("EventSource", FakeEventSource);
vi.stubGlobal("scrollTo", () => undefined);

beforeAll(() => server.listen({ onUnhandledRequest: "error" }));
afterEach(() => {
  cleanup();
  server.resetHandlers();
  localStorage.clear();
});
afterAll(() => server.close());
