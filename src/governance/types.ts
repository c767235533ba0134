import type { DecisionCode, Effect, JsonObject, Risk } from '../audit/types.ts';

export type { DecisionCode, Effect, Risk };

/** Vendors that have a governed connector. */
export type ConnectorName = 'okta' | 'jira' | 'slack' | 'entra' | 'google' | 'salesforce' | 'email';

/** The risk levels, lowest first. */
export const RISKS = ['LOW', 'MEDIUM', 'HIGH', 'CRITICAL'] as const satisfies readonly Risk[];

export type ApprovalMode = 'none' | 'auto' | 'hitl';

/** Where something stands in a file; line and column count from 1. */
export interface SourcePlace {
  file: string;
  line: number;
  column?: number;
}

interface ApproverRequirement {
  any_of: string[];
  count: number;
}

/** One policy as loaded: everything stated or defaulted, durations in milliseconds. */
export interface Policy {
  name: string;
  connector: string;
  /** Globs; empty where the policy states none: then every principal. */
  principals: string[];
  operations: string[];
  deny: string[];
  riskMax: Risk;
  ceiling: 'cap' | 'escalate';
  /** Only the levels the file states (one word for all levels states those up to riskMax). */
  approval: Partial<Record<Risk, ApprovalMode>>;
  hitlChannel: string | null;
  approvers:
    (ApproverRequirement & { expiresInMs: number | null; grantValidForMs: number | null }) | null;
  /**
   * The policy as the file has it; what the bundle's digest is made of. Absent: the digest takes
   * the fields above.
   */
  stated?: JsonObject;
  place: SourcePlace;
  /**
   * Places of single entries, for explanations: the key is the path inside the policy, such as
   * `deny.0`; only what the file states is in here.
   */
  places: Record<string, SourcePlace>;
}

/** What the evaluator knows of an operation; the connectors' tables provide it. */
export interface OperationFacts {
  connector: ConnectorName;
  operation: string;
  risk: Risk;
}

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE' | 'PATCH';
interface WireCall {
  method: Method;
  path: string;
}

/**
 * One governed operation as the catalogue has it: clients, command line, globs, docs and tests
 * derive from these rows.
 */
export interface OperationRow extends OperationFacts {
  method: Method;
  /** Path with `{parameter}` placeholders. */
  path: string;
  does: string;
  /** What is really sent, where that is another call than `method path` or several. */
  wire?: readonly WireCall[];
}

/**
 * Everything the evaluator decides by. A bundle that did not load is `{ ok: false }` and denies
 * everything.
 */
export type PolicyBundle =
  | { ok: true; policies: readonly Policy[]; digest: string }
  | { ok: false; reason: string; digest: null };

export interface Guardrails {
  /** Highest risk that any policy may grant, by connector. */
  riskMax: Partial<Record<ConnectorName, Risk>>;
}

export interface DecisionRequest {
  connector: string;
  operation: string;
  principal: string;
  /** Raises the base risk by this many levels (never lowers it). */
  raisedBy?: number;
  argsDigest?: string;
}

export interface Obligations {
  approval: ApprovalMode;
  /**
   * One for each policy that asks for a person; empty `any_of`: who is in its channel, and the
   * default approvers.
   */
  approvers: (ApproverRequirement & { policy: string; hitlChannel: string | null })[];
  expiresInMs: number | null;
  grantValidForMs: number | null;
}

export interface Decision {
  effect: Effect;
  code: DecisionCode;
  operation: string;
  risk: Risk | null;
  obligations: Obligations;
  determining: { policy: string; file: string; line: number }[];
  considered: { policy: string; why: string }[];
  hints: string[];
  bundleDigest: string | null;
  argsDigest: string | null;
}

/** The state of a governed operation; the last eight are final. */
export type ActionState =
  | 'open'
  | 'pending'
  | 'approved'
  | 'performing'
  | 'succeeded'
  | 'failed'
  | 'denied'
  | 'rejected'
  | 'expired'
  | 'cancelled'
  | 'stale'
  | 'unknown';
