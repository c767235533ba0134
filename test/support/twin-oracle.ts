/**
 * An independent reading of the specification of the identity twin (MFA, privilege, SSO inventory,
 * facts and gaps) for an organisation that was read completely. It shares no code with the product:
 * plain loops over plain sets.
 */
export interface OracleUser {
  id: string;
  status: string;
  created: string | null;
  activated: string | null;
  lastLogin: string | null;
  lastSeen: string | null;
  passwordChanged: string | null;
  groups: string[];
  factors: { type: string; provider: string | null; status: string | null }[] | null;
  roles: { role: string; via: string }[] | null;
  gone: boolean;
}

export interface OracleApp {
  id: string;
  signOnMode: string;
  status: string;
  gone: boolean;
}

export interface OracleOrg {
  org: string;
  now: string;
  users: readonly OracleUser[];
  apps: readonly OracleApp[];
  groups: readonly { id: string; name: string }[];
  privilegedGroups: readonly string[];
}

const words = (text: string): Set<string> => new Set(text.split(' '));
const ACCEPTED = words(
  'webauthn u2f signed_nonce token:software:totp token:hotp token:hardware token push sms call web',
);
const WEAK = words('sms call');
const NO_MFA = words('email question');
const VERIFY = words('signed_nonce push token:software:totp');
const FEDERATED = words('SAML_2_0 SAML_1_1 OPENID_CONNECT WS_FEDERATION');
const PASSWORD = words('AUTO_LOGIN BROWSER_PLUGIN SECURE_PASSWORD_STORE BASIC_AUTH');
const DAY = 24 * 60 * 60 * 1000;

const activeTypes = (user: OracleUser): string[] =>
  (user.factors ?? []).filter((factor) => factor.status === 'ACTIVE').map((factor) => factor.type);

/** enrolled, none or unknown. */
export function oracleMfa(user: OracleUser): string {
  if (user.factors === null) return 'unknown';
  let state = 'none';
  for (const type of activeTypes(user)) {
    if (!ACCEPTED.has(type) && !NO_MFA.has(type)) return 'unknown';
    if (ACCEPTED.has(type)) state = 'enrolled';
  }
  return state;
}

function isAdmin(user: OracleUser, org: OracleOrg): boolean {
  if (user.roles !== null && user.roles.length > 0) return true;
  for (const group of org.groups) {
    const configured =
      org.privilegedGroups.includes(group.id) || org.privilegedGroups.includes(group.name);
    if (configured && user.groups.includes(group.id)) return true;
  }
  return false;
}

const isSuper = (user: OracleUser): boolean =>
  (user.roles ?? []).some(({ role }) => role === 'SUPER_ADMIN');
const isThere = (user: OracleUser): boolean => !user.gone && user.status !== 'DEPROVISIONED';

function distinctFactors(user: OracleUser): number {
  let verify = 0;
  let others = 0;
  for (const { type, provider, status } of user.factors ?? []) {
    if (status !== 'ACTIVE' || NO_MFA.has(type)) continue;
    if (provider === 'OKTA' && VERIFY.has(type)) verify = 1;
    else others += 1;
  }
  return verify + others;
}

const days = (time: string | null, now: string): number | null =>
  time === null ? null : (new Date(now).getTime() - new Date(time).getTime()) / DAY;
const atLeast = (age: number | null, limit: number): boolean => age !== null && age >= limit;

