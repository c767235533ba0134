import { principalOf, principalOfKey } from '../../governance/principal.ts';
import type { Requester } from '../../services/audit/requester.ts';
import type { AccessKey } from '../../store/governance-types.ts';
import { Problem } from '../problem.ts';
import type { ActiveUser, ServerParts } from '../types.ts';

type PersonParts = Pick<ServerParts, 'findUser'>;

/** The active Okta user of a key. Throws Problem 403. */
export async function userOfKey(
  { findUser }: PersonParts,
  { person }: AccessKey,
  forService = 'The key of a service cannot decide approvals.',
): Promise<ActiveUser> {
  const found = person === null ? null : await findUser(person);
  if (found !== null) return found;
  throw new Problem(403, 'no_person', {
    message: person === null ? forService : 'The user of this key is not active.',
    remedy: 'Use the access key of an active Okta user: `arx keys create --name NAME --for LOGIN`.',
  });
}

/**
 * Who requests a change with a key, as recorded in the audit trail: a person by Okta id. Throws
 * Problem 403 if the person is not active.
 */
export async function requesterOfKey(parts: PersonParts, key: AccessKey): Promise<Requester> {
  const principal =
    key.person === null
      ? principalOfKey(key)
      : principalOf('user', (await userOfKey(parts, key)).id);
  return { principal, authenticatedBy: 'key', surface: 'api', key: key.name };
}
