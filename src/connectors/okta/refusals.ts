import { z } from 'zod';
import { fieldName, refusalBy } from '../transport/error-table.ts';
import { cleanWords } from '../transport/vendor-words.ts';
import { OKTA_ERRORS } from './error-table.ts';
import type { OwnError } from '../transport/error-table.ts';
import type { Refusal } from '../transport/failure.ts';
import type { HttpResponse } from '../transport/http.ts';

const text = z.string().optional().catch(undefined);
const errorBody = z.object({
  errorCode: z.string().regex(/^E\d{7}$/),
  errorSummary: text,
  errorCauses: z
    .array(z.object({ errorSummary: text }).catch({}))
    .optional()
    .catch(undefined),
});

/** Reads a response of Okta; null for a success. */
export function oktaRefusal(
  response: HttpResponse,
  json: unknown,
  operation: string,
): Refusal | null {
  if (response.status >= 200 && response.status < 300) return null;
  return refusalBy(OKTA_ERRORS, { response, operation, own: ownError(json) });
}

function ownError(json: unknown): OwnError | null {
  const body = errorBody.safeParse(json).data;
  if (!body) return null;
  const { errorCode, errorSummary, errorCauses = [] } = body;
  const causes = errorCauses.map((cause) => cause.errorSummary);
  const said = [errorSummary, ...causes];
  return {
    vendorCode: errorCode,
    words: cleanWords(said),
    field:
      fieldIn(causes) ?? fieldName(/^Api validation failed: (\S+)$/i.exec(errorSummary ?? '')?.[1]),
    said: said.join('\n').slice(0, 4_000),
  };
}

const NAMES = [/^Property '([^']+)'/, /^([^\s:]+): /];

/** A cause about a field begins with its name. */
function fieldIn(causes: readonly (string | undefined)[]): string | null {
  for (const cause of causes) {
    for (const form of NAMES) {
      const field = fieldName(form.exec(cause ?? '')?.[1]);
      if (field !== null) return field;
    }
  }
  return null;
}
