import { z } from 'zod';
import { fieldName, refusalBy } from '../transport/error-table.ts';
import { cleanWords } from '../transport/vendor-words.ts';
import { RULE_CODES, SALESFORCE_ERRORS, otherRule } from './error-table.ts';
import type { ErrorTable, OwnError } from '../transport/error-table.ts';
import type { Refusal } from '../transport/failure.ts';
import type { HttpResponse } from '../transport/http.ts';

const errorBody = z
  .array(
    z.object({
      errorCode: z.string().regex(/^[A-Z][A-Z0-9_]{1,63}$/),
      message: z.string().optional().catch(undefined),
      fields: z.array(z.unknown()).optional().catch(undefined),
    }),
  )
  .min(1)
  .max(100);

/** Reads a response of Salesforce; null for a success. */
export function salesforceRefusal(
  response: HttpResponse,
  json: unknown,
  operation: string,
): Refusal | null {
  if (response.status >= 200 && response.status < 300) return null;
  const own = ownError(json);
  return refusalBy(tableFor(own), { response, operation, own });
}

/** The table; a code for a rule that is not in it has a row of its own. */
function tableFor(own: OwnError | null): ErrorTable {
  const code = own?.vendorCode ?? '';
  return RULE_CODES.test(code)
    ? { ...SALESFORCE_ERRORS, rows: [...SALESFORCE_ERRORS.rows, otherRule(code)] }
    : SALESFORCE_ERRORS;
}

function ownError(json: unknown): OwnError | null {
  const [first, ...others] = errorBody.safeParse(json).data ?? [];
  if (!first) return null;
  const said = [first.message, ...others.map(({ message }) => message)];
  const named = (first.fields ?? []).map(fieldName).filter((name) => name !== null);
  return {
    vendorCode: first.errorCode,
    words: cleanWords(said),
    field: named.length === 0 ? null : named.slice(0, 5).join(','),
    said: said.join('\n').slice(0, 4_000),
  };
}
