/** Decides whether a call may be made. */

import { riskIncrease } from '../../governance/context.ts';
import { replacesProfile, takesAccess } from '../../governance/catalogue.ts';
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
  /** The validated input. */
  args?: unknown;
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
  const { principal, aliases } = caller;
  // If nobody has read what the call would remove, it counts as something.
  const removes = replacesProfile(connector, operation, requested.args) ? (facts.removes ?? 1) : 0;
  const decision = decide({
    connector,
    operation,
    principal,
    aliases,
    argsDigest,
    raisedBy: riskIncrease({ ...facts, removes }),
    args: requested.args,
    about: facts.about,
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
 * here; whether it matches is checked when it is used up, together with the intent. A call that
 * takes access away needs a grant or a checked target, whatever its risk.
 */
export function assertAllowed(
  requested: Requested,
  decision: Decision,
  grant: { needed: boolean; given: boolean },
  targetChecked = false,
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
  const { connector, operation } = requested;
  if (!grant.given && !targetChecked && takesAccess(`${connector}:${operation}`))
    throw refusalOf(requested, decision, {
      code: 'target_unchecked',
      why: 'it takes access away: request it with `arx call` or workflow type governedOperation, which check its target',
    });
}

/** The refusal of a call without a matching grant. */
export function missingGrantError(
  requested: Pick<Requested, 'connector' | 'operation'>,
  decision: Decision,
  why: string,
): PolicyDeniedError {
  return refusalOf(requested, decision, { code: 'approval_required', why });
}

function refusalOf(
  { connector, operation }: Pick<Requested, 'connector' | 'operation'>,
  decision: Decision,
  { code, why }: { code: 'approval_required' | 'target_unchecked'; why: string },
): PolicyDeniedError {
  const refusal = { ...decision, hints: [...decision.hints, why] };
  const named = code === 'approval_required' ? 'approval' : code;
  const detail = withHints(`${connector} ${operation} is refused (${named})`, refusal);
  return new PolicyDeniedError(refusal, detail, code);
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
