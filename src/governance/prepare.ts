import { byName } from './digest.ts';
import { compileGlob } from './glob.ts';
import type { Matcher } from './glob.ts';
import { policiesProblem } from './malformed.ts';
import type { Grant } from './match.ts';
import type { OperationFacts, Policy, PolicyBundle } from './types.ts';

/**
 * What one policy has to say of one operation, whoever asks: the entries that grant and deny it.
 */
export interface Entry {
  policy: Policy;
  grant: Grant | null;
  deny: Grant | null;
  /** True where the policy is for this principal. */
  concerns: Matcher;
}

/** A bundle made ready for many decisions. */
export interface PreparedBundle {
  /** Why nothing can be judged by it, null where it is sound. */
  problem: string | null;
  /** Every policy of the operation's connector, in order of names. */
  entries(facts: OperationFacts): readonly Entry[];
}

type LoadedBundle = PolicyBundle & { ok: true };

const PREPARED = new WeakMap<
  LoadedBundle,
  { catalogue: readonly OperationFacts[]; prepared: PreparedBundle }
>();

/**
 * The bundle checked, its globs taken apart and its policies in order; done once for each bundle
 * and catalogue. A bundle is a value: whoever changes policies makes a new one.
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
  if (typeof digest !== 'string') return unsound('the bundle has no digest');
  const problem = policiesProblem(policies, new Set<string>(catalogue.map((row) => row.connector)));
  if (problem !== null) return unsound(problem);
  const compiled = remembering(compileGlob);
  const readers = [...policies].sort(byName).map((policy) => readerOf(policy, compiled));
  const found = remembering((key: string) => {
    const [connector = '', operation = ''] = key.split(' ');
    return readers
      .filter((read) => read.connector === connector)
      .map((read) => read.entry(operation));
  });
  return {
    problem: null,
    entries: ({ connector, operation }) => found(`${connector} ${operation}`),
  };
}

const unsound = (problem: string): PreparedBundle => ({ problem, entries: () => [] });

interface Reader {
  connector: string;
  entry(operation: string): Entry;
}

function readerOf(policy: Policy, compiled: (glob: string) => Matcher): Reader {
  const listOf = (list: 'operations' | 'deny') =>
    policy[list].map((glob, at) => ({
      holds: compiled(glob),
      grant: { policy, glob, place: policy.places[`${list}.${at}`] ?? policy.place },
    }));
  const [granting, denying] = [
    listOf('operations').sort(bySpeciality),
    listOf('deny').sort(bySpeciality),
  ];
  const principals = policy.principals.map(compiled);
  const concerns: Matcher = (principal) =>
    principals.length === 0 || principals.some((holds) => holds(principal));
  const firstOf = (list: typeof granting, operation: string): Grant | null =>
    list.find(({ holds }) => holds(operation))?.grant ?? null;
  return {
    connector: policy.connector,
    entry: (operation) => ({
      policy,
      concerns,
      grant: firstOf(granting, operation),
      deny: firstOf(denying, operation),
    }),
  };
}

// Of several entries that cover an operation the most specific one is named, so that their order
// does not show.
const bySpeciality = ({ grant: a }: { grant: Grant }, { grant: b }: { grant: Grant }): number =>
  b.glob.length - a.glob.length || (a.glob < b.glob ? -1 : Number(a.glob > b.glob));

function remembering<Value>(make: (key: string) => Value): (key: string) => Value {
  const known = new Map<string, Value>();
  return (key) => {
    const before = known.get(key);
    if (before !== undefined) return before;
    const made = make(key);
    known.set(key, made);
    return made;
  };
}
