import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEmulators } from '../../../emulators/start.ts';
import type { RunningEmulators } from '../../../emulators/start.ts';
import { nextLink, oktaCalls } from '../../support/vendor-calls.ts';
import type { PlainCall } from '../../support/vendor-calls.ts';

let emulators: RunningEmulators;
let okta: PlainCall;
let ids: string[];

beforeAll(async () => {
  emulators = await startEmulators({ profile: 'empty', rateLimit: 0 });
  okta = oktaCalls(emulators.document);
  ids = [1, 2, 3].map(
    (n) => emulators.okta.addUser({ login: `m${n}@groups.example`, groups: ['Alpha'] }).id,
  );
  emulators.okta.addGroup({ name: 'Alpha Two', members: ['m1@groups.example'] });
});
afterAll(() => emulators.close());

async function names(query: string): Promise<string[]> {
  const { body } = await okta('GET', `/api/v1/groups?${query}`);
  return (body as { profile: { name: string } }[]).map(({ profile }) => profile.name);
}

describe('groups', () => {
  it('are found by the beginning of a name, or by the whole name', async () => {
    expect(await names('q=alpha')).toEqual(['Alpha', 'Alpha Two']);
    expect(await names(`search=${encodeURIComponent('profile.name eq "Alpha"')}`)).toEqual([
      'Alpha',
    ]);
    expect(await names(`filter=${encodeURIComponent('type eq "BUILT_IN"')}`)).toEqual(['Everyone']);
  });

  it('are paged', async () => {
    const first = await okta('GET', '/api/v1/groups?limit=2');
    const second = await okta('GET', nextLink(first) ?? '');
    expect([first.body, second.body].map((page) => (page as unknown[]).length)).toEqual([2, 1]);
    expect(nextLink(second)).toBeNull();
  });

  it('page their members, and omit deleted users', async () => {
    const alpha = emulators.okta.groupNamed('Alpha')?.id;
    const first = await okta('GET', `/api/v1/groups/${alpha}/users?limit=2`);
    const second = await okta('GET', nextLink(first) ?? '');
    const found = [first, second].flatMap(({ body }) =>
      (body as { id: string }[]).map(({ id }) => id),
    );
    expect(found).toEqual(ids);
    emulators.okta.setStatus(emulators.okta.user(ids[1] ?? '')!, 'DEPROVISIONED');
    expect((await okta('GET', `/api/v1/groups/${alpha}/users`)).body).toHaveLength(2);
    emulators.okta.setStatus(emulators.okta.user(ids[1] ?? '')!, 'ACTIVE');
  });

  it('of a user are the built-in one and those of the user', async () => {
    const { body } = await okta('GET', `/api/v1/users/${ids[0]}/groups`);
    const found = (body as { profile: { name: string } }[]).map(({ profile }) => profile.name);
    expect(found).toEqual(['Everyone', 'Alpha', 'Alpha Two']);
  });

  it('that are missing answer 404', async () => {
    expect((await okta('GET', '/api/v1/groups/00g00000000000000000')).status).toBe(404);
    expect((await okta('GET', '/api/v1/groups/00g00000000000000000/users')).status).toBe(404);
  });
});
