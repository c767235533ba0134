/** What a log entry of a family of event types means for factors that were read before it. */
export interface LogRow {
  /** Prefix of the event type. The longest matching row applies. */
  family: string;
  /** Which users are read again: those whom the entry names, all, or none. */
  effect: 'named_users' | 'all_users' | 'none';
  /** For `named_users`: where the entry names the user. `actor` allows both. Default `target`. */
  subject?: 'target' | 'actor';
  /** Why the entry has this effect. */
  reason: string;
}

/**
 * Event types after which factors may differ (developer.okta.com, event types, November 2026).
 * Other events do not change factors: sign-ins, app assignments, messages sent.
 */
export const LOG_TABLE: readonly LogRow[] = [
  {
    family: 'user.mfa.factor.',
    effect: 'named_users',
    reason: 'a factor was enrolled, reset, suspended or removed',
  },
  {
    family: 'user.lifecycle.',
    effect: 'named_users',
    reason: 'deactivation removes factors; a reactivated user has others',
  },
  {
    family: 'user.account.',
    effect: 'named_users',
    reason:
      'resets and recoveries may end enrolments; a changed profile may change the policies that apply',
  },
  {
    family: 'user.credential.',
    effect: 'named_users',
    reason: 'a certificate or smart card was enrolled',
  },
  { family: 'user.import.', effect: 'named_users', reason: 'an import may bring credentials' },
  { family: 'credential.', effect: 'named_users', reason: 'a passkey was registered or revoked' },
  {
    family: 'device.user.',
    effect: 'named_users',
    reason: 'Okta Verify belongs to the device that was bound or unbound',
  },
  {
    family: 'device.enrollment.',
    effect: 'named_users',
    subject: 'actor',
    reason: 'the user set up Okta Verify',
  },
  {
    family: 'device.lifecycle.',
    effect: 'named_users',
    reason: 'the enrolments of a removed device are removed with it',
  },
  {
    family: 'group.user_membership.',
    effect: 'named_users',
    reason: 'groups determine which factors a user may have',
  },
  {
    family: 'group.user_membership.rule.',
    effect: 'all_users',
    reason: 'a rule moves many users and may not name them',
  },
  {
    family: 'group.lifecycle.delete',
    effect: 'all_users',
    reason: 'another policy applies to its members',
  },
  {
    family: 'group.privilege.',
    effect: 'all_users',
    reason: 'the users that arx may read may have changed',
  },
  { family: 'iam.', effect: 'all_users', reason: 'the users that arx may read may have changed' },
  {
    family: 'policy.lifecycle.',
    effect: 'all_users',
    reason: 'Okta lists only the factors that enrolment policies allow',
  },
  {
    family: 'policy.rule.',
    effect: 'all_users',
    reason: 'Okta lists only the factors that enrolment policies allow',
  },
  { family: 'policy.rule.action.', effect: 'none', reason: 'a rule was applied, not changed' },
  {
    family: 'security.authenticator.',
    effect: 'all_users',
    reason: 'an authenticator was activated, deactivated or changed',
  },
  {
    family: 'system.mfa.factor.',
    effect: 'all_users',
    reason: 'a factor type was activated or deactivated',
  },
  {
    family: 'system.feature.',
    effect: 'all_users',
    reason: 'a feature may change which factors exist',
  },
  {
    family: 'system.idp.lifecycle.',
    effect: 'all_users',
    reason: 'a provider may serve as an authenticator',
  },
  {
    family: 'zone.',
    effect: 'all_users',
    reason: "Okta lists only the factors that the caller's zone allows",
  },
  {
    family: 'network_zone.',
    effect: 'all_users',
    reason: "Okta lists only the factors that the caller's zone allows",
  },
  {
    family: 'security.zone.',
    effect: 'all_users',
    reason: "Okta lists only the factors that the caller's zone allows",
  },
];

/** The row of an event type; null if the event does not change factors. */
export function rowOf(eventType: string): LogRow | null {
  const rows = LOG_TABLE.filter(({ family }) => eventType.startsWith(family));
  const [row] = rows.toSorted((one, other) => other.family.length - one.family.length);
  return row === undefined || row.effect === 'none' ? null : row;
}

/** The filter that selects these event types in the System Log. */
export const LOG_FILTER = LOG_TABLE.filter(
  ({ family }) => !LOG_TABLE.some((row) => isPrefix(row.family, family)),
)
  .map(({ family }) => `eventType sw "${family}"`)
  .join(' or ');

function isPrefix(prefix: string, text: string): boolean {
  return prefix !== text && text.startsWith(prefix);
}
