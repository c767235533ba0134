import type { RunUserRow } from '../../mfa/document.ts';
import { CLASSES_BY_STRENGTH } from '../../mfa/strength.ts';
import type { FactorClass } from '../../mfa/types.ts';
import type { RunUserFilter, RunUserPage, VerdictTally } from '../../store/run-search-types.ts';
import type { RunRecord } from '../../store/run-types.ts';
import type { Store } from '../../store/types.ts';
import { administratorsOf, rowOf } from './run-document.ts';

/** Which people of a run are listed; without a condition, all. */
export interface PeopleFilter extends Pick<
  RunUserFilter,
  'verdicts' | 'strongest' | 'department' | 'text'
> {
  /** Only administrators, or only others. */
  administrator?: boolean;
}

/** One of the people of a run. */
export interface PersonRow extends RunUserRow {
  /** Okta status when listed. */
  status: string;
  /** The strongest and the weakest class of the ACTIVE factors; null if there are none. */
  strongest: FactorClass | null;
  weakest: FactorClass | null;
  checkedAt: string | null;
}

/** A page of the people of a run: `arx.people/v1`. */
export interface PeopleDocument {
  schema: 'arx.people/v1';
  run: string;
  /** When the people of this run were removed because of their age; absent if they were not. */
  removedAt?: string;
  /** All who meet the filter, whatever their verdict. */
  counts: VerdictTally;
  /** All who meet the filter, including its verdicts. */
  total: number;
  items: PersonRow[];
  /** The person after whom the next page starts; null at the end. */
  next: string | null;
}

/** Lists people of a run, with counts per verdict. */
export async function listPeople(
  { users }: Pick<Store, 'users'>,
  record: RunRecord,
  { filter, page }: { filter: PeopleFilter; page: RunUserPage },
): Promise<PeopleDocument> {
  const { run, removedAt } = record;
  const administrators = administratorsOf(record);
  const { administrator, ...others } = filter;
  const wanted: RunUserFilter = {
    ...others,
    ...(administrator !== undefined && {
      ids: { among: administrator, ids: [...administrators] },
    }),
  };
  const [found, counts] = await Promise.all([
    users.search(run, wanted, page),
    users.tally(run, wanted),
  ]);
  return {
    schema: 'arx.people/v1',
    run,
    ...(removedAt !== undefined && { removedAt }),
    counts,
    total: totalOf(counts, filter.verdicts),
    items: found.map((user) => ({
      ...rowOf(user, administrators),
      status: user.status,
      ...classesOf(user.factors ?? []),
      checkedAt: user.checkedAt,
    })),
    next: found.length < page.limit ? null : (found.at(-1)?.userId ?? null),
  };
}

function totalOf(counts: VerdictTally, verdicts: PeopleFilter['verdicts']): number {
  const among = Object.entries(counts).filter(
    ([name]) => verdicts === undefined || (verdicts as readonly string[]).includes(name),
  );
  return among.reduce((sum, [, users]) => sum + users, 0);
}

function classesOf(factors: RunUserRow['factors']): Pick<PersonRow, 'strongest' | 'weakest'> {
  const active = new Set(
    factors.filter(({ status }) => status === 'ACTIVE').map((factor) => factor.class),
  );
  const present = CLASSES_BY_STRENGTH.filter((name) => active.has(name));
  return { strongest: present.at(0) ?? null, weakest: present.at(-1) ?? null };
}
