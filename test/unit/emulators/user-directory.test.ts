import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { buildPlainOrg } from '../../../emulators/demo/plain.ts';
import { oktaId, oktaIndex } from '../../../emulators/ids.ts';
import type { UserRecord } from '../../../emulators/okta/model.ts';
import { OktaOrg } from '../../../emulators/okta/org.ts';
import { startEmulators } from '../../../emulators/start.ts';
import { nextLink, oktaCalls } from '../../support/vendor-calls.ts';
import type { PlainCall } from '../../support/vendor-calls.ts';
import { assertProperty } from '../../support/properties.ts';

const MILLION = 1_000_000;
const SETTINGS = { rateLimit: 0, windowMs: 1000, token: 't', denyPaths: [], oauth: null };
const SHAPE = { users: 12, weakShare: 0.25 };

/**
 * The same organisation twice: with users generated on reading, and with users added individually.
 */
function twins(seed: number): { made: OktaOrg; added: OktaOrg } {
  const made = new OktaOrg(seed, SETTINGS);
  buildPlainOrg(made, SHAPE);
  const added = new OktaOrg(seed, SETTINGS);
  for (const { profile, factors } of made.present())
    added.addUser({ login: profile.login, factors });
  return { made, added };
}

type Change = (org: OktaOrg, user: UserRecord | null, number: number) => void;
const CHANGES: readonly Change[] = [
  (org, user) =>
    user &&
    org.patchUser(user, { factors: [{ type: 'webauthn' }], profile: { department: 'Sales' } }),
  (org, user, number) =>
    user && org.patchUser(user, { profile: { login: `renamed${number}@plain.example` } }),
  (org, user) => user && org.setStatus(user, 'SUSPENDED'),
  (org, user) => user && org.removeUser(user),
  (org, _, number) => org.addUser({ login: `added${number}@plain.example`, groups: ['Late'] }),
  (org, user) => user && org.groupNamed('Late')?.members?.add(user.id),
  (org) => org.clearUsers(),
];
// Clears only rarely, so that other changes are also tested.
const change = fc.record({ kind: fc.integer({ min: 0, max: 5 }), place: fc.nat(15) });
const changes = fc.array(
  fc.oneof({ arbitrary: change, weight: 20 }, fc.constant({ kind: 6, place: 0 })),
  {
    maxLength: 25,
  },
);

/** Everything visible in an organisation, except times of writes. */
function seen(org: OktaOrg, ids: readonly string[]): unknown {
  const plain = (user: UserRecord | null): unknown =>
    user && { ...user, lastUpdated: '', statusChanged: '' };
  return {
    present: org.present().map(plain),
    byId: ids.map((id) => plain(org.view(id))),
    byLogin: org.present().map(({ profile }) => org.view(profile.login.toUpperCase())?.id),
    gone: ['user000003@plain.example', 'USER000012@plain.example'].map(
      (login) => org.view(login)?.id,
    ),
    places: ids.map((id) => org.place(id)),
    late: [...(org.groupNamed('Late')?.members ?? [])],
  };
}

describe('users generated on reading', () => {
  it('cannot be distinguished from individually added users, whatever changes', () => {
    assertProperty(
      fc.property(fc.integer({ min: 1, max: 1000 }), changes, (seed, wanted) => {
        const { made, added } = twins(seed);
        const ids = [...added.present().map(({ id }) => id), '00uStranger0000000000'];
        for (const [number, { kind, place }] of wanted.entries())
          for (const org of [made, added])
            CHANGES[kind]?.(org, org.user(org.users.at(place)?.id ?? ''), number);
        expect(seen(made, ids)).toEqual(seen(added, ids));
      }),
      { numRuns: 300 },
    );
  });

  it('are found only by their own logins', () => {
    const { made } = twins(1);
    expect(made.view('User000012@Plain.example')?.index).toBe(11);
    for (const stranger of ['user000000', 'user000013', 'user0000012', 'user12', 'xuser000012'])
      expect(made.view(`${stranger}@plain.example`)).toBeNull();
  });

  it('are stored from the first change on', () => {
    const { made } = twins(1);
    const user = made.user('user000005@plain.example')!;
    user.sessions = 0;
    expect(made.view(user.id)?.sessions).toBe(0);
    expect(made.view('user000006@plain.example')).not.toBe(made.view('user000006@plain.example'));
  });
});

