import { judgeAt } from './match.ts';
import type { Grant } from './match.ts';
import type { PolicyEntry } from './prepare.ts';
import type { DecisionRequest, Risk } from './types.ts';

/** Hint for a policy that denies the request. */
export const deniesBy = ({ policy, glob }: Grant): string => `policy ${policy.name} denies ${glob}`;
/** Hint for a policy whose ceiling caps its own grant. */
export const ceilingHint = ({ policy }: Grant): string =>
  `policy ${policy.name} grants up to ${policy.riskMax}; to grant it, raise risk_max, or set ceiling: escalate and an approval for the level`;

const MAX_HINTS = 10;

/** Hints for a request that no policy grants: whom else the operation is granted to. */
export function defaultHints(
  entries: readonly PolicyEntry[],
  request: DecisionRequest,
  withheld: ReadonlyMap<PolicyEntry, string>,
): string[] {
  const others = entries.filter(({ grant }) => grant !== null);
  if (others.length === 0)
    return [`no policy grants ${request.connector} ${request.operation} to any principal`];
  const named = others.slice(0, MAX_HINTS).map((entry) => {
    const reason = withheld.get(entry) ?? `not to ${request.principal}`;
    return `policy ${entry.policy.name} grants it, but ${reason}`;
  });
  const rest = others.length - named.length;
  return rest === 0 ? named : [...named, `and ${rest} more`];
}

/**
 * How a policy affected a decision. `isRelevant`: the policy grants or denies the operation to this
 * principal. `isLifted`: the conditions of its deny do not
 * hold. `withheld`: why its grant is not in force.
 */
export function why(
  { policy, grant, deny }: PolicyEntry,
  {
    isRelevant,
    isLifted,
    withheld,
    risk,
  }: { isRelevant: boolean; isLifted: boolean; withheld: string | null; risk: Risk },
): string {
  if (!isRelevant) return grant === null ? 'no match' : 'another principal';
  if (deny && !isLifted) return `denies ${deny.glob}`;
  if (!grant) return deny ? `denies ${deny.glob}, but its conditions do not hold` : 'no match';
  if (withheld !== null) return `grants ${grant.glob}, but ${withheld}`;
  const capped = judgeAt([grant], risk).effect === 'deny';
  return capped ? `grants ${grant.glob}, capped at ${policy.riskMax}` : `grants ${grant.glob}`;
}
