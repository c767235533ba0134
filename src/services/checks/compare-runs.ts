import type { RunSummary } from '../../mfa/document.ts';
import type { VerdictTransition } from '../../store/run-search-types.ts';
import type { RunRecord } from '../../store/run-types.ts';
import type { Verdict } from '../../mfa/types.ts';
import type { Store } from '../../store/types.ts';
import { runSummary } from './run-document.ts';

type Figures = Pick<
  RunSummary,
  | 'run'
  | 'status'
  | 'dryRun'
  | 'startedAt'
  | 'finishedAt'
  | 'counts'
  | 'coverage'
  | 'byClass'
  | 'administrators'
  | 'removedAt'
>;

/** Two runs side by side: `arx.comparison/v1`. */
export interface ComparisonDocument {
  schema: 'arx.comparison/v1';
  /** The run in question, and the one that it is compared with. */
  run: Figures;
  with: Figures;
  /** Whether both cover the same users by their settings; otherwise people come and go with them. */
  sameScope: boolean;
  /** How many people went from which verdict to which; null: not in that run, or not checked. */
  transitions: VerdictTransition[];
  /** The people whose verdicts differ, by ascending id. */
  items: {
    id: string;
    login: string;
    department: string | null;
    from: Verdict | null;
    to: Verdict | null;
  }[];
  /** The person after whom the next page starts; null at the end. */
  next: string | null;
}

/** Compares a run with another one, person by person. */
export async function compareRuns(
  store: Store,
  { run, other }: { run: RunRecord; other: RunRecord },
  page: { after: string | null; limit: number },
): Promise<ComparisonDocument> {
  const [figures, otherFigures, transitions, changed] = await Promise.all([
    figuresOf(store, run),
    figuresOf(store, other),
    store.users.transitions(run.run, other.run),
    store.users.changed(run.run, other.run, page),
  ]);
  return {
    schema: 'arx.comparison/v1',
    run: figures,
    with: otherFigures,
    sameScope: run.scopeKey === other.scopeKey,
    transitions,
    items: changed.map(({ userId: id, ...user }) => ({ id, ...user })),
    next: changed.length < page.limit ? null : (changed.at(-1)?.userId ?? null),
  };
}

async function figuresOf(store: Store, record: RunRecord): Promise<Figures> {
  const summary = await runSummary(store, record);
  const { run, status, dryRun, startedAt, finishedAt } = summary;
  const { counts, coverage, byClass, administrators, removedAt } = summary;
  return {
    run,
    status,
    dryRun,
    startedAt,
    finishedAt,
    counts,
    coverage,
    byClass,
    administrators,
    ...(removedAt !== undefined && { removedAt }),
  };
}
