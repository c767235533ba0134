import type { FactorSpec } from '../okta/model.ts';
import type { OktaOrg } from '../okta/org.ts';

const STRONG: readonly FactorSpec[] = [{ type: 'signed_nonce' }, { type: 'push' }, { type: 'token:software:totp' }];
const WEAK: readonly FactorSpec[] = [{ type: 'sms' }];
const LOGIN = /^user(\d{6,})@plain\.example$/;

/** Fills an organisation with like users, `user000001@plain.example` and on; a share of them has SMS only. */
export function buildPlainOrg(org: OktaOrg, { users, weakShare }: { users: number; weakShare: number }): void {
  const every = weakShare > 0 ? Math.max(1, Math.round(1 / weakShare)) : Infinity;
  org.users.addBlock({
    count: users,
    make: (number) => ({ login: loginOf(number), factors: (number + 1) % every === 0 ? WEAK : STRONG }),
    numberOf: (login) => {
      const number = Number(LOGIN.exec(login)?.[1]) - 1;
      return number >= 0 && number < users && loginOf(number) === login ? number : null;
    },
  });
}

const loginOf = (number: number): string => `user${String(number + 1).padStart(6, '0')}@plain.example`;
