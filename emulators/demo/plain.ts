import { oktaId } from '../ids.ts';
import type { FactorSpec, GroupRecord } from '../okta/model.ts';
import type { OktaOrg } from '../okta/org.ts';

const STRONG: readonly FactorSpec[] = [
  { type: 'signed_nonce' },
  { type: 'push' },
  { type: 'token:software:totp' },
];
const WEAK: readonly FactorSpec[] = [{ type: 'sms' }];
const SIGN_ON =
  'SAML_2_0 OPENID_CONNECT SAML_2_0 BROWSER_PLUGIN OPENID_CONNECT AUTO_LOGIN BOOKMARK'.split(' ');
const LOGIN = /^user(\d{6,})@plain\.example$/;

interface Size {
  users: number;
  weakShare: number;
  /** Default 0. */
  apps?: number;
  groups?: number;
}

/**
 * Fills an organisation with similar users, `user000001@plain.example` and so on; a share of them
 * has only SMS. Each user belongs to two groups, and each app has one group and one directly
 * assigned user.
 */
export function buildPlainOrg(
  org: OktaOrg,
  { users, weakShare, apps = 0, groups = 0 }: Size,
): void {
  const every = weakShare > 0 ? Math.max(1, Math.round(1 / weakShare)) : Infinity;
  org.users.addBlock({
    count: users,
    make: (number) => ({
      login: loginOf(number),
      factors: (number + 1) % every === 0 ? WEAK : STRONG,
    }),
    numberOf: (login) => {
      const number = Number(LOGIN.exec(login)?.[1]) - 1;
      return number >= 0 && number < users && loginOf(number) === login ? number : null;
    },
  });
  addApps(org, apps, { users, groups: addGroups(org, { users, groups }) });
}

/** User number `i` belongs to group `i` modulo the number of groups, and to the next one. */
function addGroups(
  org: OktaOrg,
  { users, groups }: { users: number; groups: number },
): GroupRecord[] {
  const [first] = org.users;
  const made = Array.from({ length: groups }, (_, n) => org.addGroup({ name: `Group ${n + 1}` }));
  for (let number = 0; first && number < users; number += 1) {
    const id = oktaId('00u', first.index + number, org.seed);
    for (const step of [0, 1]) made[(number + step) % groups]?.members?.add(id);
  }
  return made;
}

function addApps(
  org: OktaOrg,
  apps: number,
  { users, groups }: { users: number; groups: GroupRecord[] },
): void {
  for (let number = 0; number < apps; number += 1) {
    const group = groups[number % groups.length];
    org.apps.add({
      label: `App ${number + 1}`,
      signOnMode: SIGN_ON[number % SIGN_ON.length] ?? 'SAML_2_0',
      status: number % 20 === 19 ? 'INACTIVE' : 'ACTIVE',
      users: users > 0 ? [loginOf((number * 7919) % users)] : [],
      groups: group ? [group.id] : [],
    });
  }
}

const loginOf = (number: number): string =>
  `user${String(number + 1).padStart(6, '0')}@plain.example`;
