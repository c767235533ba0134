import { riskIncrease } from '../../governance/context.ts';
import { matchesAny } from '../../governance/glob.ts';
import { PolicyDeniedError } from '../errors.ts';
import type { ContextFacts } from '../../governance/context.ts';
import type { ConnectorName, Decision, DecisionRequest } from '../../governance/types.ts';
import type { Caller } from '../types.ts';

/** Evaluates the policies for one request. */
export type Decide = (request: Asking) => Decision;
type Asking = DecisionRequest & { connector: ConnectorName };

/** What is asked: an operation by a caller. */
export interface Asked {
  connector: ConnectorName;
  operation: string;
  caller: Caller;
  argsDigest?: string;
  /** What is known of the context; it only raises the risk. */
  facts?: ContextFacts;
  /** False where the catalogue knows the operation but no client sends it. */
  callable: boolean;
}

/**
 * The decision of the policies, narrowed by what the caller's own configuration permits and by what
 * can be called.
 */
export function decideFor(asked: Asked, decide: Decide): Decision {
  const { connector, operation, caller, argsDigest, facts = {} } = asked;
  const { principal } = caller;
  const decision = decide({
    connector,
    operation,
    principal,
    argsDigest,
    raisedBy: riskIncrease(facts),
  });
  if (decision.effect === 'deny') return decision;
  if (caller.permitted && !matchesAny(caller.permitted[connector] ?? [], operation)) {
    return denialOf(
      decision,
      'default_deny',
      `arx.yaml connectors.${connector}.operations does not list ${operation}`,
    );
  }
  return asked.callable
    ? decision
    : denialOf(decision, 'fail_closed', `${connector} ${operation} cannot be called yet`);
}

/**
 * Throws PolicyDeniedError unless the call may go on now. Where it needs a grant it may with one in
 * hand: whether that fits is found out when it is used up, together with the intent.
 */
export function assertAllowed(
  asked: Asked,
  decision: Decision,
  grant: { needed: boolean; given: boolean },
): void {
  if (decision.effect === 'deny') {
    const { connector, operation } = asked;
    throw new PolicyDeniedError(
      decision,
      said(`${connector} ${operation} is refused (${decision.code})`, decision),
    );
  }
  if (grant.needed && !grant.given)
    throw missingGrantError(asked, decision, 'needs human approval');
}

/** The refusal of a call that lacks a grant which fits it. */
export function missingGrantError(
  { connector, operation }: { connector: string; operation: string },
  decision: Decision,
  why: string,
): PolicyDeniedError {
  const refusal = { ...decision, hints: [...decision.hints, why] };
  const detail = said(`${connector} ${operation} is refused (approval)`, refusal);
  return new PolicyDeniedError(refusal, detail, 'approval_required');
}

const said = (detail: string, { hints }: Decision): string => [detail, ...hints].join('; ');

const denialOf = (decision: Decision, code: Decision['code'], hint: string): Decision => ({
  ...decision,
  effect: 'deny',
  code,
  obligations: { approval: 'none', approvers: [], expiresInMs: null, grantValidForMs: null },
  determining: [],
  hints: [...decision.hints, hint],
});
