import { matchesAny } from '../governance/glob.ts';
import { PolicyDeniedError } from './errors.ts';
import type { ConnectorName, Decision } from '../governance/types.ts';
import type { Caller } from './types.ts';

/** Evaluates the policies for one request. */
export type Decide = (connector: ConnectorName, operation: string, principal: string, argsDigest?: string) => Decision;

/** What is asked: an operation by a caller. */
export interface Asked {
  connector: ConnectorName;
  operation: string;
  caller: Caller;
  argsDigest?: string;
  /** False where the catalogue knows the operation but no client sends it. */
  callable: boolean;
}

/** The decision of the policies, narrowed by what the caller's own configuration permits and by what can be called. */
export function decideFor(asked: Asked, decide: Decide): Decision {
  const { connector, operation, caller } = asked;
  const decision = decide(connector, operation, caller.principal, asked.argsDigest);
  if (decision.effect === 'deny') return decision;
  if (caller.permitted && !matchesAny(caller.permitted[connector] ?? [], operation)) {
    return refused(decision, 'default_deny', `arx.yaml connectors.${connector}.operations does not list ${operation}`);
  }
  return asked.callable ? decision : refused(decision, 'fail_closed', `${connector} ${operation} cannot be called yet`);
}

/**
 * Throws unless the call may go on now. Here a granted approval will be redeemed once there are approvals: until then
 * whatever needs one is refused.
 */
export function assertAllowed({ connector, operation }: Asked, decision: Decision): void {
  if (decision.effect === 'allow' || decision.effect === 'auto') return;
  const hints = decision.effect === 'approval' ? [...decision.hints, 'needs human approval'] : decision.hints;
  const detail = `${connector} ${operation} is refused (${decision.effect === 'approval' ? 'approval' : decision.code})`;
  throw new PolicyDeniedError({ ...decision, hints }, [detail, ...hints].join('; '));
}

const refused = (decision: Decision, code: Decision['code'], hint: string): Decision => ({
  ...decision,
  effect: 'deny',
  code,
  obligations: { approval: 'none', approvers: [], expiresInMs: null, grantValidForMs: null },
  determining: [],
  hints: [...decision.hints, hint],
});
