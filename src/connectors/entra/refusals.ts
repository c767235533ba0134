import { z } from 'zod';
import { BY_STATUS } from '../pipeline/by-status.ts';
import { retryAfterMs } from '../rate-limit/headers.ts';
import type { ConnectorErrorCode } from '../errors.ts';
import type { Refusal } from '../transport/failure.ts';
import type { HttpResponse } from '../transport/http.ts';

// https://learn.microsoft.com/en-us/graph/errors
const STATUSES: typeof BY_STATUS = { ...BY_STATUS, 423: 'unavailable' };

const errorBody = z.object({
  error: z.object({
    code: z.string().regex(/^[A-Za-z][\w.]{0,63}$/),
    message: z.string().optional(),
  }),
});

/**
 * The message for Authorization_RequestDenied. For operations on administrators see "Who can
 * perform sensitive actions" in https://learn.microsoft.com/en-us/graph/api/resources/users
 */
const DENIED =
  'Microsoft Graph does not allow this app to do this (Authorization_RequestDenied). For an account with an ' +
  'administrator role, the app needs the directory role Privileged Authentication Administrator; for any other account, ' +
  'it needs an application permission: User.EnableDisableAccount.All, User.RevokeSessions.All or GroupMember.ReadWrite.All';

/**
 * Reads a response of Graph; null for a success. Error texts may quote ids, so they are dropped.
 */
export function entraRefusal(response: HttpResponse, json: unknown): Refusal | null {
  if (response.status >= 200 && response.status < 300) return null;
  const vendorCode = errorOf(json)?.code ?? null;
  const code = codeOf(response.status, vendorCode);
  return {
    code,
    vendorCode,
    retryAfterMs: code === 'rate_limited' ? retryAfterMs(response.headers) : null,
    ...(vendorCode === 'Authorization_RequestDenied' &&
      code === 'forbidden' && { message: DENIED }),
  };
}

/** Graph's own error in a response; undefined if the response is not from Graph. */
export const errorOf = (
  json: unknown,
): { code: string; message?: string | undefined } | undefined =>
  errorBody.safeParse(json).data?.error;

function codeOf(status: number, vendorCode: string | null): ConnectorErrorCode {
  if (status >= 500) return 'unavailable';
  if (status < 400) return 'malformed';
  // A 404 without Graph's own code is not from Graph, and must not make a user count as missing.
  if (status === 404 && vendorCode === null) return 'malformed';
  return STATUSES[status] ?? 'invalid';
}
