import type { Verdict } from '../mfa/types.ts';
import type { GapKind } from '../twin/types.ts';

/** How privileged an account is, as titles of issues tell it; null where that is not known. */
export type Privilege = 'super_administrator' | 'administrator' | 'none' | null;

/** Titles by privilege; a kind of account that has none is left out. */
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
// There is no title for the unused account of somebody who is no administrator.
const UNUSED: Titles = {
  super_administrator: 'Unused Global Admin Account',
  administrator: 'Unused Admin Account',
};
const OLD_PASSWORD: Titles = {
  super_administrator: 'Old Password - Global Admin Account',
  administrator: 'Old Password - Admin Account',
};

/**
 * Verdicts of the MFA check that an issue of Okta ISPM is the counterpart of. Weak factors are no
 * missing ones.
 */
const BY_VERDICT: Partial<Record<Verdict, Titles>> = { none: NO_MFA, pending_only: PENDING };

/** Kinds of gaps that an issue is the counterpart of; the others have none. */
const BY_GAP: Partial<Record<GapKind, Titles>> = {
  admin_no_mfa: { ...NO_MFA, none: undefined },
  user_no_mfa: { none: NO_MFA.none },
  stale_account: UNUSED,
  never_signed_in: UNUSED,
  admin_old_password: OLD_PASSWORD,
};

/** What was found: a verdict of the MFA check, or a gap of the twin. */
export type Finding = { verdict: Verdict } | { gap: GapKind };

/** The title by which the routing table finds a flow; null where there is no honest counterpart. */
export function titleFor(finding: Finding, privilege: Privilege): string | null {
  const titles = 'verdict' in finding ? BY_VERDICT[finding.verdict] : BY_GAP[finding.gap];
  // The gap itself says of user_no_mfa that nobody is known to be privileged.
  const as = privilege ?? 'none';
  return titles?.[as] ?? null;
}

/** A finding about an account of our Okta organisation. Times are ISO 8601 UTC. */
export interface SuggestionFacts {
  finding: Finding;
  privilege: Privilege;
  account: { id: string; login: string; lastLogin: string | null };
  /** Host of the organisation. */
  tenant: string;
  /** When it was found; the same finding is the same issue. */
  since: string;
  /** Time and id of the event. */
  at: string;
  eventId: string;
  /** One sentence, such as a gap's `detail`. */
  detail: string;
  severity: string;
}

/**
 * An `issue.onDemand` event for one of our own findings, to be run by `arx flows run`; null without
 * a counterpart.
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
