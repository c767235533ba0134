import type { FieldValues, PolicyCondition } from './conditions.ts';
import type { DecisionCode, Effect, JsonObject, Risk } from '../audit/types.ts';

export type { DecisionCode, Effect, Risk };

/** Vendors that have a governed connector. */
export type ConnectorName = 'okta' | 'jira' | 'slack' | 'entra' | 'google' | 'salesforce' | 'email';

/** The risk levels, lowest first. */
export const RISKS = ['LOW', 'MEDIUM', 'HIGH', 'CRITICAL'] as const satisfies readonly Risk[];

export type ApprovalMode = 'none' | 'auto' | 'hitl';

/** A position in a file; line and column count from 1. */
export interface SourcePlace {
  file: string;
  line: number;
  column?: number;
}

interface ApproverRequirement {
  any_of: string[];
  count: number;
}

/** One policy as loaded, with defaults filled in and durations in milliseconds. */
export interface Policy {
  name: string;
  connector: string;
  /** Globs. Empty if the policy states none; it then applies to every principal. */
  principals: string[];
  operations: string[];
  deny: string[];
  /** Conditions under which the policy grants and denies. Absent or empty: always. */
  when?: readonly PolicyCondition[];
  riskMax: Risk;
  ceiling: 'cap' | 'escalate';
  /** Only the levels that the file states. One word for all levels states those up to riskMax. */
  approval: Partial<Record<Risk, ApprovalMode>>;
  hitlChannel: string | null;
  approvers:
    (ApproverRequirement & { expiresInMs: number | null; grantValidForMs: number | null }) | null;
  /**
   * The policy as written in the file; the bundle's digest is computed from it. If absent, the
   * digest uses the fields above.
   */
  stated?: JsonObject;
  place: SourcePlace;
  /**
   * Positions of single entries, for explanations. The key is the path inside the policy, such as
   * `deny.0`. Contains only what the file states.
   */
  places: Record<string, SourcePlace>;
}

/** What the evaluator knows about an operation; the operation catalogue provides it. */
export interface OperationFacts {
  connector: ConnectorName;
  operation: string;
  risk: Risk;
  /** It sends or changes something although its risk is LOW. */
  writes?: true;
}

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE' | 'PATCH';
interface WireCall {
  method: Method;
  path: string;
}

/**
 * One governed operation of the catalogue. Clients, command line, globs, docs and tests are derived
 * from these rows.
 */
export interface OperationRow extends OperationFacts {
  method: Method;
  /** Path with `{parameter}` placeholders. */
  path: string;
  does: string;
  /** It takes access away from its target, or resets it: refused for the targets that arx spares. */
  takesAccess?: true;
  /**
   * It replaces the whole profile of its target, unless its argument `mode` is `merge`: attributes
   * that are not named are removed.
   */
  replaces?: true;
  /** The calls that are sent, if they differ from `method path`. */
  wire?: readonly WireCall[];
}

/** All policies. A bundle that could not be loaded is `{ ok: false }` and denies everything. */
export type PolicyBundle =
  | { ok: true; policies: readonly Policy[]; digest: string }
  | { ok: false; reason: string; digest: null };

export interface Guardrails {
  /** The highest risk that a policy may grant, by connector. */
  riskMax: Partial<Record<ConnectorName, Risk>>;
  /** The name of the environment, for conditions; absent if it is not stated. */
  environment?: string;
}

export interface DecisionRequest {
  connector: string;
  operation: string;
  principal: string;
  /** Further principals of the same person, such as `user:ID`. */
  aliases?: readonly string[] | undefined;
  /** Raises the base risk by this number of levels; never lowers it. */
  raisedBy?: number;
  argsDigest?: string;
  /** The validated arguments, for conditions; absent if they are unknown. */
  args?: unknown;
  /** What is known about the target, for conditions. */
  about?: FieldValues;
  /** Milliseconds since the epoch, for conditions on the age of something. */
  now?: number;
}

export interface Obligations {
  approval: ApprovalMode;
  /**
   * One for each policy that requires approval. An empty `any_of` means the members of its channel
   * and the default approvers.
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
