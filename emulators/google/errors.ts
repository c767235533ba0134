import type { Answer } from '../types.ts';

/** Google's reasons with their status and usual message. */
const ERRORS = {
  authError: [
    401,
    'Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.',
  ],
  required: [401, 'Login Required.'],
  forbidden: [403, 'Not Authorized to access this resource/api'],
  insufficientPermissions: [403, 'Request had insufficient authentication scopes.'],
  notFound: [404, 'Resource Not Found: userKey'],
  badRequest: [400, 'Bad Request'],
  invalid: [400, 'Invalid Input'],
  parseError: [400, 'Parse Error'],
  rateLimitExceeded: [
    429,
    "Quota exceeded for quota metric 'Queries' and limit 'Queries per minute per user' of service 'admin.googleapis.com'.",
  ],
  backendError: [500, 'Backend Error'],
} as const satisfies Record<string, readonly [number, string]>;

type GoogleReason = keyof typeof ERRORS;

/** An answer in the error format of Google's APIs. */
export function googleError(reason: GoogleReason, wording?: string): Answer {
  const [code, usual] = ERRORS[reason];
  const message = wording ?? usual;
  return {
    status: code,
    body: { error: { code, message, errors: [{ message, domain: 'global', reason }] } },
  };
}

/** An answer in the error format of Google's token endpoint. */
export function tokenError(status: number, error: string, error_description: string): Answer {
  return { status, body: { error, error_description } };
}
