/** Turns arx's own findings into issues for flows. */

import type { Verdict } from '../mfa/types.ts';
import type { GapKind } from '../twin/types.ts';

/** The privilege of an account, as distinguished by titles of issues; null if unknown. */
export type Privilege = 'super_administrator' | 'administrator' | 'none' | null;

/** Titles by privilege. A kind of account without a title is omitted. */
type Titles = Partial<Record<'super_administrator' | 'administrator' | 'none', string>>;

const NO_MFA: Titles = {
  super_administrator: 'No MFA - Global Admin Account',
  administrator: 'No MFA - Admin Account',
  none: 'No MFA - Account',
};
const PENDING: Titles = {
  super_administrator: 'Pending MFA - Global Admin Account',
  administrator: 'Pending MFA - Admin Account',
  none: 'Pending MFA - Account',
};
// Okta ISPM has no title for unused accounts that are not administrators.
const UNUSED: Titles = {
  super_administrator: 'Unused Global Admin Account',
  administrator: 'Unused Admin Account',
};
const OLD_PASSWORD: Titles = {
  super_administrator: 'Old Password - Global Admin Account',
  administrator: 'Old Password - Admin Account',
};

/**
 * Verdicts of the MFA check that correspond to an issue of Okta ISPM. Weak factors do not count as
 * missing.
 */
const BY_VERDICT: Partial<Record<Verdict, Titles>> = { none: NO_MFA, pending_only: PENDING };

/** Kinds of gaps that correspond to an issue. The others do not. */
const BY_GAP: Partial<Record<GapKind, Titles>> = {
  admin_no_mfa: { ...NO_MFA, none: undefined },
  user_no_mfa: { none: NO_MFA.none },
  stale_account: UNUSED,
  never_signed_in: UNUSED,
  admin_old_password: OLD_PASSWORD,
};

/** A verdict of the MFA check, or a gap of the twin. */
export type Finding = { verdict: Verdict } | { gap: GapKind };

/**
 * The title with which the routing table finds a flow; null if no title matches the finding
 * exactly.
 */
export function titleFor(finding: Finding, privilege: Privilege): string | null {
  const titles = 'verdict' in finding ? BY_VERDICT[finding.verdict] : BY_GAP[finding.gap];
  // user_no_mfa implies that the user is not known to be privileged.
  const as = privilege ?? 'none';
  return titles?.[as] ?? null;
}

/** A finding about an account of the user's own Okta organisation. Times are ISO 8601 UTC. */
export interface SuggestionFacts {
  finding: Finding;
  privilege: Privilege;
  account: { id: string; login: string; lastLogin: string | null };
  /** Host of the organisation. */
  tenant: string;
  /** When it was found. The same finding is the same issue. */
  since: string;
  /** Time and id of the event. */
  at: string;
  eventId: string;
  /** One sentence, such as a gap's `detail`. */
  detail: string;
  severity: string;
}

/**
 * An `issue.onDemand` event for a finding of arx, for use with `arx flows run`; null if no title
 * matches.
 */
export function suggestionOf(facts: SuggestionFacts): Record<string, string> | null {
  const title = titleFor(facts.finding, facts.privilege);
  if (title === null) return null;
  const kind = 'verdict' in facts.finding ? facts.finding.verdict : facts.finding.gap;
  const { id, login, lastLogin } = facts.account;
  return {
    eventId: facts.eventId,
    eventTimestamp: facts.at,
    eventSource: 'arx',
    eventType: 'issue.onDemand',
    issueId: `arx_${kind}_${id}`,
    issueCategory: CATEGORY,
    issueSeverity: facts.severity,
    issueTitle: title,
    issueFullDescription: facts.detail,
    issueShortDescription: facts.detail,
    issueDetectedAt: facts.since.slice(0, 10),
    issueSuggestedRemediation: '',
    issueRiskAndImpact: '',
    issueLink: '',
    entityId: id,
    entityIdInService: id,
    entityType: 'Account',
    entityDisplayName: login,
    entitySourceProductName: 'Okta',
    entitySourceProductTenant: facts.tenant,
    additionalDataTypes: TYPES[facts.privilege ?? 'none'],
    additionalDataLastLogin: lastLogin === null ? '' : usDay(lastLogin),
  };
}

const CATEGORY = 'Posture';
const TYPES = {
  super_administrator: 'Admin, Super admin',
  administrator: 'Admin',
  none: '',
} as const;
const usDay = (time: string): string =>
  `${time.slice(5, 7)}/${time.slice(8, 10)}/${time.slice(0, 4)}`;
