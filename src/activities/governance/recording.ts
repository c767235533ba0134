import type { AuditDraft, JsonObject } from '../../audit/types.ts';
import type { Approval } from '../../governance/approval.ts';
import type { ActionRequest } from '../../store/governance-types.ts';

/** Who caused an entry, if it was not the requester. */
export type EntryAuthor = Pick<AuditDraft, 'actor' | 'surface'>;

/**
 * An audit draft about a request; its subject is the request. Its actor is the requester, unless
 * `by` names another.
 */
export function requestDraft(
  request: Pick<
    ActionRequest,
    'requestId' | 'run' | 'workflowId' | 'principal' | 'authenticatedBy' | 'surface'
  >,
  what: Pick<AuditDraft, 'kind' | 'decision' | 'outcome' | 'sequence'> & {
    at: Date;
    by?: EntryAuthor;
  },
): AuditDraft {
  const { requestId, run, workflowId, principal, authenticatedBy, surface } = request;
  const { at, sequence, outcome, decision, kind } = what;
  const { by = { actor: { principal, authenticatedBy }, surface } } = what;
  return {
    workflowId,
    run,
    kind,
    subject: requestId,
    ...(sequence !== undefined && { sequence }),
    at: at.toISOString(),
    actor: by.actor,
    surface: by.surface,
    ...(decision && { decision }),
    ...(outcome && { outcome }),
  };
}

/** The parts of a request that entries about it contain. */
export function requestFacts(request: ActionRequest): JsonObject {
  const { operation, connector, risk, argsDigest } = request;
  const target = auditTarget(request);
  return { operation: `${connector}:${operation}`, risk, argsDigest, target };
}

/** The target of a request in the audit trail: its id, unless an account is named by its address. */
export const auditTarget = ({
  connector,
  target,
}: Pick<ActionRequest, 'connector' | 'target'>): string | null =>
  target?.id.includes('@') ? `${connector}-account` : (target?.id ?? null);

/** The entry for the end of an approval. It has the same content whoever writes it. */
export const closingDraft = (
  request: Parameters<typeof requestDraft>[0],
  { state, votes }: Pick<Approval, 'state' | 'votes'>,
  at: Date,
): AuditDraft =>
  requestDraft(request, {
    kind: 'approval.closed',
    at,
    sequence: 0,
    outcome: { state, votes: votes.length },
  });
