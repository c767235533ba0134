import type { ErrorRow, ErrorTable } from '../transport/error-table.ts';

const FORBIDDEN =
  'Google does not allow the administrator in GOOGLE_ADMIN_SUBJECT to do this: the role of that account does not include it ' +
  '(only a super administrator may suspend administrators), or the service account lacks the scope admin.directory.user';

const DAILY: Pick<ErrorRow, 'code' | 'lasts' | 'message' | 'remedy'> = {
  code: 'rate_limited',
  lasts: 'lasting',
  message: 'the daily quota of the Google Cloud project is used up',
  remedy:
    'try again after midnight Pacific time, or have the quota raised in the Google Cloud console',
};
const PER_DAY = /\bdaily\b|\b(per|a) day\b|perday/i;

const DELETED: Pick<ErrorRow, 'code' | 'lasts' | 'message' | 'remedy' | 'said'> = {
  said: /\bdeleted\b/i,
  code: 'conflict',
  lasts: 'lasting',
  message: 'the user is deleted, so it cannot be changed',
  remedy: 'restore the user in the Google Admin console first, if it is less than 20 days ago',
};

// prettier-ignore
const ROWS: readonly ErrorRow[] = [
  ...['invalid', 'badRequest', 'conditionNotMet', 'notFound', 'forbidden', 'failedPrecondition', 'INVALID_ARGUMENT', 'FAILED_PRECONDITION', 'NOT_FOUND'].map((vendorCode) => ({ vendorCode, status: [400, 403, 404, 412], ...DELETED })),
  ...['quotaExceeded', 'rateLimitExceeded', 'RESOURCE_EXHAUSTED'].map((vendorCode) => ({ vendorCode, status: [403, 429], said: PER_DAY, ...DAILY })),
  { vendorCode: 'dailyLimitExceeded', status: [403, 429], ...DAILY },
  { vendorCode: 'dailyLimitExceededUnreg', status: [403], ...DAILY },
  { vendorCode: 'userRateLimitExceeded', status: [403, 429], code: 'rate_limited', lasts: 'passing' },
  { vendorCode: 'rateLimitExceeded', status: [403, 429], code: 'rate_limited', lasts: 'passing' },
  { vendorCode: 'quotaExceeded', status: [403, 429], code: 'rate_limited', lasts: 'passing', message: 'too many requests for this operation are open at Google' },
  { vendorCode: 'RESOURCE_EXHAUSTED', status: [429], code: 'rate_limited', lasts: 'passing' },
  { vendorCode: 'authError', status: [401], code: 'unauthenticated', lasts: 'lasting' },
  { vendorCode: 'required', status: [401], code: 'unauthenticated', lasts: 'lasting' },
  { vendorCode: 'UNAUTHENTICATED', status: [401], code: 'unauthenticated', lasts: 'lasting' },
  { vendorCode: 'forbidden', status: [403], code: 'forbidden', lasts: 'lasting', message: FORBIDDEN },
  { vendorCode: 'PERMISSION_DENIED', status: [403], code: 'forbidden', lasts: 'lasting', message: FORBIDDEN },
  { vendorCode: 'insufficientPermissions', status: [403], code: 'forbidden', lasts: 'lasting', message: 'the service account lacks the scope admin.directory.user', remedy: 'grant the scope under domain-wide delegation in the Google Admin console' },
  { vendorCode: 'accessNotConfigured', status: [403], code: 'forbidden', lasts: 'lasting', message: 'the Admin SDK API is not enabled in the Google Cloud project', remedy: 'enable it in the Google Cloud console' },
  { vendorCode: 'domainCannotUseApis', status: [403], code: 'forbidden', lasts: 'lasting', message: 'the organisation does not allow access by API', remedy: 'allow it in the Google Admin console' },
  { vendorCode: 'notFound', status: [404], code: 'not_found', lasts: 'lasting' },
  { vendorCode: 'NOT_FOUND', status: [404], code: 'not_found', lasts: 'lasting' },
  { vendorCode: 'invalid', status: [400], code: 'invalid', lasts: 'lasting' },
  { vendorCode: 'badRequest', status: [400], code: 'invalid', lasts: 'lasting' },
  { vendorCode: 'INVALID_ARGUMENT', status: [400], code: 'invalid', lasts: 'lasting' },
  { vendorCode: 'duplicate', status: [409], code: 'conflict', lasts: 'lasting' },
  { vendorCode: 'conditionNotMet', status: [412], code: 'unavailable', lasts: 'passing', message: 'Google is still processing an earlier change of this user', ambiguous: false },
  { vendorCode: 'ABORTED', status: [409], code: 'unavailable', lasts: 'passing', message: 'Google is still processing an earlier change of this user', ambiguous: false },
  { vendorCode: 'FAILED_PRECONDITION', status: [400, 412], code: 'conflict', lasts: 'lasting' },
  { vendorCode: 'backendError', status: [500, 503], code: 'unavailable', lasts: 'passing' },
  { vendorCode: 'internalError', status: [500], code: 'unavailable', lasts: 'passing' },
  { vendorCode: 'INTERNAL', status: [500], code: 'unavailable', lasts: 'passing' },
  { vendorCode: 'UNAVAILABLE', status: [503], code: 'unavailable', lasts: 'passing' },
];

/**
 * The errors of the Directory API that operations of arx can meet
 * (https://developers.google.com/workspace/admin/directory/v1/limits and
 * https://developers.google.com/admin-sdk/directory/v1/guides/troubleshoot-error-codes).
 */
export const GOOGLE_ERRORS: ErrorTable = { vendor: 'Google', byStatus: {}, rows: ROWS };
