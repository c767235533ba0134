/** Evaluates the malice rules of arx.yaml for an account. */

import { holds } from '../governance/operators.ts';
import type { Value } from '../governance/operators.ts';
import { VERDICTS } from './types.ts';
import type { Enriched, MaliceVerdict } from './types.ts';

/** One line of `malice_rules`. */
interface MaliceRule {
  /** Dot path into the extracted fields, or else into the raw answers. */
  field: string;
  operator: string;
  value?: Value | undefined;
  verdict: string;
}

/**
 * `enrichment.malice_rules` of arx.yaml. `conditions` and `rules` are two names for the same list.
 */
export interface MaliceRules {
  conditions?: readonly MaliceRule[] | undefined;
  rules?: readonly MaliceRule[] | undefined;
  default_verdict?: string | undefined;
  not_found_verdict?: string | undefined;
}

/** What rules can refer to: the fields of the result, and the allowed fields of the raw answers. */
interface RuleInput {
  result: Pick<Enriched, 'found' | 'ambiguous' | 'extracted'>;
  raw: Value;
}

/**
 * The verdict on an account: that of the first matching rule, else the default. Null if there is
 * neither, or if it is unknown which account is meant.
 */
export function verdictOf(
  rules: MaliceRules,
  { result, raw }: RuleInput,
  now: number,
): MaliceVerdict | null {
  if (result.found === null || result.ambiguous) return null;
  if (result.extracted === null)
    return toVerdict(result.found ? undefined : rules.not_found_verdict);
  const places: Places = { extracted: result.extracted as unknown as Value, raw };
  const match = (rules.conditions ?? rules.rules ?? []).find(({ field, operator, value = null }) =>
    holds(operator, lookUp(places, field), { value, now }),
  );
  return toVerdict((match ?? { verdict: rules.default_verdict }).verdict);
}

const toVerdict = (verdict: string | undefined): MaliceVerdict | null =>
  VERDICTS.find((one) => one === verdict) ?? null;

/** The most severe of several verdicts; null if there is none. */
export function gravest(verdicts: readonly (MaliceVerdict | null)[]): MaliceVerdict | null {
  return VERDICTS.findLast((one) => verdicts.includes(one)) ?? null;
}

interface Places {
  extracted: Value;
  raw: Value;
}

/**
 * A field by its dot path: first in the extracted fields, then in the raw answers. The path may
 * also start with `extracted` or `raw`.
 */
function lookUp(places: Places, path: string): Value | undefined {
  const keys = path.split('.');
  const named: Value = { extracted: places.extracted, raw: places.raw };
  for (const place of [places.extracted, places.raw, named]) {
    const found = keys.reduce<Value | undefined>(own, place);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** An own key of an object, or an index of a list; never inherited properties or `length`. */
function own(value: Value | undefined, key: string): Value | undefined {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  if (Array.isArray(value) && !/^\d+$/.test(key)) return undefined;
  return (value as Readonly<Record<string, Value>>)[key];
}
