import type { Answer, FaultAnswers, FaultRule } from '../types.ts';
import { oktaError } from './errors.ts';
import { bucketHeaders, commonHeaders } from './guard.ts';
import type { OktaOrg } from './org.ts';
import { detour } from './paging.ts';

type ResetHeaders = (limit: number, reset: number) => Record<string, string | string[]>;

const RESET_HEADERS: Record<NonNullable<FaultRule['headers']>, ResetHeaders> = {
  normal: (limit, reset) => bucketHeaders({ limit, remaining: 0, reset }),
  none: () => ({}),
  past: (limit, reset) => bucketHeaders({ limit, remaining: 0, reset: reset - 7200 }),
  garbled: (limit) => ({
    ...bucketHeaders({ limit, remaining: 0, reset: 0 }),
    'x-rate-limit-reset': 'soon',
  }),
  concurrent: (_limit, reset) => bucketHeaders({ limit: 0, remaining: 0, reset }),
  duplicate: (limit, reset) => ({
    'x-rate-limit-limit': [String(limit), String(limit)],
    'x-rate-limit-remaining': ['0', '0'],
    'x-rate-limit-reset': [String(reset), String(reset + 30)],
  }),
};

/** Okta's own answers for fault rules. */
export function oktaFaultAnswers(org: OktaOrg): FaultAnswers {
  return {
    status: (status) => withHeaders({ ...oktaError('E0000009'), status }),
    rateLimited: (rule) => rateLimited(org, rule),
    unauthorized: () => withHeaders(oktaError('E0000011')),
    expiredCursor: () => withHeaders(oktaError('E0000031', '', ['after: the cursor has expired'])),
    emptyPage: (request) => withHeaders(detour(request)),
    foreignNextLink: (answer, url) => ({
      ...answer,
      headers: { ...answer.headers, link: [`<${url}>; rel="next"`] },
    }),
  };
}

function rateLimited(org: OktaOrg, rule: FaultRule): Answer {
  const waitS = rule.retryAfter ?? Math.ceil(org.settings.windowMs / 1000);
  const reset = Math.ceil(Date.now() / 1000) + waitS;
  const answer = withHeaders(oktaError('E0000047'));
  const form = RESET_HEADERS[rule.headers ?? 'normal'];
  return {
    ...answer,
    headers: { ...answer.headers, ...form(org.settings.rateLimit || 600, reset) },
  };
}

function withHeaders(answer: Answer): Answer {
  return { ...answer, headers: { ...commonHeaders(), ...answer.headers } };
}