describe('an id', () => {
  it('gives its index, only with its own prefix and seed', () => {
    assertProperty(
      fc.property(
        fc.integer({ min: 0, max: 62 ** 5 - 1 }),
        fc.integer({ min: 1, max: 2 ** 31 }),
        (index, seed) => {
          const id = oktaId('00u', index, seed);
          expect(id).toMatch(/^00u[A-Za-z0-9]{17}$/);
          expect(oktaIndex('00u', id, seed)).toBe(index);
          expect(oktaIndex('00g', id, seed)).toBeNull();
          expect(oktaIndex('00u', id, seed + 1)).toBeNull();
        },
      ),
    );
  });

  it('never changes between versions', () => {
    expect([0, 1, 999_999, 64_000_063].map((index) => oktaId('00u', index, 1))).toEqual([
      '00uc0WyyHbiQQDZlZ5d7',
      '00uVC7uPxHhpqR9X85d7',
      '00u14CVPoZJ2o5pc85d7',
      '00u06DPBtjA5m2CSO5d7',
    ]);
  });

  it.each(['', '00u', 'not-an-id', '00u§§§§§§§§§§§§§§5d7', 'user000001@plain.example'])(
    '%j is none',
    (text) => {
      expect(oktaIndex('00u', text, 1)).toBeNull();
    },
  );
});

describe('a million users', () => {
  const logins = ({ body }: { body: unknown }): string[] =>
    (body as { profile: { login: string } }[]).map(({ profile }) => profile.login);
  const search = (okta: PlainCall, text: string) =>
    okta('GET', `/api/v1/users?search=${encodeURIComponent(text)}`);

  it('are available immediately, and no lookup or page reads them all', async () => {
    const emulators = await startEmulators({
      profile: 'plain',
      users: MILLION,
      rateLimit: 0,
      log: null,
    });
    const okta = oktaCalls(emulators.document);
    const reads = vi.spyOn(emulators.okta.users, 'at');
    const last = emulators.okta.view('user1000000@plain.example')!;
    for (const text of [
      `profile.login eq "USER1000000@plain.example"`,
      `status pr and id eq "${last.id}"`,
    ])
      expect(logins(await search(okta, text))).toEqual(['user1000000@plain.example']);
    expect(logins(await search(okta, 'status eq "SUSPENDED"'))).toEqual([]);
    const cursor = emulators.okta.users.at(MILLION - 3)!.id;
    const page = await okta('GET', `/api/v1/users?limit=200&after=${cursor}`);
    expect([logins(page), nextLink(page)]).toEqual([
      ['user999999@plain.example', 'user1000000@plain.example'],
      null,
    ]);
    expect((await okta('GET', `/api/v1/users/${last.id}/factors`)).body).toHaveLength(1);
    expect((await okta('GET', '/api/v1/iam/assignees/users')).body).toMatchObject({ value: [] });
    emulators.okta.setStatus(last, 'SUSPENDED');
    emulators.okta.patchUser(emulators.okta.user('user000002@plain.example')!, {
      status: 'SUSPENDED',
    });
    const suspended = ['user000002@plain.example', 'user1000000@plain.example'];
    expect(logins(await search(okta, 'status eq "SUSPENDED"'))).toEqual(suspended);
    expect(
      logins(await search(okta, `profile.login eq "${suspended[0]}" or id eq "${last.id}"`)),
    ).toEqual(suspended);
    await emulators.close();
    // Each search reads the user it names, and those of the page.
    expect(reads.mock.calls.length).toBeLessThan(1_000);
  });
});
