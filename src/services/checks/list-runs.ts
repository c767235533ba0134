import type { RunSummary } from '../../mfa/document.ts';
import type { RunFilter } from '../../store/run-search-types.ts';
import type { Store } from '../../store/types.ts';
import { runSummary } from './run-document.ts';

/** A page of runs, newest first: the items of `arx.runs/v1`. */
export interface RunPage {
  items: RunSummary[];
  /** The run after which the next page starts; null at the end. */
  next: string | null;
}

/** The runs that meet a filter, without their users. */
export async function listRuns(store: Store, limit: number, filter?: RunFilter): Promise<RunPage> {
  const records = await store.runs.list(limit, filter);
  const items = await Promise.all(records.map((record) => runSummary(store, record)));
  return { items, next: records.length < limit ? null : (records.at(-1)?.run ?? null) };
}
