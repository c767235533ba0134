import type { Answer } from '../transport/http.ts';

/** Reads a 204 response. Throws for anything else, such as the page of a proxy. */
export function noContent({ status, text }: Answer): null {
  if (status !== 204 || text !== '') throw new TypeError('expected 204 without a body');
  return null;
}
