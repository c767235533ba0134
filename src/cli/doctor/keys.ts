import type { Store } from '../../store/types.ts';
import { attempt, pass, warn } from './check.ts';
import type { CheckResult } from './check.ts';

const SOON_MS = 14 * 86_400_000;

/** Access keys that end within two weeks. Ended and revoked ones are no longer in use. */
export const keyCheck = (store: Pick<Store, 'keys'>, now = Date.now()): Promise<CheckResult> =>
  attempt('access keys', async () => {
    const inUse = (await store.keys.accessKeys()).filter(
      ({ revokedAt, expiresAt }) =>
        revokedAt === null && (expiresAt === null || Date.parse(expiresAt) > now),
    );
    const ending = inUse.filter(
      ({ expiresAt }) => expiresAt !== null && Date.parse(expiresAt) - now < SOON_MS,
    );
    if (ending.length === 0) return pass('access keys', `${inUse.length} in use`);
    const list = ending.map(({ name, expiresAt }) => `${name} ends on ${expiresAt?.slice(0, 10)}`);
    return warn('access keys', list.join('; '), 'Replace it with `arx keys create`.');
  });
