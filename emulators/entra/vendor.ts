import { randomUUID } from 'node:crypto';
import { httpDate, isGarbled, isObject } from '../http.ts';
import type {
  Answer,
  EmulatedRequest,
  FaultAnswers,
  FaultRule,
  GuardResult,
  Route,
  Vendor,
} from '../types.ts';
import type { EntraDirectory } from './directory.ts';
import { graphError } from './errors.ts';
import { groupRoutes } from './groups.ts';
import { loginRoutes } from './login.ts';
import { detour } from './paging.ts';
import { userRoutes } from './users.ts';

const GARBLED =
  'Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.';
const BAD_TOKENS = {
  absent: 'Access token is empty.',
  unknown: 'CompactToken parsing failed with error code: 80049217',
  expired: 'Lifetime validation failed, the token is expired.',
};

/** The emulated Entra ID: sign-in endpoint and Microsoft Graph on one origin. */
export function entraVendor(directory: EntraDirectory): Vendor {
  return {
    name: 'entra',
    routes: [...loginRoutes(directory), ...userRoutes(directory), ...groupRoutes(directory)],
    guard: (request, route) => guard(directory, request, route),
    unknownRoute: ({ path }) =>
      graphError(
        'BadRequest',
        `Resource not found for the segment '${path.split('/').at(-1) ?? ''}'.`,
      ),
    faults: FAULTS,
    isAccepted: (answer) => answer.status < 400,
  };
}

function guard(
  { tokens, settings }: EntraDirectory,
  request: EmulatedRequest,
  route: Route | null,
): GuardResult {
  const headers = commonHeaders();
  if (route?.open) return { headers, refusal: null };
  const { kind } = tokens.check(request);
  if (kind !== 'valid') return { headers, refusal: authRefusal(BAD_TOKENS[kind]) };
  if (isGarbled(request)) return { headers, refusal: graphError('BadRequest', GARBLED) };
  const permitted = !route?.scope || settings.permissions.includes(route.scope);
  return { headers, refusal: permitted ? null : graphError('Authorization_RequestDenied') };
}

const commonHeaders = (): Record<string, string> => ({
  date: httpDate(Date.now()),
  'request-id': randomUUID(),
  'client-request-id': randomUUID(),
});

function authRefusal(message: string): Answer {
  const challenge =
    'Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize"';
  return {
    ...graphError('InvalidAuthenticationToken', message),
    headers: { 'www-authenticate': challenge },
  };
}

const FAULTS: FaultAnswers = {
  status: (status) => ({ ...graphError('InternalServerError'), status }),
  rateLimited,
  unauthorized: () => authRefusal(BAD_TOKENS.expired),
  expiredCursor: () => graphError('Directory_ExpiredPageToken'),
  emptyPage: detour,
  foreignNextLink: (answer, url) => ({
    ...answer,
    body: { ...(isObject(answer.body) ? answer.body : {}), '@odata.nextLink': url },
  }),
};

function rateLimited({ retryAfter = 1 }: FaultRule): Answer {
  const headers: Record<string, string> =
    retryAfter === null ? {} : { 'retry-after': String(retryAfter) };
  return { ...graphError('TooManyRequests'), headers: { ...commonHeaders(), ...headers } };
}
