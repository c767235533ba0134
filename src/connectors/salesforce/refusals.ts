import { z } from 'zod';
import { BY_STATUS } from '../pipeline/by-status.ts';
import { retryAfterMs } from '../rate-limit/headers.ts';
import type { ConnectorErrorCode } from '../errors.ts';
import type { Refusal } from '../transport/failure.ts';
import type { HttpResponse } from '../transport/http.ts';

// https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_concepts_core_data_objects.htm
const BY_CODE: Readonly<Record<string, ConnectorErrorCode>> = {
  INVALID_SESSION_ID: 'unauthenticated',
  INSUFFICIENT_ACCESS: 'forbidden',
  INSUFFICIENT_ACCESS_OR_READONLY: 'forbidden',
  INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY: 'forbidden',
  API_DISABLED_FOR_ORG: 'forbidden',
  API_CURRENTLY_DISABLED: 'forbidden',
  FUNCTIONALITY_NOT_ENABLED: 'forbidden',
  NOT_FOUND: 'not_found',
  ENTITY_IS_DELETED: 'not_found',
  INVALID_CROSS_REFERENCE_KEY: 'not_found',
  REQUEST_LIMIT_EXCEEDED: 'rate_limited',
  SERVER_UNAVAILABLE: 'unavailable',
  UNABLE_TO_LOCK_ROW: 'unavailable',
};

/** Codes for rules of the organisation: a default owner, the last licence, a validation. */
const RULES =
  /^(CANNOT_|FIELD_|DEPENDENCY_|DUPLICATE_|LICENSE_|DELETE_|INVALID_OPERATION$|LIMIT_EXCEEDED$)/;

const MESSAGES: Partial<Record<ConnectorErrorCode, string>> = {
  forbidden:
    'Salesforce does not allow the user that the app runs as to do this: it needs the permission Manage Users',
  conflict:
    "the organisation's own rules do not allow this change of the user; the vendor code names the rule",
};

const errorBody = z
  .array(z.object({ errorCode: z.string().regex(/^[A-Z][A-Z0-9_]{1,63}$/) }))
  .min(1)
  .max(100);

/**
 * Reads a response of Salesforce; null for a success. Error texts may quote fields, so they are
 * dropped.
 */
export function salesforceRefusal(response: HttpResponse, json: unknown): Refusal | null {
  if (response.status >= 200 && response.status < 300) return null;
  const vendorCode = errorBody.safeParse(json).data?.[0]?.errorCode ?? null;
  const code = codeOf(response.status, vendorCode);
  const message = vendorCode === null ? undefined : MESSAGES[code];
  return {
    code,
    vendorCode,
    retryAfterMs: code === 'rate_limited' ? retryAfterMs(response.headers) : null,
    // Sent before anything has been changed.
    ...(vendorCode === 'UNABLE_TO_LOCK_ROW' && { ambiguous: false }),
    ...(message !== undefined && { message }),
  };
}

function codeOf(status: number, vendorCode: string | null): ConnectorErrorCode {
  if (status >= 500) return 'unavailable';
  if (status < 400) return 'malformed';
  if (vendorCode === null) return status === 404 ? 'malformed' : (BY_STATUS[status] ?? 'invalid');
  const known = Object.hasOwn(BY_CODE, vendorCode) ? BY_CODE[vendorCode] : undefined;
  if (known) return known;
  return status === 400 && RULES.test(vendorCode) ? 'conflict' : (BY_STATUS[status] ?? 'invalid');
}
