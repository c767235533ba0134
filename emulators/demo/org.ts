import type { FactorSpec, NewUser } from '../okta/model.ts';
import type { OktaOrg } from '../okta/org.ts';
import type { Random } from '../random.ts';
import { pick, pickWeighted, createRandom, whole } from '../random.ts';
import { COVERED, LACKING } from './enrolments.ts';
import type { Enrolment } from './enrolments.ts';
import { DEPARTMENTS } from './names.ts';
import type { Person } from './people.ts';
import { DOMAIN, personMaker } from './people.ts';
import { addPosture } from './posture.ts';

export const ADMIN_GROUP = 'Okta Administrators';
export const APPROVER_GROUP = 'Security Approvers';
const SERVICE_GROUP = 'Service Accounts';
/** The account that the demo's configuration exempts. */
export const SERVICE_LOGIN = `svc-backup@${DOMAIN}`;

const NEW_HIRES = 5;
const ADMIN_ROLES: readonly (readonly string[])[] = [
  ['SUPER_ADMIN'],
  ['SUPER_ADMIN'],
  ['SUPER_ADMIN'],
  ['ORG_ADMIN'],
  ['APP_ADMIN'],
  ['USER_ADMIN'],
  ['HELP_DESK_ADMIN'],
  ['READ_ONLY_ADMIN'],
];
/** Accounts that are not ACTIVE, per hundred ACTIVE ones. */
const OFF_STATUSES: readonly (readonly [string, number])[] = [
  ['DEPROVISIONED', 1.6],
  ['SUSPENDED', 0.8],
  ['STAGED', 0.4],
  ['PROVISIONED', 0.4],
  ['LOCKED_OUT', 0.2],
  ['PASSWORD_EXPIRED', 0.2],
];

/**
 * Fills an organisation with `users` realistic ACTIVE users, and some accounts with other statuses.
 */
export function buildDemoOrg(org: OktaOrg, { users, now }: { users: number; now: number }): void {
  const random = createRandom(org.seed);
  const make = personMaker(random, now);
  addGroups(org);
  const singles = users >= 20 ? SPECIALS : [];
  const ordinary = Math.max(0, users - singles.length);
  const hires = users >= 20 ? NEW_HIRES : 0;
  const people = Array.from({ length: ordinary }, (_, index) =>
    make(index >= ordinary - hires ? whole(random, 4) : undefined),
  );
  const enrolments = enrol(random, people);
  const specialAt = singles.map((_, index) =>
    Math.floor(((index + 1) * ordinary) / (singles.length + 1)),
  );
  for (const [index, person] of people.entries()) {
    const special = singles[specialAt.indexOf(index)];
    if (special) org.addUser(special(make()));
    org.addUser(asUser(person, enrolments[index] ?? [], index));
  }
  addOthers(org, { random, make, users });
  if (users >= 20) addPosture(org, now);
}

/** One account of each kind that a check must treat specially. */
const SPECIALS: readonly ((person: Person) => NewUser)[] = [
  () => ({
    login: SERVICE_LOGIN,
    created: '2022-02-01T08:00:00.000Z',
    profile: {
      firstName: 'Backup',
      lastName: 'Service',
      email: SERVICE_LOGIN,
      department: 'IT',
      userType: 'Service',
    },
    groups: [SERVICE_GROUP, 'IT'],
  }),
  (person) => ({ ...asUser(person, COVERED[0]?.factors ?? [], Infinity), vanish: true }),
  (person) => ({ ...asUser(person, COVERED[0]?.factors ?? [], Infinity), denyFactors: true }),
];

function addGroups(org: OktaOrg): void {
  for (const { name } of DEPARTMENTS) org.addGroup({ name, description: `Everyone in ${name}` });
  org.addGroup({ name: ADMIN_GROUP, description: 'Holders of an administrator role' });
  org.addGroup({ name: APPROVER_GROUP, description: 'May approve governed operations' });
  org.addGroup({ name: SERVICE_GROUP, description: 'Accounts of services, not people' });
  org.addGroup({ name: 'Contractors', description: 'External staff' });
  org.addGroup({ name: 'VPN Users', type: 'APP_GROUP', description: null });
}

function asUser(person: Person, factors: readonly FactorSpec[], rank: number): NewUser {
  const { department, userType } = person.profile;
  const roles = ADMIN_ROLES[rank];
  return {
    login: person.login,
    created: person.created,
    lastLogin: person.lastLogin,
    profile: person.profile,
    factors,
    roles: roles ? [...roles] : [],
    groups: [
      department,
      ...(roles ? [ADMIN_GROUP] : []),
      ...(rank < 4 ? [APPROVER_GROUP] : []),
      ...(userType === 'Contractor' ? ['Contractors'] : []),
      ...(rank % 3 === 0 ? ['VPN Users'] : []),
    ],
  };
}

/** Assigns enrolments: their shares are exact; who gets a lacking one depends on the department. */
function enrol(random: Random, people: readonly Person[]): (readonly FactorSpec[])[] {
  const lacking = deal(LACKING, people.length).slice(0, people.length);
  const dealt = new Map<number, readonly FactorSpec[]>();
  // One administrator with SMS only, the finding that a report must show first.
  if (people.length > ADMIN_ROLES.length)
    dealt.set(ADMIN_ROLES.length - 1, LACKING[0]?.factors ?? []);
  const open = new Map(
    people
      .map((person, index) => [index, person.department.lag] as const)
      .slice(ADMIN_ROLES.length),
  );
  for (const { factors } of lacking.slice(dealt.size)) {
    if (open.size === 0) break;
    const index = pickWeighted(random, [...open]);
    open.delete(index);
    dealt.set(index, factors);
  }
  const covered = COVERED.map((enrolment) => [enrolment.factors, enrolment.share] as const);
  return people.map((_, index) => dealt.get(index) ?? pickWeighted(random, covered));
}

function deal(enrolments: readonly Enrolment[], people: number): Enrolment[] {
  return enrolments.flatMap((enrolment) =>
    Array.from(
      { length: Math.max(1, Math.round((enrolment.share * people) / 1000)) },
      () => enrolment,
    ),
  );
}

function addOthers(
  org: OktaOrg,
  { random, make, users }: { random: Random; make: () => Person; users: number },
): void {
  for (const [status, perHundred] of OFF_STATUSES) {
    const count = users >= 20 ? Math.max(1, Math.round((perHundred * users) / 100)) : 0;
    for (let made = 0; made < count; made += 1) {
      const factors = pick(random, [...COVERED, ...LACKING]).factors;
      const activated = status === 'STAGED' ? { activated: null } : {};
      org.addUser({ ...asUser(make(), factors, Infinity), status, ...activated });
    }
  }
}
