import { appDrift, byDrift, gapDrift, standingOf, userDrift } from './drift.ts';
import type { Baseline, DriftGround } from './drift.ts';
import { freshFacts, reviseFacts } from './facts.ts';
import { appGaps, bySeverity, orgGaps, orphanGaps, userGaps } from './gaps.ts';
import type { GapChange } from './gaps.ts';
import { prepareJudge } from './judge.ts';
import { countApp, countGaps, countUser, emptyTally } from './tally.ts';
import type { Tally } from './tally.ts';
import { countDrift, timelineEntry } from './timeline.ts';
import type {
  Drift,
  Fact,
  Gap,
  Standing,
  StreamName,
  TimelineEntry,
  Twin,
  TwinApp,
  TwinUser,
} from './types.ts';

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

/** What one sync judges by and counts into. */
export interface AssessGround extends DriftGround {
  tally: Tally;
}

/** What follows from one user, app or organisation; drift holds the opened and closed gaps too. */
export interface Assessed {
  change: GapChange;
  drift: Drift[];
}

/** Judges and counts one user, given the standing and the open gaps of the sync before. */
export function assessUser(
  user: TwinUser,
  before: { standing: Standing | null; gaps: readonly Gap[] },
  on: AssessGround,
): Assessed & { standing: Standing | null } {
  countUser(on.tally, user, on.judge);
  const { change, drift } = assessChange(userGaps(user, before.gaps, on.judge), on);
  const standing = standingOf(user, before.standing, on);
  return { change, drift: [...userDrift(user, before.standing, on), ...drift], standing };
}

/** Judges and counts one app; `known` tells whether it was there before. */
export function assessApp(
  app: TwinApp,
  before: { known: boolean; gaps: readonly Gap[] },
  on: AssessGround,
): Assessed {
  countApp(on.tally, app);
  const { change, drift } = assessChange(appGaps(app, before.gaps, on.judge), on);
  return { change, drift: [...appDrift(app, before.known, on), ...drift] };
}

/**
 * Judges what concerns the whole organisation, once every user is counted; takes the gaps whose
 * subject is the org.
 */
export function assessOrg(gaps: readonly Gap[], on: AssessGround): Assessed {
  return assessChange(orgGaps(on.tally.superAdmins, gaps, on.judge), on);
}

/** Judges gaps whose user or app is no longer in the twin. */
export function assessOrphans(gaps: readonly Gap[], on: AssessGround): Assessed {
  return assessChange(orphanGaps(gaps, on.judge), on);
}

function assessChange(change: GapChange, on: AssessGround): Assessed {
  countGaps(on.tally, change.gaps);
  return { change, drift: gapDrift(change, on) };
}

/** Judges a whole twin in memory; a large one is judged page by page with the functions above. */
export function assess(twin: Twin, earlier: Earlier = NOTHING_BEFORE): Assessment {
  const judge = prepareJudge(twin);
  const on = { judge, baseline: earlier.baseline, tally: emptyTally() };
  const { parts, standings } = assessAll(twin, earlier, on);
  const gaps = parts.flatMap(({ change }) => change.gaps).toSorted(bySeverity);
  const drift = parts.flatMap((part) => part.drift).toSorted(byDrift);
  const { facts, changed } = reviseFacts(earlier.facts, freshFacts(on.tally, judge), judge);
  const baseline = new Set([...earlier.baseline, ...judge.complete]);
  const apps = new Set([...earlier.apps, ...twin.apps.map(({ id }) => id)]);
  return {
    tally: on.tally,
    gaps,
    facts,
    changedFacts: changed,
    drift,
    timeline: timelineEntry(on.tally, countDrift(drift), judge),
    next: { gaps, facts, standings, apps, baseline },
  };
}

function assessAll({ users, apps }: Twin, earlier: Earlier, on: AssessGround) {
  const bySubject = Map.groupBy(earlier.gaps, ({ subject }) => subject);
  const take = (id: string): Gap[] => {
    const found = bySubject.get(id) ?? [];
    bySubject.delete(id);
    return found;
  };
  const standings = new Map(earlier.standings);
  const parts: Assessed[] = users.map((user) => {
    const before = earlier.standings.get(user.id) ?? null;
    const assessed = assessUser(user, { standing: before, gaps: take(user.id) }, on);
    if (assessed.standing !== null) standings.set(user.id, assessed.standing);
    return assessed;
  });
  parts.push(
    ...apps.map((app) =>
      assessApp(app, { known: earlier.apps.has(app.id), gaps: take(app.id) }, on),
    ),
  );
  parts.push(assessOrg(take(on.judge.org), on), assessOrphans([...bySubject.values()].flat(), on));
  return { parts, standings };
}
