import type { UserRecord } from '../okta/model.ts';
import type { OktaOrg } from '../okta/org.ts';
import { pick, createRandom } from '../random.ts';
import { COVERED, covers, LACKING } from './enrolments.ts';

/** The users who changed during the week, by id and login. */
export interface Evolution {
  becameCompliant: Changed[];
  regressed: Changed[];
  joined: Changed[];
  left: Changed[];
}
interface Changed {
  id: string;
  login: string;
}

/**
 * Simulates a week: one user enrols Okta Verify, one is left with SMS, one joins without a factor,
 * one leaves. A list is empty if the organisation has no such user.
 */
export function evolve(org: OktaOrg, week: number): Evolution {
  const random = createRandom(org.seed + 7919 * week);
  const people = org
    .present()
    .filter(
      (user) => user.status === 'ACTIVE' && !user.vanish && !user.denyFactors && isPerson(user),
    );
  const lacking = people.filter((user) => !covers(user.factors));
  const covered = people.filter((user) => covers(user.factors) && user.roles.length === 0);
  const fixed = lacking.length > 0 ? [pick(random, lacking)] : [];
  const lost = covered.length > 0 ? [pick(random, covered)] : [];
  const remaining = covered.filter((user) => !lost.includes(user));
  const leaver = remaining.length > 0 ? [pick(random, remaining)] : [];
  for (const user of fixed) org.patchUser(user, { factors: COVERED[0]?.factors ?? [] });
  for (const user of lost) org.patchUser(user, { factors: LACKING[0]?.factors ?? [] });
  for (const user of leaver) org.setStatus(user, 'DEPROVISIONED');
  const joiner = join(org, week);
  return {
    becameCompliant: fixed.map(changeOf),
    regressed: lost.map(changeOf),
    joined: [changeOf(joiner)],
    left: leaver.map(changeOf),
  };
}

function isPerson({ profile }: UserRecord): boolean {
  return profile.userType !== 'Service';
}

function join(org: OktaOrg, week: number): UserRecord {
  const login = `new.colleague${week}@northwind.example`;
  const department = 'Customer Support';
  const profile = {
    firstName: 'New',
    lastName: `Colleague ${week}`,
    department,
    title: 'Support Agent',
    userType: 'Employee',
  };
  return org.addUser({ login, created: new Date().toISOString(), profile, groups: [department] });
}

function changeOf({ id, profile }: UserRecord): Changed {
  return { id, login: profile.login };
}
