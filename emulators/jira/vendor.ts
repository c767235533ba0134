import { isGarbled } from '../http.ts';
import { requestId } from '../ids.ts';
import type {
  Answer,
  EmulatedRequest,
  FaultAnswers,
  FaultRule,
  GuardResult,
  Vendor,
} from '../types.ts';
import { commentRoutes } from './comments.ts';
import { cloudRoutes, dataCenterRoutes } from './data-center.ts';
import { deadLink, jiraError } from './errors.ts';
import { filterRoutes } from './filters.ts';
import { issueRoutes } from './issues.ts';
import { linkRoutes } from './links.ts';
import { pageRoutes } from './pages.ts';
import { projectRoutes, serverInfoRoute } from './projects.ts';
import { screenRoutes } from './screens.ts';
import { emptySearchPage, invalidPageToken, searchRoutes } from './search.ts';
import type { JiraSite } from './site.ts';
import { ROBOT } from './site.ts';
import { TokenBucket } from './token-bucket.ts';
import { transitionRoutes } from './transitions.ts';

const GARBLED = 'Invalid request payload. Refer to the REST API documentation and try again.';

/**
 * The emulated Jira site, in the edition of its settings: its route table, combined from the families
 * of routes.
 */
export function jiraVendor(site: JiraSite): Vendor {
  const tokens = new TokenBucket();
  const routes = [
    ...issueRoutes(site),
    ...commentRoutes(site),
    ...transitionRoutes(site),
    ...linkRoutes(site),
    ...searchRoutes(site),
    ...projectRoutes(site),
    ...screenRoutes(site),
    ...filterRoutes(site),
    ...pageRoutes(site),
  ];
  return {
    name: 'jira',
    routes: [
      { ...serverInfoRoute(site), path: '/rest/api/2/serverInfo' },
      ...cloudRoutes(site, routes),
      ...dataCenterRoutes(site, routes),
    ],
    locate: (request) => locate(site.settings.basePath ?? '', request),
    guard: (request, route) =>
      route?.open
        ? { headers: {}, refusal: null }
        : applyRateLimit({ site, tokens }, guard(site, request, route?.write === true)),
    unknownRoute: deadLink,
    faults: FAULTS,
    isAccepted: (answer) => answer.status < 400,
  };
}

/**
 * The request below the base path. Only pages are also served outside of it, as the site is beside the
 * gateway of Cloud.
 */
function locate(base: string, request: EmulatedRequest): EmulatedRequest {
  const { path, origin } = request;
  if (base === '') return request;
  if (path.startsWith(`${base}/`))
    return { ...request, path: path.slice(base.length), origin: origin + base };
  return path.startsWith('/rest/') ? { ...request, path: `/outside${path}` } : request;
}

function applyRateLimit(
  { site: { settings }, tokens }: { site: JiraSite; tokens: TokenBucket },
  { headers, refusal }: GuardResult,
): GuardResult {
  if (settings.edition !== 'data_center' || !settings.tokenBucket) return { headers, refusal };
  const taken = tokens.take(settings.tokenBucket, Date.now());
  return { headers: { ...headers, ...taken.headers }, refusal: refusal ?? taken.refusal };
}

function guard(site: JiraSite, request: EmulatedRequest, write: boolean): GuardResult {
  const { signIn, captcha } = site.settings;
  if (signIn) return { headers: {}, refusal: SIGN_IN[signIn] };
  if (captcha) return { headers: CAPTCHA, refusal: BASIC_AUTHENTICATION_FAILURE };
  const known = isAuthenticated(site, request.headers.authorization ?? '');
  if (!known && !site.settings.anonymous)
    return { headers: headersFor('AUTHENTICATED_FAILED'), refusal: authRefusal(site) };
  const garbled = isGarbled(request) ? jiraError(400, [GARBLED]) : null;
  if (!site.settings.anonymous) return { headers: headersFor('OK'), refusal: garbled };
  const refusal = write
    ? jiraError(401, ['You do not have the permission to do this as an anonymous user.'])
    : null;
  return { headers: headersFor('AUTHENTICATED_FAILED'), refusal };
}

const SIGN_IN: Record<'page' | 'redirect', Answer> = {
  page: {
    status: 200,
    headers: { 'content-type': 'text/html' },
    text: '<html><title>Log in</title></html>',
  },
  redirect: { status: 302, headers: { location: '/login.jsp' }, text: '' },
};

const BASIC_AUTHENTICATION_FAILURE: Answer = {
  status: 403,
  headers: { 'content-type': 'text/html' },
  text: '<html><body>Basic Authentication Failure</body></html>',
};

const CAPTCHA = {
  'x-seraph-loginreason': 'AUTHENTICATION_DENIED',
  'x-authentication-denied-reason':
    'CAPTCHA_CHALLENGE; login-url=https://jira.example.com/login.jsp',
};

function isAuthenticated({ settings }: JiraSite, authorization: string): boolean {
  const [scheme = '', value = ''] = authorization.split(' ');
  if (scheme === 'Bearer') return value === settings.token;
  // Passwords are not emulated.
  if (settings.edition === 'data_center') return false;
  return (
    scheme === 'Basic' &&
    Buffer.from(value, 'base64').toString('utf8') === `${settings.email}:${settings.token}`
  );
}

function headersFor(reason: string): Record<string, string> {
  const account: Record<string, string> =
    reason === 'OK' ? { 'x-aaccountid': ROBOT.accountId } : {};
  return { 'x-arequestid': requestId(), 'x-seraph-loginreason': reason, ...account };
}

function authRefusal(site?: JiraSite): Answer {
  return site?.settings.edition === 'data_center'
    ? { status: 401, text: '<html><head><title>Unauthorized (401)</title></head></html>' }
    : jiraError(401, ['Client must be authenticated to access this resource.']);
}

const FAULTS: FaultAnswers = {
  status: (status) => jiraError(status, ['Internal server error']),
  rateLimited,
  unauthorized: authRefusal,
  expiredCursor: invalidPageToken,
  emptyPage: emptySearchPage,
  foreignNextLink: (answer) => answer,
};

function rateLimited({ retryAfter = 1 }: FaultRule): Answer {
  const wait: Record<string, string> =
    retryAfter === null ? {} : { 'retry-after': String(retryAfter) };
  return {
    ...jiraError(429, ['Rate limit exceeded.']),
    headers: { ...wait, 'x-ratelimit-remaining': '0' },
  };
}
