import { httpDate, isGarbled } from '../http.ts';
import type {
  Answer,
  EmulatedRequest,
  FaultAnswers,
  FaultRule,
  GuardResult,
  Route,
  Vendor,
} from '../types.ts';
import { googleError } from './errors.ts';
import { tokenRoutes } from './token.ts';
import { emptyUsersPage, userRoutes } from './users.ts';
import type { GoogleGrant, GoogleWorkspace } from './workspace.ts';

/** The emulated Google: token endpoint and Directory API on one origin. */
export function googleVendor(workspace: GoogleWorkspace): Vendor {
  return {
    name: 'google',
    routes: [...tokenRoutes(workspace), ...userRoutes(workspace)],
    guard: (request, route) => {
      const headers = { date: httpDate(Date.now()) };
      return { headers, refusal: route?.open ? null : refusal(workspace, request, route) };
    },
    unknownRoute: () => ({
      status: 404,
      text: '<!DOCTYPE html><html lang=en><title>Error 404 (Not Found)!!1</title><p>The requested URL was not found on this server.</html>',
    }),
    faults: FAULTS,
    isAccepted: (answer) => answer.status < 400,
  };
}

function refusal(
  { tokens, users }: GoogleWorkspace,
  request: EmulatedRequest,
  route: Route | null,
): GuardResult['refusal'] {
  const check = tokens.check(request);
  if (check.kind === 'absent') return authRefusal('required');
  if (check.kind !== 'valid') return authRefusal('authError');
  if (isGarbled(request)) return googleError('parseError');
  const { subject, scopes } = check.held;
  if (!isPermitted(route, { subject, scopes })) return googleError('insufficientPermissions');
  // Only administrators may read users, and a service account alone is not one.
  const caller = subject === null ? null : users.find(subject);
  return caller && !caller.suspended && (caller.isAdmin || caller.isDelegatedAdmin)
    ? null
    : googleError('forbidden');
}

function isPermitted(route: Route | null, { scopes }: GoogleGrant): boolean {
  const needed = route?.scope;
  return !needed || scopes.some((scope) => scope === needed || `${scope}.readonly` === needed);
}

function authRefusal(reason: 'required' | 'authError'): Answer {
  return {
    ...googleError(reason),
    headers: { 'www-authenticate': 'Bearer realm="https://accounts.google.com/"' },
  };
}

const FAULTS: FaultAnswers = {
  status: (status) => ({ ...googleError('backendError'), status }),
  rateLimited,
  unauthorized: () => authRefusal('authError'),
  expiredCursor: () => googleError('invalid', 'Invalid Input: pageToken'),
  emptyPage: emptyUsersPage,
  // Its pages have tokens instead of addresses.
  foreignNextLink: (answer) => answer,
};

function rateLimited({ retryAfter = 1 }: FaultRule): Answer {
  const headers: Record<string, string> =
    retryAfter === null ? {} : { 'retry-after': String(retryAfter) };
  return { ...googleError('rateLimitExceeded'), headers };
}
