import { z } from 'zod';
import { BY_STATUS } from '../pipeline/by-status.ts';
import { retryAfterMs } from '../rate-limit/headers.ts';
import type { ConnectorErrorCode } from '../errors.ts';
import type { Refusal } from '../transport/failure.ts';
import type { Answer } from '../transport/http.ts';

// https://learn.microsoft.com/en-us/graph/errors
const STATUSES: typeof BY_STATUS = { ...BY_STATUS, 423: 'unavailable' };

const errorBody = z.object({
  error: z.object({
    code: z.string().regex(/^[A-Za-z][\w.]{0,63}$/),
    message: z.string().optional(),
  }),
});

/**
 * What Authorization_RequestDenied asks for. Who may act on administrators: "Who can perform
 * sensitive actions" in https://learn.microsoft.com/en-us/graph/api/resources/users
 */
const DENIED =
  'Microsoft Graph refuses this to the app (Authorization_RequestDenied). For an account that holds an administrator ' +
  'role the app itself needs a higher directory role: Privileged Authentication Administrator; for any other it lacks ' +
  'an application permission: User.EnableDisableAccount.All, User.RevokeSessions.All or GroupMember.ReadWrite.All';

/**
 * Reads an answer of Graph; null where it is a success. The texts of its errors may quote ids and
 * are left behind.
 */
export function entraRefusal(answer: Answer, json: unknown): Refusal | null {
  if (answer.status >= 200 && answer.status < 300) return null;
  const vendorCode = errorOf(json)?.code ?? null;
  const code = codeOf(answer.status, vendorCode);
  return {
    code,
    vendorCode,
    retryAfterMs: code === 'rate_limited' ? retryAfterMs(answer.headers) : null,
    ...(vendorCode === 'Authorization_RequestDenied' &&
      code === 'forbidden' && { message: DENIED }),
  };
}

/** Graph's own error in an answer; undefined where it is not Graph that speaks. */
export const errorOf = (
  json: unknown,
): { code: string; message?: string | undefined } | undefined =>
  errorBody.safeParse(json).data?.error;

function codeOf(status: number, vendorCode: string | null): ConnectorErrorCode {
  if (status >= 500) return 'unavailable';
  if (status < 400) return 'malformed';
  // A 404 without Graph's own code is not Graph speaking of a user, and must not make one vanish.
  if (status === 404 && vendorCode === null) return 'malformed';
  return STATUSES[status] ?? 'invalid';
}
