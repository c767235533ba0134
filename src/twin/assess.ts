/** Assesses a twin: gaps, facts, drift and figures. */

import { appDrift, byDrift, gapDrift, standingOf, userDrift } from './drift.ts';
import type { Baseline, DriftBasis } from './drift.ts';
import { freshFacts, reviseFacts } from './facts.ts';
import { appGaps, bySeverity, orgGaps, orphanGaps, userGaps } from './gaps.ts';
import type { GapChange } from './gaps.ts';
import { prepareContext } from './context.ts';
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

/** What is remembered of the previous sync. */
export interface EarlierSync {
  gaps: readonly Gap[];
  facts: readonly Fact[];
  /** By user id. */
  standings: ReadonlyMap<string, Standing>;
  /** Ids of the apps that existed. */
  apps: ReadonlySet<string>;
  baseline: Baseline;
}

/** The state before the first sync. */
const NO_EARLIER_SYNC: EarlierSync = {
  gaps: [],
  facts: [],
  standings: new Map(),
  apps: new Set(),
  baseline: new Set<StreamName>(),
};

/** The complete result of one sync. */
interface Assessment {
  tally: Tally;
  gaps: Gap[];
  facts: Fact[];
  changedFacts: Fact[];
  drift: Drift[];
  timeline: TimelineEntry;
  /** What the next sync is compared with. */
  next: EarlierSync;
}

/** The input of an assessment, and the tally into which it counts. */
export interface AssessmentState extends DriftBasis {
  tally: Tally;
}

/** The result for one user, app or organisation; `drift` includes the opened and closed gaps. */
export interface Assessed {
  change: GapChange;
  drift: Drift[];
}

/** Assesses and counts one user, given the standing and the open gaps of the previous sync. */
export function assessUser(
  user: TwinUser,
  before: { standing: Standing | null; gaps: readonly Gap[] },
  state: AssessmentState,
): Assessed & { standing: Standing | null } {
  countUser(state.tally, user, state.context);
  const { change, drift } = assessChange(userGaps(user, before.gaps, state.context), state);
  const standing = standingOf(user, before.standing, state);
  return { change, drift: [...userDrift(user, before.standing, state), ...drift], standing };
}

/** Assesses and counts one app; `known` says whether it existed before. */
export function assessApp(
  app: TwinApp,
  before: { known: boolean; gaps: readonly Gap[] },
  state: AssessmentState,
): Assessed {
  countApp(state.tally, app);
  const { change, drift } = assessChange(appGaps(app, before.gaps, state.context), state);
  return { change, drift: [...appDrift(app, before.known, state), ...drift] };
}

/**
 * Assesses the organisation as a whole, after all users are counted. `gaps` are the open gaps whose
 * subject is the organisation.
 */
export function assessOrg(gaps: readonly Gap[], state: AssessmentState): Assessed {
  return assessChange(orgGaps(state.tally.superAdmins, gaps, state.context), state);
}

/** Assesses gaps whose user or app is no longer in the twin. */
export function assessOrphans(gaps: readonly Gap[], state: AssessmentState): Assessed {
  return assessChange(orphanGaps(gaps, state.context), state);
}

function assessChange(change: GapChange, state: AssessmentState): Assessed {
  countGaps(state.tally, change.gaps);
  return { change, drift: gapDrift(change, state) };
}

/**
 * Assesses a whole twin in memory. A large one is assessed page by page with the functions above.
 */
export function assess(twin: Twin, earlier: EarlierSync = NO_EARLIER_SYNC): Assessment {
  const context = prepareContext(twin);
  const state = { context, baseline: earlier.baseline, tally: emptyTally() };
  const { parts, standings } = assessAll(twin, earlier, state);
  const gaps = parts.flatMap(({ change }) => change.gaps).toSorted(bySeverity);
  const drift = parts.flatMap((part) => part.drift).toSorted(byDrift);
  const { facts, changed } = reviseFacts(earlier.facts, freshFacts(state.tally, context), context);
  const baseline = new Set([...earlier.baseline, ...context.complete]);
  const apps = new Set([...earlier.apps, ...twin.apps.map(({ id }) => id)]);
  return {
    tally: state.tally,
    gaps,
    facts,
    changedFacts: changed,
    drift,
    timeline: timelineEntry(state.tally, countDrift(drift), context),
    next: { gaps, facts, standings, apps, baseline },
  };
}

function assessAll({ users, apps }: Twin, earlier: EarlierSync, state: AssessmentState) {
  const bySubject = Map.groupBy(earlier.gaps, ({ subject }) => subject);
  const take = (id: string): Gap[] => {
    const found = bySubject.get(id) ?? [];
    bySubject.delete(id);
    return found;
  };
  const standings = new Map(earlier.standings);
  const parts: Assessed[] = users.map((user) => {
    const before = earlier.standings.get(user.id) ?? null;
    const assessed = assessUser(user, { standing: before, gaps: take(user.id) }, state);
    if (assessed.standing !== null) standings.set(user.id, assessed.standing);
    return assessed;
  });
  parts.push(
    ...apps.map((app) =>
      assessApp(app, { known: earlier.apps.has(app.id), gaps: take(app.id) }, state),
    ),
  );
  parts.push(
    assessOrg(take(state.context.org), state),
    assessOrphans([...bySubject.values()].flat(), state),
  );
  return { parts, standings };
}
