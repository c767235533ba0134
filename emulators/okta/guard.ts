import { httpDate, isGarbled } from '../http.ts';
import { requestId } from '../ids.ts';
import type { BucketState, RateLimiter } from '../rate-limit.ts';
import type { Answer, EmulatedRequest, GuardResult, Route } from '../types.ts';
import { oktaError } from './errors.ts';
import type { OktaOrg } from './org.ts';
import type { ServiceApp } from './service-app.ts';

interface Gate {
  org: OktaOrg;
  limiter: RateLimiter;
  app: ServiceApp;
}

/** Checks before any handler: token, rate limit, scope and planted denials, in Okta's order. */
export function guard(gate: Gate, request: EmulatedRequest, route: Route | null): GuardResult {
  const { clockAheadMs, isZoneBlocked, isNoOrg } = gate.org.settings;
  const headers = commonHeaders(clockAheadMs);
  if (isNoOrg) return { headers, refusal: page(404, 'Page not found') };
  if (isZoneBlocked) return { headers, refusal: page(403, 'Access denied') };
  if (route?.open) return { headers, refusal: null };
  const scopes = scopesOf(gate, request.headers.authorization ?? '');
  if (scopes === null) return { headers, refusal: oktaError('E0000011') };
  const bucket = gate.limiter.take(bucketOf(request.path), Date.now());
  if (bucket) Object.assign(headers, bucketHeaders(bucket));
  if (bucket?.refused) return { headers, refusal: oktaError('E0000047') };
  if (isGarbled(request)) return { headers, refusal: oktaError('E0000003') };
  return { headers, refusal: scopeRefusal(gate.org, request, { scopes, route }) };
}

const page = (status: number, title: string): Answer => ({
  status,
  headers: { 'content-type': 'text/html' },
  text: `<html><title>${title}</title></html>`,
});

/** Date and request id, which every answer of Okta has. */
export function commonHeaders(clockAheadMs = 0): Record<string, string> {
  return { date: httpDate(Date.now() + clockAheadMs), 'x-okta-request-id': requestId() };
}

/** The three rate-limit headers. */
export function bucketHeaders({
  limit,
  remaining,
  reset,
}: Omit<BucketState, 'refused'>): Record<string, string> {
  return {
    'x-rate-limit-limit': String(limit),
    'x-rate-limit-remaining': String(remaining),
    'x-rate-limit-reset': String(reset),
  };
}

/** Users and factors share a bucket, as in Okta; every other family has its own. */
function bucketOf(path: string): string {
  let end = 0;
  for (let segment = 0; segment < 3 && end >= 0; segment += 1) end = path.indexOf('/', end + 1);
  return end < 0 ? path : path.slice(0, end);
}

// `*` means an SSWS token, which has its owner's permissions instead of scopes.
function scopesOf({ org, app }: Gate, authorization: string): readonly string[] | null {
  const [scheme = '', token = ''] = authorization.split(' ');
  if (scheme === 'SSWS') return token === org.settings.token ? ['*'] : null;
  return scheme === 'Bearer' ? app.scopes(token) : null;
}

function scopeRefusal(
  org: OktaOrg,
  { path }: EmulatedRequest,
  held: { scopes: readonly string[]; route: Route | null },
): Answer | null {
  const { scopes, route } = held;
  const scoped = scopes.includes('*') || !route?.scope || scopes.includes(route.scope);
  if (!scoped) return oktaError('E0000006');
  return org.settings.denyPaths.some((pattern) => new RegExp(pattern).test(path))
    ? oktaError('E0000006')
    : null;
}
