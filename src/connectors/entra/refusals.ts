import { z } from 'zod';
import { fieldName, refusalBy } from '../transport/error-table.ts';
import { cleanWords } from '../transport/vendor-words.ts';
import { ENTRA_ERRORS } from './error-table.ts';
import type { OwnError } from '../transport/error-table.ts';
import type { Refusal } from '../transport/failure.ts';
import type { HttpResponse } from '../transport/http.ts';

const errorBody = z.object({
  error: z.object({
    code: z.string().regex(/^[A-Za-z][\w.]{0,63}$/),
    message: z.string().optional().catch(undefined),
  }),
});

/** Reads a response of Graph; null for a success. */
export function entraRefusal(
  response: HttpResponse,
  json: unknown,
  operation: string,
): Refusal | null {
  if (response.status >= 200 && response.status < 300) return null;
  return refusalBy(ENTRA_ERRORS, { response, operation, own: ownError(json) });
}

/** Graph's own error in a response; undefined if the response is not from Graph. */
export const errorOf = (
  json: unknown,
): { code: string; message?: string | undefined } | undefined =>
  errorBody.safeParse(json).data?.error;

function ownError(json: unknown): OwnError | null {
  const error = errorOf(json);
  if (!error) return null;
  const said = error.message ?? '';
  const named = /propert(?:y|ies):? '([^']+)'/i.exec(said);
  return {
    vendorCode: error.code,
    words: cleanWords([said]),
    field: fieldName(named?.[1]),
    said: said.slice(0, 4_000),
  };
}
