import { holds } from './operators.ts';
import type { Value } from './operators.ts';
import { VERDICTS } from './types.ts';
import type { Enriched, MaliceVerdict } from './types.ts';

/** One line of `malice_rules`. */
export interface MaliceRule {
  /** Dot path into what was extracted, else into what was read. */
  field: string;
  operator: string;
  value?: Value | undefined;
  verdict: string;
}

/**
 * `enrichment.malice_rules` of arx.yaml; `conditions` and `rules` are two words for the same list.
 */
export interface MaliceRules {
  conditions?: readonly MaliceRule[] | undefined;
  rules?: readonly MaliceRule[] | undefined;
  default_verdict?: string | undefined;
  not_found_verdict?: string | undefined;
}

/**
 * What rules look at: fields that are handed out, and the listed fields of the answers behind them.
 */
export interface Judged {
  result: Pick<Enriched, 'found' | 'ambiguous' | 'extracted'>;
  raw: Value;
}

/**
 * The verdict on an account: that of the first rule that matches, else the default; null where
 * nothing says anything, or where it is not known which account is meant.
 */
export function verdictOf(
  rules: MaliceRules,
  { result, raw }: Judged,
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

/** The gravest of several verdicts; null where there is none. */
export function gravest(verdicts: readonly (MaliceVerdict | null)[]): MaliceVerdict | null {
  return VERDICTS.findLast((one) => verdicts.includes(one)) ?? null;
}

interface Places {
  extracted: Value;
  raw: Value;
}

/** A field by its dot path: extracted first, then raw; either may also be named in front. */
function lookUp(places: Places, path: string): Value | undefined {
  const keys = path.split('.');
  const named: Value = { extracted: places.extracted, raw: places.raw };
  for (const place of [places.extracted, places.raw, named]) {
    const found = keys.reduce<Value | undefined>(own, place);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** An own key of a mapping, an index of a list; nothing that is inherited, and no length. */
function own(value: Value | undefined, key: string): Value | undefined {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  if (Array.isArray(value) && !/^\d+$/.test(key)) return undefined;
  return (value as Readonly<Record<string, Value>>)[key];
}
