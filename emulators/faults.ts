import { createRandom } from './random.ts';
import type { Random } from './random.ts';
import type { EmulatedRequest, FaultRule, VendorName } from './types.ts';

/** A current rule, with how often it matched and took effect. */
export interface ActiveFault {
  id: string;
  rule: FaultRule;
  matched: number;
  struck: number;
}

interface ArmedRule extends ActiveFault {
  pattern: RegExp | null;
  random: Random;
}

/**
 * The faults for a request at one moment: a delay, and at most one rule that determines the answer.
 */
export interface Strike {
  delayMs: number;
  rule: FaultRule | null;
}

/**
 * Holds the fault rules and selects, in the order in which they were added, those that take effect.
 */
export class Faults {
  #rules: ArmedRule[] = [];
  #added = 0;

  /** Throws a SyntaxError if `pathPattern` is not a regular expression. */
  add(rule: FaultRule): string {
    this.#added += 1;
    const id = `fault-${this.#added}`;
    const pattern = rule.pathPattern === undefined ? null : new RegExp(rule.pathPattern);
    const random = createRandom(rule.seed ?? this.#added);
    this.#rules.push({
      id,
      rule: { ...rule, moment: momentOf(rule) },
      matched: 0,
      struck: 0,
      pattern,
      random,
    });
    return id;
  }

  clear(): void {
    this.#rules = [];
  }

  list(): ActiveFault[] {
    return this.#rules.map(({ id, rule, matched, struck }) => ({ id, rule, matched, struck }));
  }

  strike(vendor: VendorName, request: EmulatedRequest, moment: 'before' | 'after'): Strike {
    const strike: Strike = { delayMs: 0, rule: null };
    for (const armed of this.#rules) {
      if (armed.rule.moment !== moment || !matches(armed, vendor, request)) continue;
      if (armed.rule.kind !== 'latency' && strike.rule) continue;
      if (!fires(armed)) continue;
      if (armed.rule.kind === 'latency') strike.delayMs += armed.rule.ms ?? 0;
      else strike.rule = armed.rule;
    }
    return strike;
  }
}

function momentOf(rule: FaultRule): 'before' | 'after' {
  return rule.kind === 'foreignNextLink' ? 'after' : (rule.moment ?? 'before');
}

function matches(
  { rule, pattern }: ArmedRule,
  vendor: VendorName,
  request: EmulatedRequest,
): boolean {
  if (rule.vendor !== vendor) return false;
  if (rule.method !== undefined && rule.method !== request.method) return false;
  return (
    pattern === null ||
    pattern.test(request.rawQuery ? `${request.path}?${request.rawQuery}` : request.path)
  );
}

function fires(armed: ArmedRule): boolean {
  armed.matched += 1;
  if (armed.matched <= (armed.rule.after ?? 0)) return false;
  if (armed.struck >= (armed.rule.times ?? Infinity)) return false;
  if (armed.random() >= (armed.rule.probability ?? 1)) return false;
  armed.struck += 1;
  return true;
}