function kindsOf(user: OracleUser, org: OracleOrg): string[] {
  const kinds: string[] = [];
  const began = days(user.activated ?? user.created, org.now);
  if (user.gone) return kinds;
  if (user.status === 'STAGED' && atLeast(began, 90)) kinds.push('lingering_staged');
  if (user.status === 'PROVISIONED' && atLeast(began, 90)) kinds.push('lingering_provisioned');
  if (user.status !== 'ACTIVE') return kinds;
  const admin = isAdmin(user, org);
  const mfa = oracleMfa(user);
  const weak =
    mfa === 'enrolled' && activeTypes(user).every((type) => WEAK.has(type) || NO_MFA.has(type));
  if (mfa === 'none') kinds.push(admin ? 'admin_no_mfa' : 'user_no_mfa');
  if (weak) kinds.push(admin ? 'admin_weak_only' : 'user_weak_only');
  if (isSuper(user) && mfa === 'enrolled' && distinctFactors(user) === 1)
    kinds.push('super_admin_single_factor');
  if (admin && atLeast(days(user.passwordChanged, org.now), 180)) kinds.push('admin_old_password');
  const signIns = [user.lastLogin, user.lastSeen].filter((time) => time !== null);
  const idle = Math.min(...signIns.map((time) => days(time, org.now) ?? 0));
  if (signIns.length > 0 && idle >= 90) kinds.push('stale_account');
  if (signIns.length === 0 && atLeast(began, 90)) kinds.push('never_signed_in');
  return kinds;
}

/** Every gap as `severity kind subject`, sorted. */
export function oracleGaps(org: OracleOrg): string[] {
  const severities: Record<string, string> = {
    admin_no_mfa: 'critical',
    admin_weak_only: 'high',
    user_no_mfa: 'high',
    super_admin_single_factor: 'high',
    user_weak_only: 'medium',
    stale_account: 'medium',
    admin_old_password: 'medium',
    too_many_super_admins: 'medium',
    never_signed_in: 'low',
    password_app: 'low',
    lingering_staged: 'low',
    lingering_provisioned: 'low',
  };
  const found: [kind: string, subject: string][] = org.users.flatMap((user) =>
    kindsOf(user, org).map((kind): [string, string] => [kind, user.id]),
  );
  for (const app of org.apps) {
    if (!app.gone && app.status === 'ACTIVE' && PASSWORD.has(app.signOnMode))
      found.push(['password_app', app.id]);
  }
  const supers = org.users.filter((user) => isThere(user) && isSuper(user)).length;
  if (supers > 5) found.push(['too_many_super_admins', org.org]);
  return found.map(([kind, subject]) => `${severities[kind]} ${kind} ${subject}`).sort();
}

/** The facts that the specification names, as `key:value` by key. */
export function oracleFacts(org: OracleOrg): Record<string, string> {
  const active = org.users.filter((user) => !user.gone && user.status === 'ACTIVE');
  const having = (state: string): number =>
    active.filter((user) => oracleMfa(user) === state).length;
  const [enrolled, none] = [having('enrolled'), having('none')];
  const apps = org.apps.filter((app) => !app.gone && app.status === 'ACTIVE');
  const stale = active.filter((user) => kindsOf(user, org).includes('stale_account')).length;
  const facts: Record<string, string | number> = {
    mfa_coverage:
      enrolled + none === 0 ? 'n/a' : `${Math.floor((enrolled * 100) / (enrolled + none))}%`,
    sso_apps: apps.filter((app) => app.signOnMode !== 'BOOKMARK').length,
    apps_federated: apps.filter((app) => FEDERATED.has(app.signOnMode)).length,
    apps_password: apps.filter((app) => PASSWORD.has(app.signOnMode)).length,
    privileged_users: org.users.filter((user) => isThere(user) && isAdmin(user, org)).length,
    stale_accounts: stale,
  };
  const short =
    'push token:software:totp=totp token:hotp=hotp sms call email question webauthn u2f';
  const names = `${short} signed_nonce=fastpass token:hardware=hardware token web=duo`;
  for (const pair of names.split(' ')) {
    const [type = '', name = type] = pair.split('=');
    facts[`mfa_factor:${name}`] = active.filter((user) => activeTypes(user).includes(type)).length;
  }
  const text = Object.entries(facts).map(([key, value]): [string, string] => [
    key,
    `${key}:${value}`,
  ]);
  return { ...Object.fromEntries(text), 'tool:okta': 'tool:okta' };
}
