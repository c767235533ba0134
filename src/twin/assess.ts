import { appDrift, gapDrift, standingOf, userDrift } from './drift.ts';
import type { Baseline } from './drift.ts';
import { freshFacts, reviseFacts } from './facts.ts';
import { appGaps, bySeverity, orgGaps, orphanGaps, userGaps } from './gaps.ts';
import type { GapChange } from './gaps.ts';
import { prepareJudge } from './judge.ts';
import type { Judge } from './judge.ts';
import { countApp, countGaps, countUser, emptyTally } from './tally.ts';
import type { Tally } from './tally.ts';
import { countDrift, timelineEntry } from './timeline.ts';
import type { Drift, Fact, Gap, Standing, StreamName, TimelineEntry, Twin } from './types.ts';

/** What is kept of the sync before. */
export interface Earlier {
  gaps: readonly Gap[];
  facts: readonly Fact[];
  /** By user id. */
  standings: ReadonlyMap<string, Standing>;
  /** Ids of the apps that were there. */
  apps: ReadonlySet<string>;
  baseline: Baseline;
}

/** Before the first sync. */
export const NOTHING_BEFORE: Earlier = {
  gaps: [],
  facts: [],
  standings: new Map(),
  apps: new Set(),
  baseline: new Set<StreamName>(),
};

/** Everything that follows from one sync. */
export interface Assessment {
  tally: Tally;
  gaps: Gap[];
  facts: Fact[];
  changedFacts: Fact[];
  drift: Drift[];
  timeline: TimelineEntry;
  /** What the next sync is compared with. */
  next: Earlier;
}

/** Judges a whole twin in memory; a large one is judged with the same functions, page by page. */
export function assess(twin: Twin, earlier: Earlier = NOTHING_BEFORE): Assessment {
  const judge = prepareJudge(twin);
  const on = { judge, baseline: earlier.baseline };
  const tally = emptyTally();
  const standings = new Map(earlier.standings);
  const drift: Drift[] = [];
  for (const user of twin.users) {
    const before = earlier.standings.get(user.id) ?? null;
    countUser(tally, user, judge);
    drift.push(...userDrift(user, before, on));
    const standing = standingOf(user, before, on);
    if (standing !== null) standings.set(user.id, standing);
  }
  for (const app of twin.apps) {
    countApp(tally, app);
    drift.push(...appDrift(app, earlier.apps.has(app.id), on));
  }
  const change = gapsOf(twin, { tally, judge, earlier: earlier.gaps });
  countGaps(tally, change.gaps);
  drift.push(...gapDrift(change, on));
  const { facts, changed } = reviseFacts(earlier.facts, freshFacts(tally, judge), judge);
  const baseline = new Set([...earlier.baseline, ...judge.complete]);
  const apps = new Set([...earlier.apps, ...twin.apps.map(({ id }) => id)]);
  return {
    tally,
    gaps: change.gaps,
    facts,
    changedFacts: changed,
    drift,
    timeline: timelineEntry(tally, countDrift(drift), judge),
    next: { gaps: change.gaps, facts, standings, apps, baseline },
  };
}

function gapsOf({ users, apps }: Twin, on: { tally: Tally; judge: Judge; earlier: readonly Gap[] }): GapChange {
  const { tally, judge } = on;
  const bySubject = Map.groupBy(on.earlier, ({ subject }) => subject);
  const take = (id: string): Gap[] => {
    const found = bySubject.get(id) ?? [];
    bySubject.delete(id);
    return found;
  };
  const changes = [
    ...users.map((user) => userGaps(user, take(user.id), judge)),
    ...apps.map((app) => appGaps(app, take(app.id), judge)),
    orgGaps(tally.superAdmins, take(judge.org), judge),
    orphanGaps([...bySubject.values()].flat(), judge),
  ];
  return {
    gaps: changes.flatMap(({ gaps }) => gaps).toSorted(bySeverity),
    opened: changes.flatMap(({ opened }) => opened).toSorted(bySeverity),
    closed: changes.flatMap(({ closed }) => closed).toSorted(bySeverity),
  };
}
