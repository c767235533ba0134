import { GAP_TABLE } from './gap-kinds.ts';
import type { GapChange } from './gaps.ts';
import { hasAll, isActive, isPresent } from './judge.ts';
import type { Judge } from './judge.ts';
import { mfaState } from './mfa.ts';
import { isPrivileged, privilegeReasons, reasonText } from './privileged.ts';
import { DRIFT_KINDS } from './types.ts';
import type { Drift, Gap, Standing, StreamName, TwinApp, TwinUser } from './types.ts';

/** Streams that an earlier sync had read completely: without that, what is found now is no news. */
export type Baseline = ReadonlySet<StreamName>;

const NONE: Pick<Drift, 'gap' | 'severity'> = { gap: null, severity: null };
const hasStreams = (baseline: Baseline, needs: readonly StreamName[]): boolean =>
  needs.every((name) => baseline.has(name));

/** What drift is told by. */
export interface DriftGround {
  judge: Judge;
  baseline: Baseline;
}

/**
 * What to remember of a user: what is certain now, else what was before. `before` is null for a
 * user who was not there: nobody was an administrator before they were there. Null where there is
 * nothing to remember yet.
 */
export function standingOf(
  user: TwinUser,
  before: Standing | null,
  { judge, baseline }: DriftGround,
): Standing | null {
  if (!hasAll(judge, ['users'])) return before;
  const was = before ?? {
    privileged: hasStreams(baseline, ['users', 'roles']) ? false : null,
    mfa: 'unknown',
  };
  const mfa = mfaState(user.factors);
  return {
    privileged: isPresent(user) ? (isPrivileged(user, judge) ?? was.privileged) : false,
    mfa: mfa === 'unknown' ? was.mfa : mfa,
  };
}

/**
 * Drift of one user: has become an administrator, has lost MFA. `before` is null for a user who was
 * not there.
 */
export function userDrift(user: TwinUser, before: Standing | null, on: DriftGround): Drift[] {
  const { judge, baseline } = on;
  const now = standingOf(user, before, on);
  const drift: Drift[] = [];
  const stamp = { subject: user.id, name: user.login, ...NONE, run: judge.run, at: judge.at };
  const wasOrdinary =
    before === null ? hasStreams(baseline, ['users', 'roles']) : before.privileged === false;
  if (now?.privileged === true && wasOrdinary) {
    const detail = privilegeReasons(user, judge).map(reasonText).join(', ');
    drift.push({ kind: 'admin_added', ...stamp, detail });
  }
  if (isActive(user) && before?.mfa === 'enrolled' && now?.mfa === 'none') {
    drift.push({ kind: 'mfa_lost', ...stamp, detail: 'had MFA before and has none now' });
  }
  return drift;
}

/**
 * Drift of one app: is new, even where the list of apps broke off later. `before` tells whether it
 * was there.
 */
export function appDrift(app: TwinApp, before: boolean, on: DriftGround): Drift[] {
  const { judge, baseline } = on;
  if (before || app.gone || !baseline.has('apps')) return [];
  const detail = `${app.signOnMode}, ${app.status}`;
  return [
    {
      kind: 'app_added',
      subject: app.id,
      name: app.label,
      ...NONE,
      detail,
      run: judge.run,
      at: judge.at,
    },
  ];
}

/** Drift of gaps: opened and closed, as far as an earlier sync could have found them. */
export function gapDrift(
  change: Pick<GapChange, 'opened' | 'closed'>,
  on: { judge: Judge; baseline: Baseline },
): Drift[] {
  const entry = (kind: Drift['kind'], gap: Gap): Drift => ({
    kind,
    subject: gap.subject,
    name: gap.name,
    gap: gap.kind,
    severity: gap.severity,
    detail: `${GAP_TABLE[gap.kind].title}: ${gap.detail}`,
    run: on.judge.run,
    at: on.judge.at,
  });
  const news = change.opened.filter(({ kind }) => hasStreams(on.baseline, GAP_TABLE[kind].needs));
  return [
    ...news.map((gap) => entry('gap_opened', gap)),
    ...change.closed.map((gap) => entry('gap_closed', gap)),
  ];
}

/** Order for people: by kind, as they are listed; the order of the twin within one kind. */
export const byDrift = (one: Drift, other: Drift): number =>
  DRIFT_KINDS.indexOf(one.kind) - DRIFT_KINDS.indexOf(other.kind);
