import { valueOf } from '../../governance/conditions.ts';
import { prepareBundle } from '../../governance/prepare.ts';
import { evaluate } from '../../governance/evaluate.ts';
import type {
  Decision,
  DecisionRequest,
  Guardrails,
  PolicyBundle,
} from '../../governance/types.ts';

/** Cached decisions per bundle; a scan needs far fewer. */
const MAX_CACHED = 1_000;

const NOTHING = { names: [], timed: false };

// What cannot be read here, the evaluator denies.
function fieldsRead(
  { connector }: DecisionRequest,
  bundle: PolicyBundle,
  catalogue: Parameters<typeof evaluate>[3],
): { names: readonly string[]; timed: boolean } {
  try {
    return bundle.ok ? prepareBundle(bundle, catalogue).fields(connector) : NOTHING;
  } catch {
    return NOTHING;
  }
}

/*`evaluate` with a cache of decisions per bundle: the calls of a scan differ only in the digest of their arguments. A bundle is immutable, so a changed one starts with an empty cache.
 */
export function evaluator(): typeof evaluate {
  const cache = new WeakMap<PolicyBundle, Map<string, Decision>>();
  return (request, bundle, guardrails, catalogue) => {
    const read = fieldsRead(request, bundle, catalogue);
    const key = read.timed ? null : keyOf(request, guardrails, read.names);
    const decisions = cache.get(bundle) ?? new Map<string, Decision>();
    const cached = key === null ? undefined : decisions.get(key);
    if (cached) return { ...cached, argsDigest: request.argsDigest ?? null };
    const decision = evaluate(request, bundle, guardrails, catalogue);
    if (key === null) return decision;
    if (decisions.size >= MAX_CACHED) decisions.clear();
    cache.set(bundle, decisions.set(key, decision));
    return decision;
  };
}

/**
 * Everything besides bundle and catalogue that a decision depends on, with the values that
 * conditions read; null for an invalid request.
 */
function keyOf(
  request: DecisionRequest,
  { riskMax, environment }: Guardrails,
  fields: readonly string[],
): string | null {
  const { connector, operation, principal, aliases = [], raisedBy = 0 } = request;
  const parts = [connector, operation, principal, ...aliases];
  if (!parts.every((part) => typeof part === 'string') || !Number.isSafeInteger(raisedBy))
    return null;
  // An unknown value is absent, which JSON tells from null.
  const values = Object.fromEntries(
    fields.map((field) => [field, valueOf(field, { ...request, environment })]),
  );
  return JSON.stringify([...parts, raisedBy, riskMax, values]);
}
