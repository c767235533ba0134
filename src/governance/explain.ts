import { judgeAt } from './match.ts';
import type { Grant } from './match.ts';
import type { Entry } from './prepare.ts';
import type { DecisionRequest, Risk } from './types.ts';

/** Hint of a policy that denies. */
export const deniesBy = ({ policy, glob }: Grant): string => `policy ${policy.name} denies ${glob}`;
/** Hint of a policy whose ceiling caps its own grant. */
export const ceilingHint = ({ policy }: Grant): string =>
  `policy ${policy.name} grants up to ${policy.riskMax}: a higher risk_max, or ceiling: escalate with an approval for the level, would grant it`;

const MOST_HINTS = 10;

/** Hints where nothing grants the request: who else it is granted to. */
export function defaultHints(entries: readonly Entry[], request: DecisionRequest): string[] {
  const others = entries.filter(({ grant }) => grant !== null);
  if (others.length === 0)
    return [`no policy grants ${request.connector} ${request.operation} to anybody`];
  const named = others
    .slice(0, MOST_HINTS)
    .map(({ policy }) => `policy ${policy.name} grants it, but not to ${request.principal}`);
  const rest = others.length - named.length;
  return rest === 0 ? named : [...named, `and ${rest} more`];
}

/**
 * Why a policy had a say in a decision, or none; `speaks` where it is for the principal that asks.
 */
export function why(
  { policy, grant, deny }: Entry,
  { speaks, risk }: { speaks: boolean; risk: Risk },
): string {
  if (!speaks) return grant === null ? 'no match' : 'another principal';
  if (deny) return `denies ${deny.glob}`;
  if (!grant) return 'no match';
  const capped = judgeAt([grant], risk).effect === 'deny';
  return capped ? `grants ${grant.glob}, capped at ${policy.riskMax}` : `grants ${grant.glob}`;
}
