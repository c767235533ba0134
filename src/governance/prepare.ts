/** Compiles a policy bundle once for many decisions. */

import { isTimed } from './conditions.ts';
import { byName } from './digest.ts';
import { compileGlob } from './glob.ts';
import type { Matcher } from './glob.ts';
import { policiesProblem } from './malformed.ts';
import type { Grant } from './match.ts';
import { canonicalName, canonicalPrincipal, nameOf } from './principal.ts';
import type { OperationFacts, Policy, PolicyBundle } from './types.ts';

/**
 * What one policy states about one operation, for any principal: the entries that grant and deny
 * it.
 */
export interface PolicyEntry {
  policy: Policy;
  grant: Grant | null;
  deny: Grant | null;
  /** Whether the policy applies to a principal. */
  appliesTo: Matcher;
}

/** A bundle compiled for many decisions. */
interface PreparedBundle {
  /** Why the bundle cannot be used; null if it is valid. */
  problem: string | null;
  /** Every policy of the operation's connector, by name. */
  entries(facts: OperationFacts): readonly PolicyEntry[];
  /** The fields that conditions of the connector's policies read, and whether one reads the time. */
  fields(connector: string): ConditionFields;
}

interface ConditionFields {
  names: readonly string[];
  timed: boolean;
}

type LoadedBundle = PolicyBundle & { ok: true };

const PREPARED = new WeakMap<
  LoadedBundle,
  { catalogue: readonly OperationFacts[]; prepared: PreparedBundle }
>();

/**
 * The validated bundle, with compiled globs and sorted policies. Computed once for each bundle and
 * catalogue; a bundle must not be changed afterwards.
 */
export function prepareBundle(
  bundle: LoadedBundle,
  catalogue: readonly OperationFacts[],
): PreparedBundle {
  const known = PREPARED.get(bundle);
  if (known && known.catalogue === catalogue) return known.prepared;
  const prepared = prepare(bundle, catalogue);
  PREPARED.set(bundle, { catalogue, prepared });
  return prepared;
}

function prepare(
  { policies, digest }: LoadedBundle,
  catalogue: readonly OperationFacts[],
): PreparedBundle {
  if (typeof digest !== 'string') return invalidBundle('the bundle has no digest');
  const problem = policiesProblem(policies, new Set<string>(catalogue.map((row) => row.connector)));
  if (problem !== null) return invalidBundle(problem);
  const compiled = memoise(compileGlob);
  const compiledPolicies = [...policies]
    .sort(byName)
    .map((policy) => compilePolicy(policy, compiled));
  const found = memoise((key: string) => {
    const [connector = '', operation = ''] = key.split(' ');
    return compiledPolicies
      .filter((read) => read.connector === connector)
      .map((read) => read.entry(operation));
  });
  return {
    problem: null,
    entries: ({ connector, operation }) => found(`${connector} ${operation}`),
    fields: memoise((connector: string): ConditionFields => {
      const conditions = policies
        .filter((policy) => policy.connector === connector)
        .flatMap(({ when = [] }) => when);
      const names = [...new Set(conditions.map(({ field }) => field))].sort();
      return { names, timed: conditions.some(isTimed) };
    }),
  };
}

const invalidBundle = (problem: string): PreparedBundle => ({
  problem,
  entries: () => [],
  fields: () => ({ names: [], timed: false }),
});

interface CompiledPolicy {
  connector: string;
  entry(operation: string): PolicyEntry;
}

function compilePolicy(policy: Policy, compiled: (glob: string) => Matcher): CompiledPolicy {
  const listOf = (list: 'operations' | 'deny') =>
    policy[list].map((glob, at) => ({
      holds: compiled(glob),
      grant: { policy, glob, place: policy.places[`${list}.${at}`] ?? policy.place },
    }));
  const [granting, denying] = [
    listOf('operations').sort(bySpecificity),
    listOf('deny').sort(bySpecificity),
  ];
  const appliesTo = principalMatcher(policy.principals, compiled);
  const firstOf = (list: typeof granting, operation: string): Grant | null =>
    list.find(({ holds }) => holds(operation))?.grant ?? null;
  return {
    connector: policy.connector,
    entry: (operation) => ({
      policy,
      appliesTo,
      grant: firstOf(granting, operation),
      deny: firstOf(denying, operation),
    }),
  };
}

/** Users are compared in canonical form, all other principals as written. */
function principalMatcher(globs: readonly string[], compiled: (glob: string) => Matcher): Matcher {
  if (globs.length === 0) return () => true;
  const asWritten = globs.map(compiled);
  const canonical = globs.map((glob) => compiled(canonicalGlob(glob)));
  return (principal) =>
    (nameOf('user', principal) === null ? asWritten : canonical).some((holds) => holds(principal));
}

const canonicalGlob = (glob: string): string =>
  nameOf('user', glob) === null ? canonicalName(glob) : canonicalPrincipal(glob);

// If several entries match an operation, the most specific one is reported, whatever their order.
const bySpecificity = ({ grant: a }: { grant: Grant }, { grant: b }: { grant: Grant }): number =>
  b.glob.length - a.glob.length || (a.glob < b.glob ? -1 : Number(a.glob > b.glob));

function memoise<Value>(make: (key: string) => Value): (key: string) => Value {
  const known = new Map<string, Value>();
  return (key) => {
    const before = known.get(key);
    if (before !== undefined) return before;
    const made = make(key);
    known.set(key, made);
    return made;
  };
}
