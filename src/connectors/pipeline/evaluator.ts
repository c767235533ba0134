import { evaluate } from '../../governance/evaluate.ts';
import type {
  Decision,
  DecisionRequest,
  Guardrails,
  PolicyBundle,
} from '../../governance/types.ts';

/** Decisions that are kept for one bundle; more would be no scan but many callers. */
const MOST_KEPT = 1_000;

/**
 * `evaluate`, which remembers what it decided by a bundle: nothing but the digest of the arguments differs between the
 * calls of a scan. A bundle is a value, so a changed one begins anew.
 */
export function evaluator(): typeof evaluate {
  const kept = new WeakMap<PolicyBundle, Map<string, Decision>>();
  return (request, bundle, guardrails, catalogue) => {
    const key = keyOf(request, guardrails);
    const known = kept.get(bundle) ?? new Map<string, Decision>();
    const before = key === null ? undefined : known.get(key);
    if (before) return { ...before, argsDigest: request.argsDigest ?? null };
    const decision = evaluate(request, bundle, guardrails, catalogue);
    if (key === null) return decision;
    if (known.size >= MOST_KEPT) known.clear();
    kept.set(bundle, known.set(key, decision));
    return decision;
  };
}

/**
 * Everything besides bundle and catalogue that a decision depends on; null for what is no request.
 */
function keyOf(request: DecisionRequest, { riskMax }: Guardrails): string | null {
  const { connector, operation, principal, raisedBy = 0 } = request;
  const parts = [connector, operation, principal];
  if (!parts.every((part) => typeof part === 'string') || !Number.isSafeInteger(raisedBy))
    return null;
  return JSON.stringify([...parts, raisedBy, riskMax]);
}
