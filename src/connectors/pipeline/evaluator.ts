import { evaluate } from '../../governance/evaluate.ts';
import type {
  Decision,
  DecisionRequest,
  Guardrails,
  PolicyBundle,
} from '../../governance/types.ts';

/** Cached decisions per bundle; a scan needs far fewer. */
const MAX_CACHED = 1_000;

/*`evaluate` with a cache of decisions per bundle: the calls of a scan differ only in the digest of their arguments. A bundle is immutable, so a changed one starts with an empty cache.
 */
export function evaluator(): typeof evaluate {
  const cache = new WeakMap<PolicyBundle, Map<string, Decision>>();
  return (request, bundle, guardrails, catalogue) => {
    const key = keyOf(request, guardrails);
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
 * Everything besides bundle and catalogue that a decision depends on; null for an invalid request.
 */
function keyOf(request: DecisionRequest, { riskMax }: Guardrails): string | null {
  const { connector, operation, principal, aliases = [], raisedBy = 0 } = request;
  const parts = [connector, operation, principal, ...aliases];
  if (!parts.every((part) => typeof part === 'string') || !Number.isSafeInteger(raisedBy))
    return null;
  return JSON.stringify([...parts, raisedBy, riskMax]);
}
