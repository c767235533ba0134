import { grantsFor, judgeAt } from './match.ts';
import type { Grant } from './match.ts';
import type { DecisionRequest, Policy, Risk } from './types.ts';

/** Hint of a policy that denies. */
export const deniesBy = ({ policy, glob }: Grant): string => `policy ${policy.name} denies ${glob}`;
/** Hint of a policy whose ceiling caps its own grant. */
export const ceilingHint = ({ policy }: Grant): string =>
  `policy ${policy.name} grants up to ${policy.riskMax}: a higher risk_max, or ceiling: escalate with an approval for the level, would grant it`;

/** Hints where nothing grants the request: who else it is granted to. */
export function defaultHints(policies: readonly Policy[], request: DecisionRequest): string[] {
  const others = policies.filter((policy) => grantsFor([{ ...policy, principals: [] }], request).length > 0);
  if (others.length === 0) return [`no policy grants ${request.connector} ${request.operation} to anybody`];
  return others.map((policy) => `policy ${policy.name} grants it, but not to ${request.principal}`);
}

/** The entries that speak of a request, by their policy. */
export interface Found {
  granting: ReadonlyMap<Policy, Grant>;
  denying: ReadonlyMap<Policy, Grant>;
  risk: Risk;
}
export const byPolicy = (entries: readonly Grant[]): Map<Policy, Grant> =>
  new Map(entries.map((entry) => [entry.policy, entry]));

/** Why a policy had a say in a decision, or none. */
export function why(policy: Policy, request: DecisionRequest, found: Found): string {
  const denies = found.denying.get(policy);
  const grant = found.granting.get(policy);
  if (denies) return `denies ${denies.glob}`;
  if (!grant) return grantsFor([{ ...policy, principals: [] }], request).length > 0 ? 'another principal' : 'no match';
  const mode = judgeAt([grant], found.risk);
  return mode.effect === 'deny' ? `grants ${grant.glob}, capped at ${policy.riskMax}` : `grants ${grant.glob}`;
}
