import { ANONYMOUS, principalOf } from '../../governance/principal.ts';
import type { AuditDraft, JsonObject } from '../../audit/types.ts';
import type { FlowCaller, FlowRunRecord } from '../../store/flow-types.ts';

/** Names of services, jobs and flows are not personal data. */
const IMPERSONAL = /^(agent|workflow|flow):/;

/** The actor of an entry; people appear by their Okta id only. */
export function actorOf({ principal, personId, authenticatedBy }: FlowCaller): AuditDraft['actor'] {
  const isPerson = !IMPERSONAL.test(principal) && principal !== ANONYMOUS;
  return {
    principal: isPerson ? principalOf('user', personId ?? 'unknown') : principal,
    authenticatedBy,
  };
}

/** An entry about a run, which is its subject. */
export function runDraft(
  { run, workflowId, caller }: Pick<FlowRunRecord, 'run' | 'workflowId' | 'caller'>,
  { kind, at, outcome }: { kind: AuditDraft['kind']; at: string; outcome: JsonObject },
): AuditDraft {
  const { surface } = caller;
  return {
    workflowId,
    run,
    kind,
    subject: run,
    sequence: 0,
    at,
    actor: actorOf(caller),
    surface,
    outcome,
  };
}

/** The entries for opening a run, and for closing it if it ends at once. */
export function openingDrafts(record: FlowRunRecord): AuditDraft[] {
  const {
    flow,
    version,
    eventDigest,
    dryRun,
    parent,
    undoes,
    issue,
    startedAt: at,
    outcome,
    code,
  } = record;
  const { eventType, entity } = issue;
  const about = {
    flow,
    version,
    eventType,
    entity: entity.kind,
    eventDigest,
    dryRun,
    parent,
    undoes,
  };
  const opened = runDraft(record, { kind: 'flow.opened', at, outcome: about });
  if (outcome === null) return [opened];
  return [opened, runDraft(record, { kind: 'flow.closed', at, outcome: { outcome, code } })];
}

/** A request that does not open a run, and its caller. */
export interface RequestEntry {
  kind: 'flow.refused' | 'flow.switched' | 'resource_set.changed';
  /** Name of a flow or set, id of a run, or the kind of request. */
  subject: string;
  caller: FlowCaller;
  outcome: JsonObject;
}

/** An entry about a request to the flow service, in a series of its own. */
export function requestDraft(
  id: string,
  at: string,
  { kind, subject, caller, outcome }: RequestEntry,
): AuditDraft {
  const place = { workflowId: `flow-desk/${id}`, run: id, kind, subject, sequence: 0, at };
  return { ...place, actor: actorOf(caller), surface: caller.surface, outcome };
}
