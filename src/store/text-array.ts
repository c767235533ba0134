/**
 * Texts as a parameter of type text[]: the array as PostgreSQL writes it, made by the engine's own JSON writer, which
 * quotes the same way but for control characters and halves of surrogate pairs. Where there may be any, the list itself,
 * for the driver to write: it takes each text apart twice.
 */
export function textArray(texts: readonly (string | null)[]): string | readonly (string | null)[] {
  const json = JSON.stringify(texts);
  return OTHER_ESCAPES.test(json) ? texts : `{${json.slice(1, -1)}}`;
}

const OTHER_ESCAPES = /\\[^"\\]/;
