// The one door to the server: JSON in, JSON out, failures as ApiError.

/** What the server says when it refuses: MLflow's error body, with the place at fault when a filter is wrong. */
export class ApiError extends Error {
  override readonly name = "ApiError";

  constructor(
    readonly status: number,
    readonly errorCode: string,
    message: string,
    /** The character of the filter at fault, counted from 0. */
    readonly position?: number,
  ) {
    super(message);
  }

  /** Whether asking again could help: the server is away or stumbled. */
  get isPassing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

export type QueryValue = string | number | boolean | null | undefined | readonly (string | number)[];

/** The absolute address of an API path such as `/kipu/1/info`; it lies below <base>, so any static prefix is kept. */
export function apiUrl(path: string, query: Record<string, QueryValue> = {}): string {
  const url = new URL(`api${path}`, document.baseURI);
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined || value === null) continue;
    for (const one of Array.isArray(value) ? value : [value]) url.searchParams.append(name, String(one));
  }
  return url.href;
}

/** GET an API path, such as `get<Info>("/kipu/1/info")` or `get("/2.0/mlflow/runs/get", { run_id })`. */
export function get<T>(path: string, query: Record<string, QueryValue> = {}, signal?: AbortSignal): Promise<T> {
  return request<T>(apiUrl(path, query), { signal: signal ?? null });
}

/** POST JSON to an API path. */
export function post<T>(path: string, body: unknown = {}, signal?: AbortSignal): Promise<T> {
  return request<T>(apiUrl(path), {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
    signal: signal ?? null,
  });
}

async function request<T>(url: string, init: RequestInit): Promise<T> {
  let response: Response;
  try {
    response = await fetch(url, init);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError(0, "UNREACHABLE", "The server does not answer. Is it running, and is the network up?");
  }
  if (!response.ok) throw await refusal(response);
  return (await response.json()) as T;
}

/** Read the error body of any answer; a proxy may have answered in HTML instead of the server. */
export async function refusal(response: Response): Promise<ApiError> {
  const text = await response.text();
  try {
    const body = JSON.parse(text) as { error_code?: string; message?: string; position?: number };
    const message = body.message ?? `The server answered ${response.status}.`;
    return new ApiError(response.status, body.error_code ?? "UNKNOWN", message, body.position);
  } catch {
    return new ApiError(response.status, "UNKNOWN", `The server answered ${response.status} ${response.statusText}.`);
  }
}

/** A number as the server writes it: JSON has no NaN or infinities, so they come as strings. */
export type WireNumber = number | "NaN" | "Infinity" | "-Infinity";

export function toNumber(value: WireNumber): number {
  return typeof value === "number" ? value : Number(value);
}
