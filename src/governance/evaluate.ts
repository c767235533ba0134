import { ceilingHint, defaultHints, deniesBy, why } from './explain.ts';
import { isDenying, judgeAt, withheldReason } from './match.ts';
import type { Grant, Judgement } from './match.ts';
import { guardrailProblem, principalsIn, requestProblem } from './malformed.ts';
import { prepareBundle } from './prepare.ts';
import type { PolicyEntry } from './prepare.ts';
import { exceeds, levelsFrom } from './risk.ts';
import type {
  Decision,
  DecisionRequest,
  Guardrails,
  Obligations,
  OperationFacts,
  Policy,
  PolicyBundle,
  Risk,
  SourcePlace,
} from './types.ts';

/**
 * Decides one request. Pure, total (input that cannot be evaluated is denied with `fail_closed`)
 * and independent of the order of policies and entries. If context raises the risk, the strictest
 * answer of all levels from the base to the effective one applies, so raising the risk never
 * loosens a decision.
 */
export function evaluate(
  request: DecisionRequest,
  bundle: PolicyBundle,
  guardrails: Guardrails,
  catalogue: readonly OperationFacts[],
): Decision {
  try {
    return decide({ request, bundle, guardrails, catalogue });
  } catch {
    return failClosed(request, bundle, 'the evaluator could not evaluate this request');
  }
}

interface EvaluationInput {
  request: DecisionRequest;
  bundle: PolicyBundle;
  guardrails: Guardrails;
  catalogue: readonly OperationFacts[];
}

function decide({ request, bundle, guardrails, catalogue }: EvaluationInput): Decision {
  if (!bundle.ok)
    return failClosed(request, bundle, `the policies could not be loaded: ${bundle.reason}`);
  const facts = catalogue.find(
    (row) => row.connector === request.connector && row.operation === request.operation,
  );
  if (!facts)
    return failClosed(
      request,
      bundle,
      'the catalogue does not contain this connector or operation',
    );
  const prepared = prepareBundle(bundle, catalogue);
  const problem = requestProblem(request) ?? guardrailProblem(guardrails) ?? prepared.problem;
  if (problem) return failClosed(request, bundle, problem);
  return decideValid({
    request,
    digest: bundle.digest,
    guardrails,
    facts,
    entries: prepared.entries(facts),
  });
}

interface ValidInput {
  request: DecisionRequest;
  digest: string;
  guardrails: Guardrails;
  facts: OperationFacts;
  /** What each policy of the connector states about the operation, by policy name. */
  entries: readonly PolicyEntry[];
}

function decideValid({ request, digest, guardrails, facts, entries }: ValidInput): Decision {
  const levels = levelsFrom(facts.risk, request.raisedBy ?? 0);
  const risk = levels.at(-1) ?? facts.risk;
  const principals = principalsIn(request);
  const relevant = new Set(entries.filter((entry) => isRelevant(entry, principals)));
  const [principal = ''] = principals;
  const input = { ...request, principal, environment: guardrails.environment };
  const withheld = withheldGrants(relevant, input, facts);
  const lifted = new Set(
    [...relevant].filter(({ policy, deny }) => deny !== null && !isDenying(policy, input)),
  );
  const grants = [...relevant].flatMap((entry) =>
    entry.grant === null || withheld.has(entry) ? [] : [entry.grant],
  );
  const denies = [...relevant].flatMap((entry) =>
    entry.deny === null || lifted.has(entry) ? [] : [entry.deny],
  );
  const frame: Decision = {
    ...blank(request, digest),
    risk,
    considered: entries.map((entry) => ({
      policy: entry.policy.name,
      why: why(entry, {
        isRelevant: relevant.has(entry),
        isLifted: lifted.has(entry),
        withheld: withheld.get(entry) ?? null,
        risk,
      }),
    })),
    hints: risk === facts.risk ? [] : [`context raises the risk from ${facts.risk} to ${risk}`],
  };
  const ceiling = Object.hasOwn(guardrails.riskMax, facts.connector)
    ? guardrails.riskMax[facts.connector]
    : undefined;
  if (denies.length > 0)
    return denial(frame, 'explicit_deny', denies.map(deniesBy), denies.map(placeOf));
  if (ceiling && exceeds(risk, ceiling)) {
    return denial(frame, 'guardrail', [
      `guardrails.${facts.connector}.risk_max is ${ceiling}, the risk is ${risk}`,
    ]);
  }
  if (grants.length === 0)
    return denial(frame, 'default_deny', defaultHints(entries, request, withheld));
  return decideGranted(frame, grants, levels);
}

