import { afterAll, beforeAll, expect, it } from 'vitest';
import { startEmulators } from '../../../emulators/start.ts';
import type { RunningEmulators } from '../../../emulators/start.ts';
import { findUserBySlackId } from '../../../src/server/slack/users.ts';
import { context } from '../connectors/support/harness.ts';
import { emulatedHarness } from '../connectors/support/emulated.ts';

let emulators: RunningEmulators;
const PEOPLE = [
  { login: 'ann@example.com' },
  { login: 'bob@corp.example', profile: { email: 'bob@example.com' } },
  { login: 'cyd@example.com', status: 'SUSPENDED' },
  { login: 'dan1@corp.example', profile: { email: 'dan@example.com' } },
  { login: 'dan2@corp.example', profile: { email: 'dan@example.com' } },
] as const;
const MEMBERS = [
  { id: 'U0ANN', email: 'Ann@example.com' },
  { id: 'U0BOB', email: 'bob@example.com' },
  { id: 'U0CYD', email: 'cyd@example.com' },
  { id: 'U0DAN', email: 'dan@example.com' },
  { id: 'U0EVE', email: 'eve@example.com' },
  { id: 'U0GONE', email: 'gone@example.com', deleted: true },
];

beforeAll(async () => {
  emulators = await startEmulators({ profile: 'empty' });
  for (const user of PEOPLE) emulators.okta.addUser(user);
  for (const member of MEMBERS) emulators.slack.addMember(member);
});
afterAll(() => emulators.close());

it.each([
  ['U0ANN', 'ann@example.com'],
  ['U0BOB', 'bob@corp.example'],
  ['U0CYD', undefined],
  ['U0DAN', undefined],
  ['U0EVE', undefined],
  ['U0GONE', undefined],
  ['U0NOBODY', undefined],
])('%s is %s', async (userId, login) => {
  const { okta, slack } = emulatedHarness(emulators.document).connectors;
  const person = await findUserBySlackId(
    { okta, slack, context: (subject) => context({ subject }) },
    userId,
  );
  expect(person?.login).toBe(login);
});

it('an address that leads to another user of the workspace proves nothing', async () => {
  const { okta, slack } = emulatedHarness(emulators.document).connectors;
  const shared = { id: 'U0FALSE', email: 'ann@example.com', name: 'false', deleted: false };
  emulators.slack.members.push(shared);
  const reader = {
    okta,
    slack,
    context: <Output>(subject: string) => context<Output>({ subject }),
  };
  expect(await findUserBySlackId(reader, 'U0FALSE')).toBeNull();
});
