import { keyState } from '../../governance/key-scopes.ts';
import type { KeyState } from '../../governance/key-scopes.ts';
import type { AccessKey } from '../../store/governance-types.ts';
import type { Store } from '../../store/types.ts';

/** An access key without its value: an item of `arx.keys/v1`. */
export interface KeyDocument extends Omit<AccessKey, 'hash'> {
  state: KeyState;
}

/** The access keys, without their values and hashes. */
export async function listKeys({ keys }: Pick<Store, 'keys'>, now: Date): Promise<KeyDocument[]> {
  return (await keys.accessKeys()).map((key) => {
    const { name, person, createdAt, revokedAt, scopes, expiresAt, lastUsedAt } = key;
    const state = keyState(key, now);
    return { name, person, createdAt, revokedAt, state, scopes, expiresAt, lastUsedAt };
  });
}
