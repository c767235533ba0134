import { isAccessKey, keyHash } from '../../config/env/identity-keys.ts';
import type { AccessKey } from '../../store/governance-types.ts';
import { Problem } from '../problem.ts';
import type { ServerParts } from '../types.ts';

/**
 * The valid access key in an Authorization header. It is found by its hash, so that no secret is
 * compared byte by byte with the text of a caller. Throws Problem 401.
 */
export async function readAccessKey(
  { store }: Pick<ServerParts, 'store'>,
  header: string | undefined,
): Promise<AccessKey> {
  const [, key = ''] = /^Bearer +(\S+)$/i.exec(header ?? '') ?? [];
  const known = isAccessKey(key) ? await store.keys.accessKey(keyHash(key)) : null;
  if (known !== null && known.revokedAt === null) return known;
  throw new Problem(401, 'unauthenticated', {
    message: 'The request has no valid access key.',
    remedy:
      'Send `Authorization: Bearer arxk_…` (for enrichment and flows also `x-api-key`) with a key from `arx keys create`.',
  });
}
