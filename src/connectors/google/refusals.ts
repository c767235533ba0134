import { z } from 'zod';
import { fieldName, refusalBy } from '../transport/error-table.ts';
import { cleanWords } from '../transport/vendor-words.ts';
import { GOOGLE_ERRORS } from './error-table.ts';
import type { OwnError } from '../transport/error-table.ts';
import type { Refusal } from '../transport/failure.ts';
import type { HttpResponse } from '../transport/http.ts';

const word = z.string().regex(/^[A-Za-z][\w.]{0,63}$/);
const text = z.string().optional().catch(undefined);
const errorBody = z.object({
  error: z.object({
    message: text,
    errors: z
      .array(z.object({ reason: word, message: text, location: text, locationType: text }))
      .optional()
      .catch(undefined),
    status: word.optional().catch(undefined),
  }),
});

/** Reads a response of the Directory API; null for a success. */
export function googleRefusal(
  response: HttpResponse,
  json: unknown,
  operation: string,
): Refusal | null {
  if (response.status >= 200 && response.status < 300) return null;
  return refusalBy(GOOGLE_ERRORS, { response, operation, own: ownError(json) });
}

function ownError(json: unknown): OwnError | null {
  const error = errorBody.safeParse(json).data?.error;
  if (!error) return null;
  const [first] = error.errors ?? [];
  // Both usually say the same.
  const said = [...new Set([error.message, first?.message])];
  return {
    vendorCode: first?.reason ?? error.status ?? null,
    words: cleanWords(said),
    field: first?.locationType === 'parameter' ? fieldName(first.location) : null,
    said: said.join('\n').slice(0, 4_000),
  };
}
