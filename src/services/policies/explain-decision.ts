import { guardrailsOf } from '../../config/schema/guardrails.ts';
import type { ArxConfig } from '../../config/schema/schema.ts';
import { nearest } from '../../config/yaml/nearest.ts';
import { argumentProblem } from '../../governance/arguments.ts';
import type { ArgumentProblem } from '../../governance/arguments.ts';
import { CONNECTORS, findOperation, OPERATIONS } from '../../governance/catalogue.ts';
import { contextOf, riskIncrease } from '../../governance/context.ts';
import type { FieldValues } from '../../governance/conditions.ts';
import { canonicalDigest } from '../../governance/digest.ts';
import { decisionDocument } from '../../governance/document.ts';
import type { DecisionDocument } from '../../governance/document.ts';
import { evaluate } from '../../governance/evaluate.ts';
import { isAnonymous } from '../../governance/principal.ts';
import type { Decision, PolicyBundle } from '../../governance/types.ts';
import { whatWouldChange } from '../../governance/what-if.ts';
import type { DecisionInput } from '../../governance/what-if.ts';

/** An operation that somebody might request. */
export interface DecisionQuestion {
  /** With its connector in front, or of Okta. */
  operation: string;
  principal: string;
  /** The arguments, if they are known. */
  args?: object | undefined;
  /** What is known about the target, by field of conditions. */
  facts?: FieldValues | undefined;
}

/** Where the answer comes from. */
export interface DecisionRules {
  bundle: PolicyBundle & { ok: true };
  config: ArxConfig;
}

/** What the policies decide about an operation, why, and what would change the decision. */
export function explainDecision(
  { bundle, config }: DecisionRules,
  { operation: name, principal, args, facts }: DecisionQuestion,
): DecisionDocument {
  const { connector, operation } = parseOperation(name);
  const argsDigest = args === undefined ? undefined : (digestOf(args) ?? undefined);
  const about = facts ?? {};
  const input: DecisionInput = {
    request: {
      connector,
      operation,
      principal,
      ...(argsDigest !== undefined && { argsDigest }),
      ...(args !== undefined && { args }),
      about,
      raisedBy: riskIncrease(contextOf(about)),
      now: Date.now(),
    },
    bundle,
    guardrails: guardrailsOf(config),
    catalogue: OPERATIONS,
  };
  const decision = evaluate(input.request, input.bundle, input.guardrails, input.catalogue);
  const hints = [
    ...decision.hints,
    ...whatWouldChange(input, decision),
    ...remarks(input, decision, config),
  ];
  return decisionDocument({ ...decision, hints }, input.request, config.approvals);
}

/**
 * Parses the name of an operation: with its connector in front, or of Okta if the connector is
 * omitted.
 */
export function parseOperation(text: string): { connector: string; operation: string } {
  const [first = '', ...rest] = text.split(':');
  const named =
    rest.length > 1 || (rest.length === 1 && (CONNECTORS as readonly string[]).includes(first));
  return named
    ? { connector: first, operation: rest.join(':') }
    : { connector: 'okta', operation: text };
}

/**
 * What is wrong with the arguments of an operation; null if nothing is. Arguments of an unknown
 * operation are only checked for a canonical form.
 */
export function argumentsProblem(name: string, args: object): ArgumentProblem | null {
  const { connector, operation } = parseOperation(name);
  const row = findOperation(connector, operation);
  const problem = row ? argumentProblem(row, args) : null;
  return problem ?? (digestOf(args) === null ? NOT_CANONICAL : null);
}

/** The problem of arguments that are no JSON object with a canonical form. */
export const NOT_CANONICAL: ArgumentProblem = {
  parameter: null,
  expected: 'a JSON object with the arguments, at most 64 KB',
};

// Null for arguments without a canonical form: half of a surrogate pair, or excessive nesting.
function digestOf(args: object): string | null {
  try {
    return canonicalDigest(args);
  } catch {
    return null;
  }
}

type Remark = (
  asked: DecisionInput,
  decision: Decision,
  config: DecisionRules['config'],
) => string[];

const remarks: Remark = (...facts) => REMARKS.flatMap((remark) => remark(...facts));

const REMARKS: readonly Remark[] = [
  ({ request: { connector, operation } }, { code }) => {
    if (code !== 'fail_closed' || findOperation(connector, operation)) return [];
    const near = nearest(
      `${connector}:${operation}`,
      OPERATIONS.map((row) => `${row.connector}:${row.operation}`),
    );
    return near ? [`did you mean ${near}?`] : [];
  },
  ({ request: { principal } }) =>
    principal.includes(':')
      ? []
      : ['a principal has the form user:LOGIN-OR-ID, agent:ID, workflow:NAME or flow:NAME'],
  ({ request: { principal } }, { effect }) =>
    isAnonymous(principal)
      ? [
          effect === 'deny'
            ? 'this asks as user:anonymous; sign in with ARX_KEY, or pass --as, to ask as a person'
            : 'user:anonymous is any caller without authentication and without --as; to exclude them, deny this principal',
        ]
      : [],
  (_, { risk, effect }, config) =>
    risk === 'CRITICAL' && effect === 'approval'
      ? [
          `CRITICAL needs ${config.approvals.critical_quorum} different approvers, regardless of count`,
        ]
      : [],
  (_, { obligations }, config) => {
    const others =
      config.approvals.default_approvers.join(', ') ||
      'none: approvals.default_approvers in arx.yaml is empty';
    return obligations.approvers
      .filter(({ any_of }) => any_of.length === 0)
      .map(
        ({ policy, hitlChannel }) =>
          `policy ${policy} names no approvers, so these may approve: ${hitlChannel ? `members of ${hitlChannel} with an Okta user, and ` : ''}the default approvers (${others})`,
      );
  },
];
