import { payloadOf } from './http.ts';
import type { Answer, EmulatedRequest, FaultKind, FaultRule, Vendor } from './types.ts';

interface FaultContext {
  vendor: Vendor;
  rule: FaultRule;
  request: EmulatedRequest;
  /** The vendor's own answer, if the fault occurs after it. */
  answer: Answer | undefined;
}

const ELSEWHERE = 'http://foreign.invalid/api/v1/users?after=elsewhere';
const MAINTENANCE =
  '<!DOCTYPE html><html><head><title>Maintenance</title></head><body>Back soon.</body></html>';

const FAULT_ANSWERS: Record<FaultKind, (context: FaultContext) => Answer | undefined> = {
  latency: ({ answer }) => answer,
  reset: () => undefined,
  hang: () => undefined,
  status: ({ vendor, rule }) => statusAnswer(vendor, rule),
  html200: () => ({ status: 200, text: MAINTENANCE }),
  truncated: ({ answer }) => truncate(answer),
  emptyPage: ({ vendor, request }) => vendor.faults.emptyPage(request),
  expiredCursor: ({ vendor }) => vendor.faults.expiredCursor(),
  rateLimited: ({ vendor, rule }) => vendor.faults.rateLimited(rule),
  unauthorized: ({ vendor }) => vendor.faults.unauthorized(),
  foreignNextLink: ({ vendor, rule, answer }) =>
    answer && vendor.faults.foreignNextLink(answer, rule.url ?? ELSEWHERE),
  redirect: ({ rule }) => ({ status: 302, headers: { location: rule.url ?? ELSEWHERE } }),
};

/** Every kind of fault, as in the README. */
export const FAULT_KINDS = Object.keys(FAULT_ANSWERS);

/** The answer that a fault sends instead of the vendor's own; undefined if nothing is sent. */
export function faultAnswer(context: FaultContext): Answer | undefined {
  return FAULT_ANSWERS[context.rule.kind](context);
}

function statusAnswer(vendor: Vendor, rule: FaultRule): Answer {
  const status = rule.status ?? 500;
  if (rule.body === undefined) return vendor.faults.status(status);
  return typeof rule.body === 'string' ? { status, text: rule.body } : { status, body: rule.body };
}

function truncate(answer: Answer | undefined): Answer {
  const whole = (answer && payloadOf(answer)?.text) || '[{"id":"00u1a2b3c4d5e6f7g8h9","sta';
  const text = whole.slice(0, Math.max(1, Math.floor(whole.length / 2)));
  return { status: 200, headers: { ...answer?.headers, 'content-type': 'application/json' }, text };
}
