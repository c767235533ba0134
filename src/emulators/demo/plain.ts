import type { FactorSpec } from '../okta/model.ts';
import type { OktaOrg } from '../okta/org.ts';

const STRONG: readonly FactorSpec[] = [{ type: 'signed_nonce' }, { type: 'push' }, { type: 'token:software:totp' }];
const WEAK: readonly FactorSpec[] = [{ type: 'sms' }];

/** Fills an organisation with like users, `user000001@plain.example` and on; a share of them has SMS only. */
export function buildPlainOrg(org: OktaOrg, { users, weakShare }: { users: number; weakShare: number }): void {
  const every = weakShare > 0 ? Math.max(1, Math.round(1 / weakShare)) : Infinity;
  for (let number = 1; number <= users; number += 1) {
    const login = `user${String(number).padStart(6, '0')}@plain.example`;
    org.addUser({ login, factors: number % every === 0 ? WEAK : STRONG });
  }
}
