import type { Random } from '../random.ts';
import { pick, pickWeighted, whole } from '../random.ts';
import type { Department } from './names.ts';
import { DEPARTMENTS, FAMILY_NAMES, GIVEN_NAMES } from './names.ts';

export const DOMAIN = 'northwind.example';
const DAY_MS = 86_400_000;

/** A person of the demo organisation, without factors. */
export interface Person {
  login: string;
  department: Department;
  profile: Record<string, unknown> & { department: string; city: string };
  created: string;
  lastLogin: string | null;
}

const CITIES: readonly (readonly [string, number])[] = [
  ['Berlin', 30],
  ['Dublin', 20],
  ['New York', 20],
  ['Singapore', 15],
  ['São Paulo', 15],
];

/** Creates people with distinct logins. */
export function personMaker(random: Random, now: number): (ageDays?: number) => Person {
  const taken = new Map<string, number>();
  return (ageDays) => {
    const firstName = pick(random, GIVEN_NAMES);
    const lastName = pick(random, FAMILY_NAMES);
    const department = pickWeighted(
      random,
      DEPARTMENTS.map((one) => [one, one.share] as const),
    );
    const login = distinctLogin(taken, firstName, lastName);
    const age = ageDays ?? 30 + whole(random, 2000);
    return {
      login,
      department,
      created: new Date(now - age * DAY_MS - whole(random, DAY_MS / 2)).toISOString(),
      lastLogin: age < 5 ? null : new Date(now - whole(random, 20 * DAY_MS)).toISOString(),
      profile: {
        firstName,
        lastName,
        displayName: `${firstName} ${lastName}`,
        email: login,
        secondEmail: null,
        mobilePhone: null,
        title: pick(random, department.titles),
        department: department.name,
        city: pickWeighted(random, CITIES),
        employeeNumber: String(10_000 + taken.size),
        userType: random() < 0.08 ? 'Contractor' : 'Employee',
      },
    };
  };
}

function distinctLogin(taken: Map<string, number>, firstName: string, lastName: string): string {
  const base = `${firstName}.${lastName}`
    .normalize('NFD')
    .replace(/[^A-Za-z.]/g, '')
    .toLowerCase();
  const count = (taken.get(base) ?? 0) + 1;
  taken.set(base, count);
  // Counted separately from the bases, so that the number of logins is the number of people.
  return `${base}${count === 1 ? '' : count}@${DOMAIN}`;
}
