import { requestId } from '../ids.ts';
import type { Answer } from '../types.ts';

/** Okta's error codes with status and summary, as in its API reference. */
const ERRORS = {
  E0000001: [400, 'Api validation failed: '],
  E0000003: [400, 'The request body was not well-formed.'],
  E0000006: [403, 'You do not have permission to perform the requested action'],
  E0000007: [404, 'Not found: Resource not found: '],
  E0000009: [500, 'Internal Server Error'],
  E0000011: [401, 'Invalid token provided'],
  E0000014: [403, 'Update of credentials failed'],
  E0000015: [401, 'You do not have permission to access the feature you are requesting'],
  E0000016: [403, 'Activation failed because the user is already active'],
  E0000017: [403, 'Password reset failed'],
  E0000022: [405, 'The endpoint does not support the provided HTTP method'],
  E0000031: [400, 'Invalid search criteria.'],
  E0000038: [403, 'This operation is not allowed in the current state.'],
  E0000060: [501, 'Unsupported operation.'],
  E0000117: [403, 'Cannot assign apps or update app profiles for an inactive user'],
  E0000047: [429, 'API call exceeded rate limit due to too many requests.'],
} as const satisfies Record<string, readonly [number, string]>;

export type OktaErrorCode = keyof typeof ERRORS;

/**
 * An answer in Okta's error format; `detail` completes the summary, each cause becomes an
 * `errorCauses` row.
 */
export function oktaError(
  code: OktaErrorCode,
  detail = '',
  causes: readonly string[] = [],
): Answer {
  const [status, summary] = ERRORS[code];
  return {
    status,
    body: {
      errorCode: code,
      errorSummary: summary + detail,
      errorLink: code,
      errorId: `oae${requestId().slice(0, 22)}`,
      errorCauses: causes.map((errorSummary) => ({ errorSummary })),
    },
  };
}

/** 404 E0000007 for a resource of a kind (`User`, `UserGroup`). */
export function notFound(id: string, kind: string): Answer {
  return oktaError('E0000007', `${id} (${kind})`);
}
