/** Decides whether a call may be made. */

import { riskIncrease } from '../../governance/context.ts';
import { matchesAny } from '../../governance/glob.ts';
import { PolicyDeniedError } from '../errors.ts';
import type { ContextFacts } from '../../governance/context.ts';
import type { ConnectorName, Decision, DecisionRequest } from '../../governance/types.ts';
import type { Caller } from '../types.ts';

/** Evaluates the policies for one request. */
export type Decide = (request: Asking) => Decision;
type Asking = DecisionRequest & { connector: ConnectorName };

/** An operation that a caller wants to call. */
interface Requested {
  connector: ConnectorName;
  operation: string;
  caller: Caller;
  argsDigest?: string;
  /** Facts about the target; they can only raise the risk. */
  facts?: ContextFacts;
  /** False if the catalogue lists the operation but no client can send it. */
  callable: boolean;
}

/**
 * The decision of the policies, restricted to what the caller's configuration permits and to what
 * can be called.
 */
export function decideFor(requested: Requested, decide: Decide): Decision {
  const { connector, operation, caller, argsDigest, facts = {} } = requested;
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
  return requested.callable
    ? decision
    : denialOf(decision, 'fail_closed', `${connector} ${operation} cannot be called yet`);
}

/**
 * Throws PolicyDeniedError unless the call may proceed. If it needs a grant, having one is enough
 * here; whether it matches is checked when it is used up, together with the intent.
 */
export function assertAllowed(
  requested: Requested,
  decision: Decision,
  grant: { needed: boolean; given: boolean },
): void {
  if (decision.effect === 'deny') {
    const { connector, operation } = requested;
    throw new PolicyDeniedError(
      decision,
      withHints(`${connector} ${operation} is refused (${decision.code})`, decision),
    );
  }
  if (grant.needed && !grant.given)
    throw missingGrantError(requested, decision, 'it requires human approval');
}

/** The refusal of a call without a matching grant. */
export function missingGrantError(
  { connector, operation }: { connector: string; operation: string },
  decision: Decision,
  why: string,
): PolicyDeniedError {
  const refusal = { ...decision, hints: [...decision.hints, why] };
  const detail = withHints(`${connector} ${operation} is refused (approval)`, refusal);
  return new PolicyDeniedError(refusal, detail, 'approval_required');
}

const withHints = (detail: string, { hints }: Decision): string => [detail, ...hints].join('; ');

const denialOf = (decision: Decision, code: Decision['code'], hint: string): Decision => ({
  ...decision,
  effect: 'deny',
  code,
  obligations: { approval: 'none', approvers: [], expiresInMs: null, grantValidForMs: null },
  determining: [],
  hints: [...decision.hints, hint],
});
