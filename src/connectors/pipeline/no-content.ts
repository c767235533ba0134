import type { HttpResponse } from '../transport/http.ts';

/** Reads a 204 response. Throws for anything else, such as the page of a proxy. */
export function noContent({ status, text }: HttpResponse): null {
  if (status !== 204 || text !== '') throw new TypeError('expected 204 without a body');
  return null;
}
