import type { ConnectorError } from '../errors.ts';
import type { AuditDecision, AuditDraft, JournalEffect, JsonObject } from '../../audit/types.ts';
import type { Decision } from '../../governance/types.ts';
import type { CallContext, CallOutcome, Recorded } from '../types.ts';

/** What every entry of one call has in common. */
export interface TrailFacts {
  connector: string;
  operation: string;
  context: CallContext<unknown>;
  at: string;
  decision?: Decision;
  args?: JsonObject;
  argsDigest?: string;
}

/** An entry, and what is stored in the same transaction. */
export interface TrailEntry {
  draft: AuditDraft;
  effect: JournalEffect | undefined;
}

/** The entry for a step of a call as the caller wants it recorded. */
export function entryOf(
  facts: TrailFacts,
  recorded: Recorded,
  requestId: string | null = null,
): TrailEntry {
  const { context } = facts;
  const { caller } = context;
  const draft: AuditDraft = {
    workflowId: caller.workflowId,
    run: caller.run,
    kind: recorded.kind,
    subject: recorded.subject ?? subjectOf(facts),
    at: facts.at,
    actor: { principal: caller.principal, authenticatedBy: caller.authenticatedBy },
    surface: caller.surface,
    operation: `${facts.connector}:${facts.operation}`,
    target: subjectOf(facts),
  };
  return { draft: { ...draft, ...optional(facts, recorded, requestId) }, effect: recorded.effect };
}

// Absent fields must not stand in the entry: it is hashed as it is.
function optional(
  facts: TrailFacts,
  recorded: Recorded,
  requestId: string | null,
): Partial<AuditDraft> {
  const { decision, context } = facts;
  const sequence = recorded.sequence ?? context.sequence;
  const correlation = {
    ...(requestId && { requestId }),
    ...(context.reason && { reason: context.reason }),
    ...(context.grant && isLabel(context.grant.requestId) && { approval: context.grant.requestId }),
  };
  return {
    ...(sequence !== undefined && { sequence }),
    ...(decision && { decision: decisionOf(decision) }),
    ...(decision?.risk && { risk: decision.risk }),
    ...(facts.argsDigest && { argsDigest: facts.argsDigest }),
    ...(facts.args && { args: facts.args }),
    ...(recorded.outcome && { outcome: recorded.outcome }),
    ...(Object.keys(correlation).length > 0 && { correlation }),
  };
}

/** What the trail keeps of an outcome where the caller records nothing of its own. */
export function defaultRecord<Output>(
  outcome: CallOutcome<Output>,
  evidence: ((output: Output) => JsonObject) | undefined,
): Recorded {
  if (outcome.ok)
    return { kind: 'action.succeeded', outcome: { ok: true, ...evidence?.(outcome.output) } };
  return {
    kind: outcome.error.fields.ambiguous ? 'action.unknown' : 'action.failed',
    outcome: { ok: false, ...failureFacts(outcome.error) },
  };
}

/** The fields of a failure that may stand in the trail. */
export function failureFacts(error: ConnectorError): JsonObject {
  const { code, status, vendorCode, ambiguous } = error.fields;
  return { code, status, vendorCode, ambiguous };
}

/** The vendor's request id of an outcome. */
export const requestIdIn = (outcome: CallOutcome<unknown>): string | null =>
  outcome.ok ? outcome.requestId : outcome.error.fields.requestId;

const decisionOf = (decision: Decision): AuditDecision => ({
  effect: decision.effect,
  code: decision.code,
  policies: decision.determining.map(({ policy }) => policy),
  bundleDigest: decision.bundleDigest,
});

// A hostile argument often stands in the subject too; what has not the form of an id or label is
// left out.
const subjectOf = ({ context, operation }: TrailFacts): string =>
  isLabel(context.subject) ? context.subject : operation;

const isLabel = (text: string): boolean =>
  /^[\w.:@#-]+([/ ][\w.:@#-]+)*$/.test(text) && text.length <= 200 && !/\.\./.test(text);
