import { describe, expect, it } from 'vitest';
import { UserReader } from '../../../../src/activities/governance/user-reader.ts';
import type { OktaUser } from '../../../../src/connectors/types.ts';
import { inActivity } from '../../../support/mfa-parts.ts';

type Input = { login?: string; email?: string; search?: string };

/** Okta with these users; `unsearched` are not in the results of searches yet. */
function oktaWith(users: readonly Partial<OktaUser>[], unsearched: readonly string[] = []) {
  const calls: Input[] = [];
  const okta = async (_: string, input: Input) => {
    calls.push(input);
    const isFound = ({ login = '', email }: Partial<OktaUser>): boolean => {
      if (input.search === undefined) return input.login === login || input.email === email;
      const asked = input.search.toLowerCase();
      const isNamed = [login, email].some((name) => name && asked.includes(name.toLowerCase()));
      return isNamed && !unsearched.includes(login);
    };
    return { output: { items: users.filter(isFound), next: null } };
  };
  const reader = (): UserReader =>
    new UserReader({ connectors: { okta: okta as never } }, { run: 'run', workflowId: 'test' });
  const findEach = (names: readonly string[]) =>
    inActivity(async () => (await reader().findEach(names)).map((user) => user?.id ?? null));
  return { calls, findEach };
}

describe('users who are looked up by several names', () => {
  const ann = { id: 'ann', login: 'Ann@example.com', email: 'a@mail.example' };
  const bob = { id: 'bob', login: 'bob@example.com', email: 'shared@mail.example' };
  const cyd = { id: 'cyd', login: 'cyd@example.com', email: 'shared@mail.example' };

  it('are found by one search, by login or address in any case', async () => {
    const { calls, findEach } = oktaWith([ann, bob]);
    expect(await findEach(['ANN@example.com', 'bob@example.com', 'A@mail.example'])).toEqual([
      'ann',
      'bob',
      'ann',
    ]);
    expect(calls).toHaveLength(1);
  });

  it('are looked up alone if the search does not have them yet, or their name is unknown', async () => {
    const { calls, findEach } = oktaWith([ann, bob], ['bob@example.com']);
    expect(await findEach(['Ann@example.com', 'bob@example.com', 'no@example.com'])).toEqual([
      'ann',
      'bob',
      null,
    ]);
    expect(calls).toContainEqual({ login: 'bob@example.com' });
  });

  it('are nobody where several have the address', async () => {
    const { findEach } = oktaWith([ann, bob, cyd]);
    expect(await findEach(['Ann@example.com', 'shared@mail.example'])).toEqual(['ann', null]);
  });
});
