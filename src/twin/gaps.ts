/** Finds the gaps of users, apps and the organisation, and which of them opened or closed. */

import { isActiveApp, signOnKind } from './apps.ts';
import { GAP_TABLE, MAX_SUPER_ADMINS, USER_TESTS } from './gap-kinds.ts';
import { hasAll } from './context.ts';
import type { AssessmentContext } from './context.ts';
import { byText } from './logic.ts';
import type { Certainty } from './logic.ts';
import { GAP_KINDS, SEVERITIES } from './types.ts';
import type { Gap, GapKind, TwinApp, TwinUser } from './types.ts';

/** How the gaps of one subject, or of all, changed. */
export interface GapChange {
  /** All open gaps. */
  gaps: Gap[];
  /** Open gaps that were not open before. */
  opened: Gap[];
  /** Gaps that were open before and no longer are. */
  closed: Gap[];
}

interface Subject {
  id: string;
  name: string;
  about: 'user' | 'app' | 'org';
  holds: (kind: GapKind) => Certainty;
  detail: (kind: GapKind) => string;
}

/** The gaps of one user, given the user's gaps that were open before. */
export function userGaps(
  user: TwinUser,
  earlier: readonly Gap[],
  context: AssessmentContext,
): GapChange {
  return updateGaps(
    {
      id: user.id,
      name: user.login,
      about: 'user',
      // A user who is gone has no gaps; only a complete stream marks a user as gone.
      holds: (kind) => (user.gone ? false : (USER_TESTS[kind]?.holds(user, context) ?? null)),
      detail: (kind) => USER_TESTS[kind]?.detail(user, context) ?? '',
    },
    earlier,
    context,
  );
}

/** The gaps of one app, given the app's gaps that were open before. */
export function appGaps(
  app: TwinApp,
  earlier: readonly Gap[],
  context: AssessmentContext,
): GapChange {
  const holds = isActiveApp(app) && signOnKind(app.signOnMode) === 'password';
  const detail = `signs in with a stored or typed password (${app.signOnMode})`;
  return updateGaps(
    { id: app.id, name: app.label, about: 'app', holds: () => holds, detail: () => detail },
    earlier,
    context,
  );
}

/** The gaps of the organisation as a whole, given the number of its super administrators. */
export function orgGaps(
  superAdmins: number,
  earlier: readonly Gap[],
  context: AssessmentContext,
): GapChange {
  const detail = `${superAdmins} super administrators, more than ${MAX_SUPER_ADMINS}`;
  const { anyone, users, groups } = context.unread;
  // The number is a lower bound if some roles could not be read.
  const isBound = anyone.superAdmin || users.size > 0 || groups.size > 0;
  const holds = superAdmins > MAX_SUPER_ADMINS || (isBound ? null : false);
  const subject: Subject = {
    id: context.org,
    name: context.org,
    about: 'org',
    holds: () => holds,
    detail: () => detail,
  };
  return updateGaps(subject, earlier, context);
}

/**
 * Gaps whose subject is no longer in the twin: closed if their streams are complete, otherwise
 * kept.
 */
export function orphanGaps(earlier: readonly Gap[], context: AssessmentContext): GapChange {
  const closed = earlier.filter(({ kind }) => hasAll(context, GAP_TABLE[kind].needs));
  return { gaps: earlier.filter((gap) => !closed.includes(gap)), opened: [], closed };
}

/** The administrator's gap replaces the user's. */
const REPLACED_BY: Partial<Record<GapKind, GapKind>> = {
  user_no_mfa: 'admin_no_mfa',
  user_weak_only: 'admin_weak_only',
};

function updateGaps(
  subject: Subject,
  earlier: readonly Gap[],
  context: AssessmentContext,
): GapChange {
  const change: GapChange = { gaps: [], opened: [], closed: [] };
  for (const kind of GAP_KINDS.filter((one) => GAP_TABLE[one].about === subject.about)) {
    const before = earlier.find((gap) => gap.kind === kind);
    const holds = isReplaced(kind, change.gaps) ? false : isFound(kind, subject, context);
    if (holds === null && before) change.gaps.push(before);
    if (holds === false && before) change.closed.push(before);
    if (holds !== true) continue;
    const gap = gapOf(kind, subject, before?.since ?? context.at);
    change.gaps.push(gap);
    if (!before) change.opened.push(gap);
  }
  return change;
}

const isFound = (kind: GapKind, { holds }: Subject, context: AssessmentContext): Certainty =>
  hasAll(context, GAP_TABLE[kind].needs) ? holds(kind) : null;

const isReplaced = (kind: GapKind, gaps: readonly Gap[]): boolean =>
  REPLACED_BY[kind] !== undefined && gaps.some((gap) => gap.kind === REPLACED_BY[kind]);

const gapOf = (kind: GapKind, { id, name, detail }: Subject, since: string): Gap => ({
  kind,
  severity: GAP_TABLE[kind].severity,
  subject: id,
  name,
  detail: detail(kind),
  since,
});

/** Display order: most severe first, then by kind, then by name. */
export function bySeverity(one: Gap, other: Gap): number {
  return (
    SEVERITIES.indexOf(one.severity) - SEVERITIES.indexOf(other.severity) ||
    GAP_KINDS.indexOf(one.kind) - GAP_KINDS.indexOf(other.kind) ||
    byText(one.name, other.name) ||
    byText(one.subject, other.subject)
  );
}
