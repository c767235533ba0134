import { evaluate } from './evaluate.ts';
import { principalClasses } from './principals.ts';
import type { PrincipalClass } from './principals.ts';
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

/** A decision that two bundles do not share. */
export interface DecisionChange {
  principals: PrincipalClass;
  connector: string;
  operation: string;
  /**
   * The level at which they differ; above the operation's own where context must raise it first.
   */
  risk: Risk;
  raisedBy: number;
  /** wider: lets through more, or asks less; narrower: the contrary. */
  change: 'wider' | 'narrower';
  before: Side;
  after: Side;
}

/**
 * The decisions that change from one bundle to another, by class of principals and operation; the
 * lowest level of each.
 */
export function diffBundles(
  before: Loaded,
  after: Loaded,
  { guardrails, catalogue }: { guardrails: Guardrails; catalogue: readonly OperationFacts[] },
): DecisionChange[] {
  const classes = principalClasses([...before.policies, ...after.policies]);
  return classes.flatMap((principals) =>
    catalogue.flatMap((facts) => {
      const sides = (raisedBy: number) => {
        const request = { ...facts, principal: principals.example, raisedBy };
        const side = (bundle: Loaded): Decision => evaluate(request, bundle, guardrails, catalogue);
        return [side(before), side(after)] as const;
      };
      return firstChange({ principals, facts, sides });
    }),
  );
}

interface Pair {
  principals: PrincipalClass;
  facts: OperationFacts;
  sides: (raisedBy: number) => readonly [Decision, Decision];
}

function firstChange({ principals, facts, sides }: Pair): DecisionChange[] {
  for (const [raisedBy, risk] of levelsFrom(facts.risk, 3).entries()) {
    const [before, after] = sides(raisedBy);
    const change = compare(before, after);
    if (change === null) continue;
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
      },
    ];
  }
  return [];
}

const side = ({ effect, code, obligations }: Decision): Side => ({ effect, code, obligations });

const RANK = { allow: 0, auto: 1, approval: 2, deny: 3 } as const satisfies Record<
  Decision['effect'],
  number
>;

function compare(before: Decision, after: Decision): DecisionChange['change'] | null {
  if (before.effect !== after.effect)
    return RANK[after.effect] < RANK[before.effect] ? 'wider' : 'narrower';
  // Whatever does not ask at least as much as before is wider, also where it asks other people.
  if (!asksAsMuch(after.obligations, before.obligations)) return 'wider';
  return asksAsMuch(before.obligations, after.obligations) ? null : 'narrower';
}

type Requirement = Obligations['approvers'][number];

/** True where meeting `these` obligations meets `those` as well. */
function asksAsMuch(these: Obligations, those: Obligations): boolean {
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

// Null is the default of arx.yaml, which may be longer or shorter than anything stated.
const noLonger = (a: number | null, b: number | null): boolean =>
  a === b || (a !== null && b !== null && a < b);
