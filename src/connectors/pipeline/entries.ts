/** Builds the audit entries of a call. */

import type { ConnectorError } from '../errors.ts';
import type { AuditDecision, AuditDraft, JournalEffect, JsonObject } from '../../audit/types.ts';
import type { Decision } from '../../governance/types.ts';
import type { CallContext, CallOutcome, Recorded } from '../types.ts';

/** The facts that all entries of one call share. */
export interface EntryFacts {
  connector: string;
  operation: string;
  context: CallContext<unknown>;
  at: string;
  decision?: Decision;
  args?: JsonObject;
  argsDigest?: string;
}

/** An entry, and the effect in the same transaction. */
export interface EntryWithEffect {
  draft: AuditDraft;
  effect: JournalEffect | undefined;
}

/** The entry for a step of a call. */
export function entryOf(
  facts: EntryFacts,
  recorded: Recorded,
  requestId: string | null = null,
): EntryWithEffect {
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

// Absent fields must not appear in the entry, because it is hashed as it is.
function optional(
  facts: EntryFacts,
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

/** How an outcome is recorded if the caller records nothing itself. */
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

/** The fields of a failure that may be recorded. */
function failureFacts(error: ConnectorError): JsonObject {
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

// A hostile argument is often the subject too, so a subject that is not an id or label is replaced
// by the operation.
const subjectOf = ({ context, operation }: EntryFacts): string =>
  isLabel(context.subject) ? context.subject : operation;

const isLabel = (text: string): boolean =>
  /^[\w.:@#-]+([/ ][\w.:@#-]+)*$/.test(text) && text.length <= 200 && !/\.\./.test(text);
