// JSON as Python writes it.

/** The value of a text, or why it is no JSON; Python's NaN and infinities come as texts. */
export function parseJson(text: string): { value: unknown } | { problem: string } {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    // Python writes NaN and Infinity, which JSON has no words for.
    try {
      return { value: JSON.parse(text.replace(BARE, '$1"$2"')) };
    } catch {
      return { problem: error instanceof Error ? error.message : String(error) };
    }
  }
}

const BARE = /([[{:,]\s*)(NaN|-?Infinity)(?=\s*[,\]}])/g;