// Most policies of a large bundle neither grant nor deny an operation; their principals need not be
// matched.
const isRelevant = (
  { grant, deny, appliesTo }: PolicyEntry,
  principals: readonly string[],
): boolean => (grant !== null || deny !== null) && principals.some(appliesTo);

/** The grants that are not in force for this request, and why. */
function withheldGrants(
  relevant: ReadonlySet<PolicyEntry>,
  input: Parameters<typeof withheldReason>[1],
  facts: OperationFacts,
): Map<PolicyEntry, string> {
  const withheld = new Map<PolicyEntry, string>();
  for (const entry of relevant) {
    const reason = entry.grant && withheldReason(entry.policy, input, facts);
    if (reason) withheld.set(entry, reason);
  }
  return withheld;
}

function decideGranted(
  frame: Decision,
  grants: readonly Grant[],
  levels: readonly Risk[],
): Decision {
  const judgements = levels.map((level) => judgeAt(grants, level));
  const capped = judgements.findLast((judgement) => judgement.effect === 'deny');
  if (capped)
    return denial(frame, 'risk_ceiling', grants.map(ceilingHint), grants.map(ceilingPlace));
  const effect = strictest(judgements);
  const strict = new Set(
    judgements.flatMap((judgement) => (judgement.effect === effect ? judgement.binding : [])),
  );
  const binding = grants.filter((grant) => strict.has(grant));
  return {
    ...frame,
    effect,
    code: 'granted',
    obligations: obligationsOf(effect, binding),
    determining: binding.map(placeOf),
  };
}

const STRICTNESS = ['allow', 'auto', 'approval', 'deny'] as const;
const strictest = (judgements: readonly Judgement[]): Judgement['effect'] =>
  STRICTNESS.findLast((effect) => judgements.some((judgement) => judgement.effect === effect)) ??
  'deny';

function obligationsOf(effect: Judgement['effect'], binding: readonly Grant[]): Obligations {
  if (effect !== 'approval')
    return { ...NO_OBLIGATIONS, approval: effect === 'auto' ? 'auto' : 'none' };
  return {
    approval: 'hitl',
    approvers: binding.map(({ policy }) => ({
      policy: policy.name,
      any_of: [...(policy.approvers?.any_of ?? [])],
      count: policy.approvers?.count ?? 1,
      hitlChannel: policy.hitlChannel,
    })),
    expiresInMs: shortest(binding.map(({ policy }) => policy.approvers?.expiresInMs ?? null)),
    grantValidForMs: shortest(
      binding.map(({ policy }) => policy.approvers?.grantValidForMs ?? null),
    ),
  };
}

function shortest(durations: readonly (number | null)[]): number | null {
  const stated = durations.filter((ms) => ms !== null);
  return stated.length === 0 ? null : Math.min(...stated);
}

interface Match {
  policy: Policy;
  glob: string;
  place: SourcePlace;
}
const placeOf = ({ policy, place }: Match): Decision['determining'][number] => ({
  policy: policy.name,
  file: place.file,
  line: place.line,
});
const ceilingPlace = (grant: Grant): Decision['determining'][number] =>
  placeOf({ ...grant, place: grant.policy.places['risk_max'] ?? grant.policy.place });

function denial(
  frame: Decision,
  code: Decision['code'],
  hints: readonly string[],
  determining: Decision['determining'] = [],
): Decision {
  return { ...frame, effect: 'deny', code, hints: [...frame.hints, ...hints], determining };
}

const NO_OBLIGATIONS: Obligations = {
  approval: 'none',
  approvers: [],
  expiresInMs: null,
  grantValidForMs: null,
};

const blank = (request: DecisionRequest, bundleDigest: string | null): Decision => ({
  effect: 'deny',
  code: 'fail_closed',
  operation: request.operation,
  risk: null,
  obligations: { ...NO_OBLIGATIONS, approvers: [] },
  determining: [],
  considered: [],
  hints: [],
  bundleDigest,
  argsDigest: request.argsDigest ?? null,
});

// Reads defensively: the request may have any shape, or throw when it is read.
function failClosed(request: unknown, bundle: unknown, reason: string): Decision {
  const safe: DecisionRequest = {
    connector: '',
    operation: textIn(request, 'operation') ?? '',
    principal: '',
  };
  const argsDigest = textIn(request, 'argsDigest');
  return { ...blank(safe, textIn(bundle, 'digest')), argsDigest, hints: [reason] };
}

function textIn(holder: unknown, key: string): string | null {
  try {
    const value = (holder as Record<string, unknown>)[key];
    return typeof value === 'string' ? value : null;
  } catch {
    return null;
  }
}
