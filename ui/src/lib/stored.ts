// Small choices kept in the browser; where storage is forbidden they last as long as the page.

const session = new Map<string, string>();

export function readStored<T>(key: string): T | undefined {
  try {
    const text = localStorage.getItem(`kipu.${key}`) ?? session.get(key);
    return text === undefined ? undefined : (JSON.parse(text) as T);
  } catch {
    return undefined;
  }
}

/** Keep a value; undefined forgets it. */
export function writeStored(key: string, value: unknown): void {
  try {
    if (value === undefined) localStorage.removeItem(`kipu.${key}`);
    else localStorage.setItem(`kipu.${key}`, JSON.stringify(value));
  } catch {
    if (value === undefined) session.delete(key);
    else session.set(key, JSON.stringify(value));
  }
}
