/** Computes the figures of a report. */

import { zeroCounts } from './records.ts';
import { coverageOf, countVerdict, emptyCounts } from './coverage.ts';
import type { Breakdown, RunSummary } from './document.ts';
import { CLASSES_BY_STRENGTH, countAuthenticators, strongestClass } from './strength.ts';
import type { ClassifiedFactor, Verdict, VerdictCounts } from './types.ts';

/** What the statistics need to know about a user. */
interface StatisticsRow {
  userId: string;
  department: string | null;
  /** The first group in scope that lists the user; null if the scope has no groups. */
  group: string | null;
  verdict: Verdict;
  factors: readonly ClassifiedFactor[];
}

export type Statistics = Pick<
  RunSummary,
  | 'counts'
  | 'coverage'
  | 'byFactor'
  | 'byClass'
  | 'authenticators'
  | 'pushOnly'
  | 'departments'
  | 'groups'
  | 'administrators'
>;

/**
 * Collects the figures of a report one user at a time, so that memory does not grow with the
 * organisation.
 */
export class StatisticsBuilder {
  readonly #counts = emptyCounts();
  readonly #byFactor = new Map<string, number>();
  readonly #byClass = zeroCounts(CLASSES_BY_STRENGTH);
  readonly #departments = new Map<string, VerdictCounts>();
  readonly #groups = new Map<string, VerdictCounts>();
  readonly #administrators: VerdictCounts | null;
  readonly #isAdministrator: (userId: string) => boolean;
  #authenticators = 0;
  #pushOnly = 0;

  /**
   * `administrators` are the ids of the members of privileged groups; null if none is configured.
   */
  constructor(administrators: ReadonlySet<string> | null) {
    this.#administrators = administrators === null ? null : emptyCounts();
    this.#isAdministrator = (userId) => administrators?.has(userId) ?? false;
  }

  add(row: StatisticsRow): void {
    countVerdict(this.#counts, row.verdict);
    countVerdict(countsOf(this.#departments, row.department ?? '(none)'), row.verdict);
    if (row.group !== null) countVerdict(countsOf(this.#groups, row.group), row.verdict);
    if (this.#administrators && this.#isAdministrator(row.userId))
      countVerdict(this.#administrators, row.verdict);
    const active = row.factors.filter((factor) => factor.status === 'ACTIVE');
    for (const type of new Set(active.map((factor) => factor.type))) {
      this.#byFactor.set(type, (this.#byFactor.get(type) ?? 0) + 1);
    }
    const strongest = strongestClass(row.factors);
    if (strongest) this.#byClass[strongest] += 1;
    this.#authenticators += countAuthenticators(row.factors);
    if (row.verdict === 'compliant' && isPushOnly(active)) this.#pushOnly += 1;
  }

  result(): Statistics {
    const administrators =
      this.#administrators && breakdown('Administrators', this.#administrators);
    return {
      counts: this.#counts,
      coverage: coverageOf(this.#counts),
      byFactor: Object.fromEntries([...this.#byFactor].toSorted(([a], [b]) => (a < b ? -1 : 1))),
      byClass: this.#byClass,
      authenticators: this.#authenticators,
      pushOnly: this.#pushOnly,
      departments: breakdowns(this.#departments),
      groups: breakdowns(this.#groups),
      administrators,
    };
  }
}

function countsOf(all: Map<string, VerdictCounts>, name: string): VerdictCounts {
  const counts = all.get(name) ?? emptyCounts();
  all.set(name, counts);
  return counts;
}

function breakdowns(all: ReadonlyMap<string, VerdictCounts>): Breakdown[] {
  return [...all].map(([name, counts]) => breakdown(name, counts)).toSorted(worstFirst);
}

/**
 * Whether an approve-only push is the only factor that covers the user. The TOTP code of the same
 * app does not count as another factor.
 */
function isPushOnly(active: readonly ClassifiedFactor[]): boolean {
  const covering = active.filter(
    (factor) => factor.class === 'strong' || factor.class === 'phishing_resistant',
  );
  return (
    covering.some((factor) => factor.type === 'push') &&
    covering.every((factor) => factor.type === 'push')
  );
}

function breakdown(name: string, counts: VerdictCounts): Breakdown {
  return { name, counts, coverage: coverageOf(counts) };
}

/** Lowest coverage first, then larger departments, then by name. */
function worstFirst(a: Breakdown, b: Breakdown): number {
  const share = (a.coverage.low ?? 2) - (b.coverage.low ?? 2);
  return share || b.counts.enumerated - a.counts.enumerated || (a.name < b.name ? -1 : 1);
}
