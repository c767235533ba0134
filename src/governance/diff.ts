/** Compares the decisions of two policy bundles. */

import type { FieldValues } from './conditions.ts';
import { evaluate } from './evaluate.ts';
import { principalClasses } from './principals.ts';
import type { PrincipalClass } from './principals.ts';
import { scenariosOf } from './scenarios.ts';
import { levelsFrom } from './risk.ts';
import type {
  Decision,
  Guardrails,
  Obligations,
  OperationFacts,
  PolicyBundle,
  Risk,
} from './types.ts';

type Loaded = PolicyBundle & { ok: true };
type Side = Pick<Decision, 'effect' | 'code' | 'obligations'>;

/** A decision that differs between two bundles. */
export interface DecisionChange {
  principals: PrincipalClass;
  connector: string;
  operation: string;
  /**
   * The level at which they differ. If it is above the operation's own level, context must raise
   * the risk first.
   */
  risk: Risk;
  raisedBy: number;
  /** `wider` allows more or requires fewer approvals; `narrower` is the opposite. */
  change: 'wider' | 'narrower';
  before: Side;
  after: Side;
  /** Values of fields with which they differ; null if no condition matters. */
  about: FieldValues | null;
}

/**
 * The decisions that change from one bundle to the other, by class of principals and operation.
 * Only the lowest level of each is reported.
 */
export function diffBundles(
  before: Loaded,
  after: Loaded,
  { guardrails, catalogue }: { guardrails: Guardrails; catalogue: readonly OperationFacts[] },
): DecisionChange[] {
  const policies = [...before.policies, ...after.policies];
  const classes = principalClasses(policies);
  const scenarios = new Map(
    [...new Set(catalogue.map(({ connector }) => connector))].map((connector) => [
      connector,
      scenariosOf(policies.filter((policy) => policy.connector === connector)),
    ]),
  );
  return classes.flatMap((principals) =>
    catalogue.flatMap((facts) => {
      const sides = (raisedBy: number, about: FieldValues) => {
        const request = { ...facts, principal: principals.example, raisedBy, about };
        const side = (bundle: Loaded): Decision => evaluate(request, bundle, guardrails, catalogue);
        return [side(before), side(after)] as const;
      };
      const abouts = scenarios.get(facts.connector) ?? [{}];
      return firstChange({ principals, facts, sides, abouts });
    }),
  );
}

interface Pair {
  principals: PrincipalClass;
  facts: OperationFacts;
  sides: (raisedBy: number, about: FieldValues) => readonly [Decision, Decision];
  abouts: readonly FieldValues[];
}

function firstChange({ principals, facts, sides, abouts }: Pair): DecisionChange[] {
  for (const [raisedBy, risk] of levelsFrom(facts.risk, 3).entries()) {
    const found = changeAt(abouts, (about) => sides(raisedBy, about));
    if (found === null) continue;
    const { before, after, change, about } = found;
    const { connector, operation } = facts;
    return [
      {
        principals,
        connector,
        operation,
        risk,
        raisedBy,
        change,
        before: side(before),
        after: side(after),
        about: Object.keys(about).length === 0 ? null : about,
      },
    ];
  }
  return [];
}

/** The change under the first values with which the sides differ; one that widens comes first. */
function changeAt(
  abouts: readonly FieldValues[],
  sides: (about: FieldValues) => readonly [Decision, Decision],
) {
  let narrower = null;
  for (const about of abouts) {
    const [before, after] = sides(about);
    const change = compare(before, after);
    if (change === null) continue;
    const found = { before, after, change, about };
    if (change === 'wider') return found;
    narrower ??= found;
  }
  return narrower;
}

const side = ({ effect, code, obligations }: Decision): Side => ({ effect, code, obligations });

const RANK = { allow: 0, auto: 1, approval: 2, deny: 3 } as const satisfies Record<
  Decision['effect'],
  number
>;

function compare(before: Decision, after: Decision): DecisionChange['change'] | null {
  if (before.effect !== after.effect)
    return RANK[after.effect] < RANK[before.effect] ? 'wider' : 'narrower';
  // Obligations that do not include all earlier ones are wider, even if they name other approvers.
  if (!includesObligations(after.obligations, before.obligations)) return 'wider';
  return includesObligations(before.obligations, after.obligations) ? null : 'narrower';
}

type Requirement = Obligations['approvers'][number];

/** Whether meeting `these` obligations also meets `those`. */
function includesObligations(these: Obligations, those: Obligations): boolean {
  return (
    those.approvers.every((one) => these.approvers.some((other) => meets(other, one))) &&
    noLonger(these.expiresInMs, those.expiresInMs) &&
    noLonger(these.grantValidForMs, those.grantValidForMs)
  );
}

function meets(other: Requirement, one: Requirement): boolean {
  if (other.count < one.count) return false;
  if (one.any_of.length === 0 || other.any_of.length === 0)
    return one.any_of.length === other.any_of.length && one.hitlChannel === other.hitlChannel;
  return other.any_of.every((who) => one.any_of.includes(who));
}

// Null means the default of arx.yaml, which may be longer or shorter than a stated duration.
const noLonger = (a: number | null, b: number | null): boolean =>
  a === b || (a !== null && b !== null && a < b);
