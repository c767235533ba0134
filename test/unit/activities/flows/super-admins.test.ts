import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  otherSuperAdminsThan,
  superAdmins,
} from '../../../../src/activities/flows/super-admins.ts';
import { startEmulators } from '../../../../emulators/start.ts';
import type { RunningEmulators } from '../../../../emulators/start.ts';
import { emulatedHarness } from '../../connectors/support/emulated.ts';
import { CALLER } from '../../services/support.ts';
import { inActivity } from '../../../support/mfa-parts.ts';

let emulators: RunningEmulators;
beforeAll(async () => {
  emulators = await startEmulators({ profile: 'empty', rateLimit: 0 });
});
afterAll(() => emulators.close());

describe('the search for another super administrator', () => {
  beforeEach(() => {
    emulators.faults.clear();
    emulators.okta.clearUsers();
    for (const group of emulators.okta.groups.slice(1))
      if (group) emulators.okta.removeGroup(group);
  });

  const { okta } = { okta: () => emulators.okta };
  const search = <Result>(find: (reader: never) => Promise<Result>): Promise<Result> => {
    const { connectors } = emulatedHarness(emulators.document);
    return inActivity(() => find({ connectors, caller: CALLER } as never));
  };
  const refuse = (pathPattern: string) =>
    emulators.faults.add({ vendor: 'okta', pathPattern, kind: 'status', status: 403 });

  it('goes on past groups and users that Okta refuses to read', async () => {
    const ann = okta().addUser({ login: 'ann@example.com', roles: ['SUPER_ADMIN'] });
    const dee = okta().addUser({ login: 'dee@example.com', roles: ['SUPER_ADMIN'] });
    const bob = okta().addUser({ login: 'bob@example.com' });
    okta().addGroup({ name: 'Closed', refuses: { roles: 'E0000006' } });
    okta().addGroup({ name: 'Unlisted', roles: ['SUPER_ADMIN'], refuses: { members: 'E0000006' } });
    okta().addGroup({ name: 'Admins', roles: ['SUPER_ADMIN'], members: [bob.id] });
    refuse(`/users/${dee.id}/roles`);
    expect(await search((reader) => superAdmins(reader, ann.id))).toEqual([
      { id: ann.id, status: 'ACTIVE' },
      { id: bob.id, status: 'ACTIVE' },
    ]);
  });

  it('does not find that there is none if some could not be read', async () => {
    const ann = okta().addUser({ login: 'ann@example.com', roles: ['SUPER_ADMIN'] });
    const { id } = okta().addGroup({ name: 'Admins', roles: ['SUPER_ADMIN'], members: [ann.id] });
    const unlisted = okta().addGroup({
      name: 'Unlisted',
      roles: ['SUPER_ADMIN'],
      refuses: { members: 'E0000006' },
    });
    const refused = { code: 'forbidden' };
    await expect(search((reader) => superAdmins(reader, ann.id))).rejects.toMatchObject(refused);
    unlisted.refuses = {};
    expect(await search((reader) => superAdmins(reader, ann.id))).toHaveLength(1);
    expect(await search((reader) => otherSuperAdminsThan(reader, id))).toBe('some');
  });
});
