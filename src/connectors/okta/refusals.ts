import { z } from 'zod';
import { retryAfterMs } from '../rate-limit/headers.ts';
import type { ConnectorErrorCode } from '../errors.ts';
import type { Refusal } from '../transport/failure.ts';
import type { HttpResponse } from '../transport/http.ts';

// https://developer.okta.com/docs/reference/error-codes
const BY_CODE: Readonly<Record<string, ConnectorErrorCode>> = {
  E0000004: 'unauthenticated',
  E0000005: 'unauthenticated',
  E0000011: 'unauthenticated',
  E0000006: 'forbidden',
  E0000015: 'forbidden',
  E0000007: 'not_found',
  E0000008: 'not_found',
  // States that do not allow the operation; Okta responds with 403.
  E0000016: 'conflict',
  E0000038: 'conflict',
  E0000047: 'rate_limited',
  E0000239: 'unavailable',
};

const BY_STATUS: Readonly<Record<number, ConnectorErrorCode>> = {
  401: 'unauthenticated',
  403: 'forbidden',
  // A 404 without Okta's own code is not from Okta, and must not make a user count as missing.
  404: 'malformed',
  408: 'unavailable',
  409: 'conflict',
  423: 'unavailable',
  429: 'rate_limited',
};

const errorBody = z.object({ errorCode: z.string().regex(/^E\d{7}$/) });

/** Reads a response of Okta; null for a success. */
export function oktaRefusal(response: HttpResponse, json: unknown): Refusal | null {
  if (response.status >= 200 && response.status < 300) return null;
  const vendorCode = errorBody.safeParse(json).data?.errorCode ?? null;
  const code = codeOf(response.status, vendorCode);
  return {
    code,
    vendorCode,
    retryAfterMs: code === 'rate_limited' ? retryAfterMs(response.headers) : null,
  };
}

function codeOf(status: number, vendorCode: string | null): ConnectorErrorCode {
  // These statuses are more reliable than Okta's code: 5xx bodies contain all kinds of codes, and
  // 429 is unambiguous.
  if (status >= 500) return 'unavailable';
  if (status === 429) return 'rate_limited';
  if (status < 400) return 'malformed';
  const known =
    vendorCode !== null && Object.hasOwn(BY_CODE, vendorCode) ? BY_CODE[vendorCode] : undefined;
  return known ?? BY_STATUS[status] ?? 'invalid';
}
