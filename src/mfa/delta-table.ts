/** What an entry of a family of event types means for factors that were read before it. */
export interface LogRow {
  /** What the event type begins with. The longest row that fits an event type decides. */
  family: string;
  /**
   * `user`: those whom it names are read again; `everybody`: all are; `nobody`: it changes no
   * factor.
   */
  effect: 'user' | 'everybody' | 'nobody';
  /**
   * Who must be named for `user` to hold: a person as target, or one who acts. Default `target`.
   */
  about?: 'target' | 'actor';
  ground: string;
}

/**
 * Event types after which factors may differ. (developer.okta.com, event types, November 2026) What
 * is not here changes no factor: sign-ins, app assignments, messages sent.
 */
export const LOG_TABLE: readonly LogRow[] = [
  {
    family: 'user.mfa.factor.',
    effect: 'user',
    ground: 'a factor was enrolled, reset, suspended or taken away',
  },
  {
    family: 'user.lifecycle.',
    effect: 'user',
    ground: 'deactivation takes factors away; who comes back has others',
  },
  {
    family: 'user.account.',
    effect: 'user',
    ground: 'resets and recoveries may end enrolments; profiles move people',
  },
  {
    family: 'user.credential.',
    effect: 'user',
    ground: 'a certificate or smart card was enrolled',
  },
  { family: 'user.import.', effect: 'user', ground: 'credentials came with an import' },
  { family: 'credential.', effect: 'user', ground: 'a passkey was registered or revoked' },
  {
    family: 'device.user.',
    effect: 'user',
    ground: 'Okta Verify lives on the device that was bound or let go',
  },
  {
    family: 'device.enrollment.',
    effect: 'user',
    about: 'actor',
    ground: 'Okta Verify was set up by the person',
  },
  {
    family: 'device.lifecycle.',
    effect: 'user',
    ground: 'a device that is gone takes its enrolments along',
  },
  {
    family: 'group.user_membership.',
    effect: 'user',
    ground: 'groups decide which factors a person may have',
  },
  {
    family: 'group.user_membership.rule.',
    effect: 'everybody',
    ground: 'a rule moves many, and need not name them',
  },
  {
    family: 'group.lifecycle.delete',
    effect: 'everybody',
    ground: 'its members fall under another policy',
  },
  { family: 'group.privilege.', effect: 'everybody', ground: 'who may be read may have changed' },
  { family: 'iam.', effect: 'everybody', ground: 'who may be read may have changed' },
  {
    family: 'policy.lifecycle.',
    effect: 'everybody',
    ground: 'factors are listed as far as enrolment policies allow',
  },
  {
    family: 'policy.rule.',
    effect: 'everybody',
    ground: 'factors are listed as far as enrolment policies allow',
  },
  { family: 'policy.rule.action.', effect: 'nobody', ground: 'a rule was applied, not changed' },
  {
    family: 'security.authenticator.',
    effect: 'everybody',
    ground: 'an authenticator was switched on, off or over',
  },
  {
    family: 'system.mfa.factor.',
    effect: 'everybody',
    ground: 'a kind of factor was switched on or off',
  },
  {
    family: 'system.feature.',
    effect: 'everybody',
    ground: 'a feature may change which factors there are',
  },
  {
    family: 'system.idp.lifecycle.',
    effect: 'everybody',
    ground: 'a provider may serve as an authenticator',
  },
  {
    family: 'zone.',
    effect: 'everybody',
    ground: 'factors are listed as far as the zone of the caller allows',
  },
  {
    family: 'network_zone.',
    effect: 'everybody',
    ground: 'factors are listed as far as the zone of the caller allows',
  },
  {
    family: 'security.zone.',
    effect: 'everybody',
    ground: 'factors are listed as far as the zone of the caller allows',
  },
];

/** The row of an event type; null where it changes no factor. */
export function rowOf(eventType: string): LogRow | null {
  const rows = LOG_TABLE.filter(({ family }) => eventType.startsWith(family));
  const [row] = rows.toSorted((one, other) => other.family.length - one.family.length);
  return row === undefined || row.effect === 'nobody' ? null : row;
}

/** The filter with which the log is asked for these event types. */
export const LOG_FILTER = LOG_TABLE.filter(
  ({ family }) => !LOG_TABLE.some((row) => shorter(row.family, family)),
)
  .map(({ family }) => `eventType sw "${family}"`)
  .join(' or ');

function shorter(one: string, other: string): boolean {
  return one !== other && other.startsWith(one);
}
