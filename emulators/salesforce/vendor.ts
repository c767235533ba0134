import { httpDate, isGarbled } from '../http.ts';
import type { Answer, EmulatedRequest, FaultAnswers, FaultRule, Route, Vendor } from '../types.ts';
import { salesforceError } from './errors.ts';
import type { SalesforceOrg } from './org.ts';
import { queryRoutes } from './query.ts';
import { tokenRoutes } from './token.ts';
import { userRoutes } from './users.ts';

/** The emulated Salesforce: sign-in and REST API on one origin. */
export function salesforceVendor(org: SalesforceOrg): Vendor {
  return {
    name: 'salesforce',
    routes: [...tokenRoutes(org), ...queryRoutes(org), ...userRoutes(org)],
    guard: (request, route) => ({
      headers: { date: httpDate(Date.now()) },
      refusal: route?.open ? null : refusal(org, request, route),
    }),
    unknownRoute: () => salesforceError('NOT_FOUND'),
    faults: FAULTS,
    isAccepted: (answer) => answer.status < 400,
  };
}

function refusal(
  { tokens }: SalesforceOrg,
  request: EmulatedRequest,
  route: Route | null,
): Answer | null {
  const { kind } = tokens.check(request);
  if (kind === 'absent') return salesforceError('INVALID_AUTH_HEADER');
  if (kind !== 'valid') return authRefusal();
  if (route && !/^v\d{2,3}\.0$/.test(request.params.version ?? ''))
    return salesforceError('NOT_FOUND');
  return isGarbled(request) ? salesforceError('JSON_PARSER_ERROR', 'Unexpected character') : null;
}

const authRefusal = (): Answer => ({
  ...salesforceError('INVALID_SESSION_ID'),
  headers: { 'www-authenticate': 'Token' },
});

const FAULTS: FaultAnswers = {
  status: (status) => ({ ...salesforceError('UNKNOWN_EXCEPTION'), status }),
  rateLimited,
  unauthorized: authRefusal,
  expiredCursor: () => salesforceError('INVALID_QUERY_LOCATOR'),
  emptyPage: () => ({ status: 200, body: { totalSize: 0, done: true, records: [] } }),
  foreignNextLink: (answer, url) => ({
    ...answer,
    body: { ...(answer.body as object), done: false, nextRecordsUrl: url },
  }),
};

/**
 * Salesforce counts calls per day and answers 403. It does not say when to retry, unless the rule
 * does.
 */
function rateLimited({ retryAfter = null }: FaultRule): Answer {
  const headers: Record<string, string> =
    retryAfter === null ? {} : { 'retry-after': String(retryAfter) };
  return { ...salesforceError('REQUEST_LIMIT_EXCEEDED'), headers };
}
