/** Drift: what changed from one sync to the next. */

import { GAP_TABLE } from './gap-kinds.ts';
import type { GapChange } from './gaps.ts';
import { hasAll, isActive, isPresent } from './context.ts';
import type { AssessmentContext } from './context.ts';
import { mfaState } from './mfa.ts';
import { isPrivileged, privilegeReasons, reasonText } from './privileged.ts';
import { DRIFT_KINDS } from './types.ts';
import type { Drift, Gap, Standing, StreamName, TwinApp, TwinUser } from './types.ts';

/**
 * Streams that an earlier sync read completely. For any other stream, what is found now is not a
 * change.
 */
export type Baseline = ReadonlySet<StreamName>;

const NONE: Pick<Drift, 'gap' | 'severity'> = { gap: null, severity: null };
const hasStreams = (baseline: Baseline, needs: readonly StreamName[]): boolean =>
  needs.every((name) => baseline.has(name));

/** What drift is computed from. */
export interface DriftBasis {
  context: AssessmentContext;
  baseline: Baseline;
}

/**
 * The state of a user to remember: what is certain now, or else what was certain before. `before`
 * is null for a user who did not exist, and such a user was not an administrator. Null if there is
 * nothing to remember yet.
 */
export function standingOf(
  user: TwinUser,
  before: Standing | null,
  { context, baseline }: DriftBasis,
): Standing | null {
  if (!hasAll(context, ['users'])) return before;
  const earlier = before ?? {
    privileged: hasStreams(baseline, ['users', 'roles']) ? false : null,
    mfa: 'unknown',
  };
  const mfa = mfaState(user.factors);
  return {
    privileged: isPresent(user) ? (isPrivileged(user, context) ?? earlier.privileged) : false,
    mfa: mfa === 'unknown' ? earlier.mfa : mfa,
  };
}

/**
 * Drift of one user: became an administrator, or lost MFA. `before` is null for a user who did not
 * exist.
 */
export function userDrift(user: TwinUser, before: Standing | null, basis: DriftBasis): Drift[] {
  const { context, baseline } = basis;
  const now = standingOf(user, before, basis);
  const drift: Drift[] = [];
  const stamp = { subject: user.id, name: user.login, ...NONE, run: context.run, at: context.at };
  const wasOrdinary =
    before === null ? hasStreams(baseline, ['users', 'roles']) : before.privileged === false;
  if (now?.privileged === true && wasOrdinary) {
    const detail = privilegeReasons(user, context).map(reasonText).join(', ');
    drift.push({ kind: 'admin_added', ...stamp, detail });
  }
  if (isActive(user) && before?.mfa === 'enrolled' && now?.mfa === 'none') {
    drift.push({ kind: 'mfa_lost', ...stamp, detail: 'had MFA before, but has none now' });
  }
  return drift;
}

/**
 * Drift of one app: it is new, even if the list of apps was cut short later. `before` says whether
 * it existed before.
 */
export function appDrift(app: TwinApp, before: boolean, basis: DriftBasis): Drift[] {
  const { context, baseline } = basis;
  if (before || app.gone || !baseline.has('apps')) return [];
  const detail = `${app.signOnMode}, ${app.status}`;
  return [
    {
      kind: 'app_added',
      subject: app.id,
      name: app.label,
      ...NONE,
      detail,
      run: context.run,
      at: context.at,
    },
  ];
}

/**
 * Drift of gaps: opened and closed. Gaps that an earlier sync could not have found are excluded.
 */
export function gapDrift(change: Pick<GapChange, 'opened' | 'closed'>, basis: DriftBasis): Drift[] {
  const entry = (kind: Drift['kind'], gap: Gap): Drift => ({
    kind,
    subject: gap.subject,
    name: gap.name,
    gap: gap.kind,
    severity: gap.severity,
    detail: `${GAP_TABLE[gap.kind].title}: ${gap.detail}`,
    run: basis.context.run,
    at: basis.context.at,
  });
  const opened = change.opened.filter(({ kind }) =>
    hasStreams(basis.baseline, GAP_TABLE[kind].needs),
  );
  return [
    ...opened.map((gap) => entry('gap_opened', gap)),
    ...change.closed.map((gap) => entry('gap_closed', gap)),
  ];
}

/** Display order: by kind in the order of DRIFT_KINDS, then in the order of the twin. */
export const byDrift = (one: Drift, other: Drift): number =>
  DRIFT_KINDS.indexOf(one.kind) - DRIFT_KINDS.indexOf(other.kind);
