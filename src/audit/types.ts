export type Json =
  null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

/** Names of audit entries. Once emitted they are an interface: add, never rename. */
export type AuditKind =
  | 'scan.started'
  | 'scan.page'
  | 'scan.changes'
  | 'user.checked'
  | 'user.rechecked'
  | 'ticket.intended'
  | 'ticket.created'
  | 'ticket.updated'
  | 'ticket.closed'
  | 'ticket.reopened'
  | 'ticket.refused'
  | 'ticket.unknown'
  | 'summary.intended'
  | 'summary.posted'
  | 'summary.failed'
  | 'scan.completed'
  | 'sync.started'
  | 'sync.stream'
  | 'sync.finished'
  | 'policy.loaded'
  | 'policy.rejected'
  | 'key.created'
  | 'key.rotated'
  | 'key.revoked'
  | 'approval.opened'
  | 'approval.notified'
  | 'approval.reminded'
  | 'approval.escalated'
  | 'approval.answered'
  | 'approval.refused'
  | 'approval.closed'
  | 'grant.issued'
  | 'grant.used'
  | 'grant.stale'
  | 'action.requested'
  | 'action.decided'
  | 'action.denied'
  | 'action.started'
  | 'action.succeeded'
  | 'action.failed'
  | 'action.unknown'
  | 'flow.opened'
  | 'flow.refused'
  | 'flow.planned'
  | 'flow.step'
  | 'flow.verified'
  | 'flow.closed'
  | 'flow.switched'
  | 'resource_set.changed'
  | 'data.purged';

/** Risk of an operation, lowest first. */
export type Risk = 'LOW' | 'MEDIUM' | 'HIGH' | 'CRITICAL';

/** What a policy decision comes to, and why. */
export type Effect = 'allow' | 'auto' | 'approval' | 'deny';
export type DecisionCode =
  'granted' | 'fail_closed' | 'explicit_deny' | 'guardrail' | 'default_deny' | 'risk_ceiling';

/** The part of a policy decision that the trail keeps. */
export interface AuditDecision {
  readonly effect: Effect;
  readonly code: DecisionCode;
  readonly policies: readonly string[];
  readonly bundleDigest: string | null;
}

/** What a caller wants recorded. Optional fields that are absent do not stand in the entry. */
export interface AuditDraft {
  workflowId: string;
  /** First run id of a continue-as-new chain, or the id of a command line invocation. */
  run: string;
  kind: AuditKind;
  /** What the entry is about: an opaque id (user id, ticket label, operation), never a name. */
  subject: string;
  /**
   * Tells repeated entries of one (workflow, run, kind, subject) apart; absent: the store takes the
   * next free one.
   */
  sequence?: number;
  /** ISO 8601, UTC, milliseconds. */
  at: string;
  actor: {
    principal: string;
    authenticatedBy: 'worker' | 'cli' | 'slack' | 'console' | 'key' | 'none';
  };
  surface: 'workflow' | 'cli' | 'slack' | 'console' | 'api';
  operation?: string;
  risk?: Risk;
  decision?: AuditDecision;
  argsDigest?: string;
  /** Arguments with secrets and personal data taken out. */
  args?: JsonObject;
  target?: string;
  outcome?: JsonObject;
  correlation?: JsonObject;
}

/** An entry as stored: a draft with its identity and its place in the chain. */
export interface AuditEntry extends AuditDraft {
  sequence: number;
  /** Unique per (workflow, run, kind, subject, sequence). */
  id: string;
  /** Hex hash of the entry before; 64 zeros for the first. */
  prevHash: string;
  /** Hex SHA-256(0x00 ‖ RFC 8785 JSON of the entry without `hash`). */
  hash: string;
}

/** Size of the log and hash of its last entry (64 zeros when empty). */
export interface AuditHead {
  entries: number;
  head: string;
}

/**
 * What `append` says of each draft: its id, its hash, and whether it had been recorded before with
 * the same content.
 */
export interface AuditReceipt {
  id: string;
  hash: string;
  repeated: boolean;
}

/**
 * The way into the trail. Appends are ordered, atomic and durable when the promise resolves;
 * `effect` is committed in the same transaction (the store's transaction handle is opaque here).
 * Throws AuditConflictError when an id returns with other content, OvertakenError when a later
 * attempt of the same activity has begun, and AuditUnavailableError when the trail can't be
 * written: then nothing may be sent.
 */
export interface Journal {
  append(
    drafts: readonly AuditDraft[],
    effect?: JournalEffect,
    options?: AppendOptions,
  ): Promise<readonly AuditReceipt[]>;
}

export interface AppendOptions {
  /**
   * The entries say how a call ended, which stays true when its attempt was overtaken: they are
   * recorded all the same, without the effect, before OvertakenError is thrown.
   */
  isOutcome?: boolean;
}

/** Runs in the transaction of its entry. */
export interface JournalEffect {
  (transaction: never): Promise<void>;
  /**
   * The whole of what it does, as the store that made it knows it: it may be done without running
   * this.
   */
  readonly writes?: object;
  /**
   * Takes its time: it runs in a transaction of its own, and what others append need not wait for
   * it.
   */
  readonly long?: true;
}
