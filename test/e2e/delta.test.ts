import { afterAll, beforeAll, expect, test } from 'vitest';
import type { NewUser } from '../../emulators/okta/model.ts';
import { mainJob } from '../support/main-job.ts';
import type { MainJob } from '../support/main-job.ts';
import { borrowPglite } from '../support/pglite.ts';
import type { TestDatabase } from '../support/pglite.ts';

const COVERED = 20;
const OLD = '2020-01-01T00:00:00.000Z';
const OPERATIONS = [
  'users:read',
  'users:read_detail',
  'users:read_factors',
  'groups:read',
  'groups:read_members',
];
const CONFIG = {
  connectors: { okta: { operations: [...OPERATIONS, 'logs:read'] } },
  scan: { mode: 'delta', log_delay: '2s', batch: 5, max_unknown: 1, max_drop: 1 },
};

let database: TestDatabase;
let job: MainJob;
let ids: string[];
const ago = (hours: number): string => new Date(Date.now() - hours * 3_600_000).toISOString();
const named = (position: number) => ({
  id: `${ids[position]}`,
  type: 'User',
  alternateId: `d${position}@example.com`,
  displayName: `d${position}`,
});
const factorCalls = async (): Promise<number> =>
  (await job.emulators.log({ vendor: 'okta' })).filter(({ path }) => /\/factors/.test(path)).length;

beforeAll(async () => {
  database = await borrowPglite();
  job = await mainJob(database.databaseUrl, { config: CONFIG });
  const users = Array.from({ length: COVERED + 1 }, (_, n): NewUser => {
    return {
      login: `d${n}@example.com`,
      created: OLD,
      factors: n < COVERED ? [{ type: 'webauthn' }] : [],
    };
  });
  ids = (await job.emulators.addUsers(users)).map(({ id }) => id);
  await job.emulators.addLogEvents([{ eventType: 'user.session.start', published: ago(3) }]);
  await job.startWorker();
}, 60_000);
afterAll(async () => {
  await job.close();
  await job.temporal.close();
  await database.close();
});

test('reads all users first, with the reason, then only changed users, and keeps the ticket of an unchanged user', async () => {
  const first = await job.run();
  expect(first).toMatchObject({
    status: 'complete',
    scan: { mode: 'full', reread: COVERED + 1, base: null },
  });
  expect(first.tickets.created).toBe(1);
  await job.emulators.patchUser(`${ids[4]}`, { factors: [{ type: 'sms' }] });
  await job.emulators.addLogEvents([
    { eventType: 'user.mfa.factor.deactivate', targets: [named(4)] },
  ]);
  const before = await factorCalls();
  const second = await job.run();
  expect(second).toMatchObject({
    status: 'complete',
    scan: { mode: 'delta', reread: 1, takenOver: COVERED, base: { run: first.run } },
    changes: { regressed: 1, new: 0, resolved: 0 },
    tickets: { created: 1, kept: 1 },
  });
  // Changed users, and users whose ticket is about to be opened.
  expect((await factorCalls()) - before).toBe(2);
  const [message] = (await job.emulators.state('messages')).messages.slice(-1);
  expect(JSON.stringify(message)).toContain(
    `Delta scan: 1 read, ${COVERED} reused from run ${first.run}`,
  );
}, 60_000);

test('reads all users after a policy change, and always with --mode full', async () => {
  await job.emulators.addLogEvents([{ eventType: 'policy.rule.update' }]);
  const forced = await job.run();
  expect(forced.scan).toMatchObject({
    mode: 'full',
    reread: COVERED + 1,
    reason: expect.stringContaining('policy.rule'),
  });
  const asked = await job.run({ mode: 'full' });
  expect(asked.scan).toBeUndefined();
}, 60_000);
