import type { AUDIT_KINDS } from './kinds.ts';

export type Json =
  null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

/** A kind of audit entry. */
export type AuditKind = (typeof AUDIT_KINDS)[number];

/** Risk of an operation, lowest first. */
export type Risk = 'LOW' | 'MEDIUM' | 'HIGH' | 'CRITICAL';

/** What a policy decision comes to, and why. */
export type Effect = 'allow' | 'auto' | 'approval' | 'deny';
export type DecisionCode =
  'granted' | 'fail_closed' | 'explicit_deny' | 'guardrail' | 'default_deny' | 'risk_ceiling';

/** The part of a policy decision that is recorded in the audit trail. */
export interface AuditDecision {
  readonly effect: Effect;
  readonly code: DecisionCode;
  readonly policies: readonly string[];
  readonly bundleDigest: string | null;
}

/** The input for an entry. Absent optional fields are not part of the entry. */
export interface AuditDraft {
  workflowId: string;
  /** First run id of a continue-as-new chain, or the id of a command line invocation. */
  run: string;
  kind: AuditKind;
  /** The subject as an opaque id (user id, ticket label, operation), never a name. */
  subject: string;
  /**
   * Distinguishes repeated entries of one (workflow, run, kind, subject). If absent, the store uses
   * the next free one.
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
  /** Arguments without secrets and personal data. */
  args?: JsonObject;
  target?: string;
  outcome?: JsonObject;
  correlation?: JsonObject;
}

/** An entry as stored: a draft with its identity and its position in the chain. */
export interface AuditEntry extends AuditDraft {
  sequence: number;
  /** Unique per (workflow, run, kind, subject, sequence). */
  id: string;
  /** Hex hash of the previous entry; 64 zeros for the first. */
  prevHash: string;
  /** Hex SHA-256(0x00 ‖ RFC 8785 JSON of the entry without `hash`). */
  hash: string;
}

/** Number of entries, and hash of the last entry (64 zeros if there is none). */
export interface AuditHead {
  entries: number;
  head: string;
}

/**
 * The result of `append` for each draft: its id, its hash, and whether it was already recorded with
 * the same content.
 */
export interface AuditReceipt {
  id: string;
  hash: string;
  repeated: boolean;
}

/**
 * Appends entries to the audit trail. Appends are ordered, atomic, and durable when the promise
 * resolves. `effect` is committed in the same transaction (the store's transaction handle is opaque
 * here). Throws AuditConflictError if an id returns with different content, OvertakenError if a
 * later attempt of the same activity has started, and AuditUnavailableError if the trail cannot be
 * written; a write to a vendor whose intent is missing must not be sent then.
 */
export interface Journal {
  /**
   * Resolves when every entry so far is in the sink that arx.yaml requires; called right before each
   * call to a vendor. Absent without a required sink. Throws AuditUnavailableError.
   */
  ready?(): Promise<void>;
  append(
    drafts: readonly AuditDraft[],
    effect?: JournalEffect,
    options?: AppendOptions,
  ): Promise<readonly AuditReceipt[]>;
}

export interface AppendOptions {
  /**
   * The entries contain the outcome of a call, which remains true if the attempt was overtaken.
   * They are then recorded without the effect before OvertakenError is thrown.
   */
  isOutcome?: boolean;
  /**
   * What must not happen before the entry is in a required sink: the call of which it is the intent
   * (the effect also waits for the sink), or the use of the answer that it records.
   */
  before?: 'call' | 'use';
}

/** An effect that runs in the transaction of its entry. */
export interface JournalEffect {
  (transaction: never): Promise<void>;
  /**
   * A complete description of the effect, in a form that the store understands: the store may apply
   * it instead of running this function.
   */
  readonly writes?: object;
  /**
   * The effect takes long: it runs in its own transaction, and other appends need not wait for it.
   */
  readonly long?: true;
}
