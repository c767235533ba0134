import { nearest } from '../../config/yaml/nearest.ts';
import type { RunRecord } from '../../store/run-types.ts';
import type { Store } from '../../store/types.ts';
import { CliError } from '../kit/errors.ts';
import { completeId } from '../kit/references.ts';

const MOST_LISTED = 3;

/**
 * The run with this id, the beginning of it, or this workflow id; or `latest`. Throws CliError
 * `no_such_run` if there is none.
 */
export async function findRun(
  store: Pick<Store, 'runs' | 'references'>,
  reference: string,
): Promise<RunRecord> {
  const named = await store.runs.find(reference);
  if (named) return named;
  const id = await completeId(store, 'run', reference);
  const record = id === null ? null : await store.runs.get(id);
  if (record) return record;
  const recent = (await store.runs.list(MOST_LISTED)).map(({ run }) => run);
  const near = nearest(reference, ['latest', ...recent]);
  const hint =
    near === null
      ? recent.length === 0
        ? ''
        : `The newest runs are ${recent.join(', ')}. `
      : `Did you mean ${near}? `;
  throw new CliError({
    code: 'no_such_run',
    message: reference === 'latest' ? 'There are no runs yet.' : `There is no run ${reference}.`,
    remedy: `${reference === 'latest' ? '' : hint}List the runs of the same store with \`arx runs\`; start one with \`arx run mfa-enforcement-check\`. The store is that of DATABASE_URL if set, or else of ARX_HOME.`,
  });
}
