import { isAccessKey, keyHash } from '../../config/env/identity-keys.ts';
import { keyState } from '../../governance/key-scopes.ts';
import type { KeyState } from '../../governance/key-scopes.ts';
import type { AccessKey } from '../../store/governance-types.ts';
import type { Store } from '../../store/types.ts';

/** The last use of a key is written at most this often. */
const USE_RECORDED_MS = 60_000;

/**
 * The stored key of a text, and whether it is valid; null if there is none. It is found by its hash,
 * so that no secret is compared byte by byte with the text of a caller. Records the use of a valid
 * key.
 */
export async function findAccessKey(
  { keys }: Pick<Store, 'keys'>,
  text: string,
  now: Date,
): Promise<{ key: AccessKey; state: KeyState } | null> {
  const key = isAccessKey(text) ? await keys.accessKey(keyHash(text)) : null;
  if (key === null) return null;
  const state = keyState(key, now);
  if (state === 'active' && !wasUsedRecently(key, now))
    await keys.recordUse(key.name, now.toISOString());
  return { key, state };
}

const wasUsedRecently = ({ lastUsedAt }: AccessKey, now: Date): boolean =>
  lastUsedAt !== null && now.getTime() - Date.parse(lastUsedAt) < USE_RECORDED_MS;
