import type { UserRecord } from '../okta/model.ts';
import type { NewApp } from '../okta/app-records.ts';
import type { OktaOrg } from '../okta/org.ts';
import { covers } from './enrolments.ts';

/** The group whose policy requires a second factor; it is empty at the start. */
const MFA_GROUP = 'MFA Enrollment';

const DAY_MS = 86_400_000;

/** Applications of the demo organisation with different sign-on modes; two are inactive. */
const APPS: readonly NewApp[] = [
  {
    label: 'Northwind Wiki',
    name: 'confluence',
    signOnMode: 'SAML_2_0',
    groups: ['Engineering', 'Product'],
  },
  { label: 'Ledger', name: 'netsuite', signOnMode: 'SAML_2_0', groups: ['Finance'] },
  { label: 'Payroll', name: 'workday', signOnMode: 'SAML_1_1', groups: ['People'] },
  {
    label: 'Customer Desk',
    name: 'oidc_client',
    signOnMode: 'OPENID_CONNECT',
    groups: ['Customer Support'],
  },
  {
    label: 'Code Hosting',
    name: 'oidc_client',
    signOnMode: 'OPENID_CONNECT',
    groups: ['Engineering', 'Contractors'],
  },
  { label: 'Mail', name: 'office365', signOnMode: 'WS_FEDERATION', groups: ['Everyone'] },
  {
    label: 'Freight Portal',
    name: 'freight',
    signOnMode: 'BROWSER_PLUGIN',
    groups: ['Operations'],
  },
  { label: 'Trade Fair Planner', name: 'fairs', signOnMode: 'AUTO_LOGIN', groups: ['Marketing'] },
  { label: 'Intranet', name: 'bookmark', signOnMode: 'BOOKMARK', groups: ['Everyone'] },
  {
    label: 'Old Survey Tool',
    name: 'surveys',
    signOnMode: 'AUTO_LOGIN',
    status: 'INACTIVE',
    groups: ['Product'],
  },
  { label: 'Old Wiki', name: 'wiki', signOnMode: 'SAML_2_0', status: 'INACTIVE' },
];

/**
 * Adds what a sync finds besides factors: applications, administrators through groups, and unused
 * accounts. Uses no random numbers, so that the users stay the same.
 */
export function addPosture(org: OktaOrg, now: number): void {
  for (const app of APPS) org.apps.add(app);
  const people = org.present().filter(isOrdinary);
  const admins = org.present().filter(({ roles }) => roles.length > 0);
  const covered = people.filter(({ factors }) => covers(factors));
  const [bare] = people.filter(({ factors }) => factors.every(({ type }) => type === 'email'));
  const ago = (days: number): string => new Date(now - days * DAY_MS).toISOString();
  const old = covered.filter(({ created }) => created < ago(120));
  // Administrators through a group: one has no MFA. The second group brings the number of super
  // administrators above five.
  org.addGroup({
    name: 'Service Desk',
    description: 'Helps users who are locked out',
    roles: ['HELP_DESK_ADMIN'],
    members: [bare, covered[0]].flatMap((user) => user?.id ?? []),
  });
  org.addGroup({
    name: 'Break Glass',
    description: 'For emergencies',
    roles: ['SUPER_ADMIN'],
    members: admins.slice(3, 6).map(({ id }) => id),
  });
  org.addGroup({ name: MFA_GROUP, description: 'Must enrol a second factor at the next sign-in' });
  for (const user of admins.slice(0, -2)) org.users.keep(user).passwordChanged = ago(40);
  for (const user of old.slice(1, 4)) org.users.keep(user).lastLogin = ago(100);
  for (const user of old.slice(4, 5)) org.users.keep(user).lastLogin = null;
  const lingering = org
    .present()
    .filter(({ status }) => status === 'STAGED' || status === 'PROVISIONED');
  for (const user of lingering)
    Object.assign(org.users.keep(user), { created: ago(200), activated: since(user, ago(200)) });
}

const since = ({ status }: UserRecord, at: string): string | null =>
  status === 'STAGED' ? null : at;

const isOrdinary = ({ status, roles, profile, vanish, denyFactors }: UserRecord): boolean =>
  status === 'ACTIVE' &&
  roles.length === 0 &&
  profile.userType !== 'Service' &&
  !vanish &&
  !denyFactors;
