import { z } from 'zod';
import { BY_STATUS } from '../pipeline/by-status.ts';
import { retryAfterMs } from '../rate-limit/headers.ts';
import type { ConnectorErrorCode } from '../errors.ts';
import type { Refusal } from '../transport/failure.ts';
import type { HttpResponse } from '../transport/http.ts';

// https://developers.google.com/admin-sdk/directory/v1/guides/troubleshoot-error-codes
const BY_REASON: Readonly<Record<string, ConnectorErrorCode>> = {
  rateLimitExceeded: 'rate_limited',
  userRateLimitExceeded: 'rate_limited',
  quotaExceeded: 'rate_limited',
  dailyLimitExceeded: 'rate_limited',
  authError: 'unauthenticated',
};

const word = z.string().regex(/^[A-Za-z][\w.]{0,63}$/);
const errorBody = z.object({
  error: z.object({
    errors: z
      .array(z.object({ reason: word }))
      .optional()
      .catch(undefined),
    status: word.optional().catch(undefined),
  }),
});

const FORBIDDEN =
  'Google does not allow the administrator in GOOGLE_ADMIN_SUBJECT to do this: the role of that account does not include it ' +
  '(only a super administrator may suspend administrators), or the service account lacks the scope admin.directory.user';

/** Reads a response of the Directory API; null for a success. */
export function googleRefusal(response: HttpResponse, json: unknown): Refusal | null {
  if (response.status >= 200 && response.status < 300) return null;
  const own = errorBody.safeParse(json).data?.error;
  const vendorCode = own?.errors?.[0]?.reason ?? own?.status ?? null;
  const code = codeOf(response.status, { vendorCode, fromGoogle: own !== undefined });
  return {
    code,
    vendorCode,
    retryAfterMs: code === 'rate_limited' ? retryAfterMs(response.headers) : null,
    ...(code === 'forbidden' && own && { message: FORBIDDEN }),
  };
}

function codeOf(
  status: number,
  { vendorCode, fromGoogle }: { vendorCode: string | null; fromGoogle: boolean },
): ConnectorErrorCode {
  if (status >= 500) return 'unavailable';
  if (status < 400) return 'malformed';
  // A 404 page of a proxy says nothing about a user.
  if (status === 404 && !fromGoogle) return 'malformed';
  const known =
    vendorCode !== null && Object.hasOwn(BY_REASON, vendorCode) ? BY_REASON[vendorCode] : undefined;
  return known ?? BY_STATUS[status] ?? 'invalid';
}
