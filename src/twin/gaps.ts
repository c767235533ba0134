import { isActiveApp, signOnKind } from './apps.ts';
import { GAP_TABLE, MOST_SUPER_ADMINS, USER_TESTS } from './gap-kinds.ts';
import { hasAll } from './judge.ts';
import type { Judge } from './judge.ts';
import { byText } from './logic.ts';
import type { Certainty } from './logic.ts';
import { GAP_KINDS, SEVERITIES } from './types.ts';
import type { Gap, GapKind, TwinApp, TwinUser } from './types.ts';

/** What became of the gaps of one subject, or of all. */
export interface GapChange {
  /** Open now. */
  gaps: Gap[];
  /** Those among them that were not open before. */
  opened: Gap[];
  /** Open before and no longer. */
  closed: Gap[];
}

interface Subject {
  id: string;
  name: string;
  about: 'user' | 'app' | 'org';
  holds: (kind: GapKind) => Certainty;
  detail: (kind: GapKind) => string;
}

/** Gaps of one user, given those open before of the same user. */
export function userGaps(user: TwinUser, earlier: readonly Gap[], judge: Judge): GapChange {
  return settle(
    {
      id: user.id,
      name: user.login,
      about: 'user',
      // Who is gone has no gaps: a user is marked so by a complete stream only.
      holds: (kind) => (user.gone ? false : (USER_TESTS[kind]?.holds(user, judge) ?? null)),
      detail: (kind) => USER_TESTS[kind]?.detail(user, judge) ?? '',
    },
    earlier,
    judge,
  );
}

/** Gaps of one app, given those open before of the same app. */
export function appGaps(app: TwinApp, earlier: readonly Gap[], judge: Judge): GapChange {
  const holds = isActiveApp(app) && signOnKind(app.signOnMode) === 'password';
  const detail = `signs in with a password kept or typed (${app.signOnMode})`;
  return settle(
    { id: app.id, name: app.label, about: 'app', holds: () => holds, detail: () => detail },
    earlier,
    judge,
  );
}

/** Gaps of the organisation as a whole, given the number of its super administrators. */
export function orgGaps(superAdmins: number, earlier: readonly Gap[], judge: Judge): GapChange {
  const detail = `${superAdmins} super administrators, more than ${MOST_SUPER_ADMINS}`;
  const holds = superAdmins > MOST_SUPER_ADMINS;
  const subject: Subject = {
    id: judge.org,
    name: judge.org,
    about: 'org',
    holds: () => holds,
    detail: () => detail,
  };
  return settle(subject, earlier, judge);
}

/**
 * What becomes of gaps whose subject is no longer in the twin: closed where their streams are
 * complete, else kept.
 */
export function orphanGaps(earlier: readonly Gap[], judge: Judge): GapChange {
  const closed = earlier.filter(({ kind }) => hasAll(judge, GAP_TABLE[kind].needs));
  return { gaps: earlier.filter((gap) => !closed.includes(gap)), opened: [], closed };
}

/** The administrator's gap takes the place of the user's. */
const INSTEAD: Partial<Record<GapKind, GapKind>> = {
  user_no_mfa: 'admin_no_mfa',
  user_weak_only: 'admin_weak_only',
};

function settle(subject: Subject, earlier: readonly Gap[], judge: Judge): GapChange {
  const change: GapChange = { gaps: [], opened: [], closed: [] };
  for (const kind of GAP_KINDS.filter((one) => GAP_TABLE[one].about === subject.about)) {
    const before = earlier.find((gap) => gap.kind === kind);
    const holds = isReplaced(kind, change.gaps) ? false : verdict(kind, subject, judge);
    if (holds === null && before) change.gaps.push(before);
    if (holds === false && before) change.closed.push(before);
    if (holds !== true) continue;
    const gap = gapOf(kind, subject, before?.since ?? judge.at);
    change.gaps.push(gap);
    if (!before) change.opened.push(gap);
  }
  return change;
}

const verdict = (kind: GapKind, { holds }: Subject, judge: Judge): Certainty =>
  hasAll(judge, GAP_TABLE[kind].needs) ? holds(kind) : null;

const isReplaced = (kind: GapKind, gaps: readonly Gap[]): boolean =>
  INSTEAD[kind] !== undefined && gaps.some((gap) => gap.kind === INSTEAD[kind]);

const gapOf = (kind: GapKind, { id, name, detail }: Subject, since: string): Gap => ({
  kind,
  severity: GAP_TABLE[kind].severity,
  subject: id,
  name,
  detail: detail(kind),
  since,
});

/** Order for people: the most severe first, then by kind, then by name. */
export function bySeverity(one: Gap, other: Gap): number {
  return (
    SEVERITIES.indexOf(one.severity) - SEVERITIES.indexOf(other.severity) ||
    GAP_KINDS.indexOf(one.kind) - GAP_KINDS.indexOf(other.kind) ||
    byText(one.name, other.name) ||
    byText(one.subject, other.subject)
  );
}
