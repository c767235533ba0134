/** What the user names by an id, by the unique beginning of one, or by the word `latest`. */

import type { Referable } from '../../store/name-types.ts';
import type { Store } from '../../store/types.ts';
import { CliError } from './errors.ts';
import { EXIT } from './exit.ts';

/** As many as one message should list. */
const MOST_CANDIDATES = 5;
/** Shorter beginnings are more likely mistakes than meant. */
const SHORTEST = 4;

/**
 * The whole id for a unique beginning of one of at least four characters; null if there is none.
 * Throws CliError `ambiguous` with the ids that it may mean.
 */
export async function completeId(
  store: Pick<Store, 'references'>,
  what: Referable,
  beginning: string,
): Promise<string | null> {
  if (beginning.length < SHORTEST || !/^[0-9a-z-]+$/i.test(beginning)) return null;
  const found = await store.references.startingWith(
    what,
    beginning.toLowerCase(),
    MOST_CANDIDATES + 1,
  );
  const [id, ...others] = found;
  if (id === undefined) return null;
  if (others.length === 0 || id === beginning) return id;
  throw ambiguousError(what, beginning, found);
}

function ambiguousError(what: Referable, beginning: string, found: readonly string[]): CliError {
  const shown = found.slice(0, MOST_CANDIDATES).join(', ');
  const more = found.length > MOST_CANDIDATES ? ', …' : '';
  return new CliError({
    code: 'ambiguous',
    message: `${beginning} is the beginning of several ids (${what}): ${shown}${more}.`,
    remedy: 'Give more characters of the id.',
    exit: EXIT.usage,
  });
}

/** The id of a check that its id, a beginning of it, its workflow id or `latest` names; else null. */
export async function resolveRun(
  store: Pick<Store, 'runs' | 'references'>,
  reference: string,
): Promise<string | null> {
  const record = await store.runs.find(reference);
  return record?.run ?? (await completeId(store, 'run', reference));
}
