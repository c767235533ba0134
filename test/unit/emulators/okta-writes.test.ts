import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { UserRecord } from '../../../emulators/okta/model.ts';
import { startEmulators } from '../../../emulators/start.ts';
import type { RunningEmulators } from '../../../emulators/start.ts';
import { oktaCalls } from '../../support/vendor-calls.ts';
import type { PlainCall } from '../../support/vendor-calls.ts';

let emulators: RunningEmulators;
let okta: PlainCall;
let user: UserRecord;
let number = 0;

beforeAll(async () => {
  emulators = await startEmulators({ profile: 'empty', rateLimit: 0 });
  okta = oktaCalls(emulators.document);
  emulators.okta.addGroup({ name: 'Writers' });
});
beforeEach(() => {
  number += 1;
  user = emulators.okta.addUser({ login: `writer${number}@writes.example` });
});
afterAll(() => emulators.close());

const group = () => emulators.okta.groupNamed('Writers')!;
type Write = [
  name: string,
  method: string,
  path: () => string,
  changed: () => unknown,
  expected: unknown,
  from?: string,
];

const WRITES: Write[] = [
  [
    'deactivate',
    'POST',
    () => `/users/${user.id}/lifecycle/deactivate`,
    () => user.status,
    'DEPROVISIONED',
  ],
  ['suspend', 'POST', () => `/users/${user.id}/lifecycle/suspend`, () => user.status, 'SUSPENDED'],
  [
    'unsuspend',
    'POST',
    () => `/users/${user.id}/lifecycle/unsuspend`,
    () => user.status,
    'ACTIVE',
    'SUSPENDED',
  ],
  [
    'activate',
    'POST',
    () => `/users/${user.id}/lifecycle/activate`,
    () => user.status,
    'ACTIVE',
    'STAGED',
  ],
  [
    'reset password',
    'POST',
    () => `/users/${user.id}/lifecycle/reset_password`,
    () => user.status,
    'RECOVERY',
  ],
  ['clear sessions', 'DELETE', () => `/users/${user.id}/sessions`, () => user.sessions, 0],
  ['delete', 'DELETE', () => `/users/${user.id}`, () => user.status, 'DEPROVISIONED'],
  [
    'add member',
    'PUT',
    () => `/groups/${group().id}/users/${user.id}`,
    () => group().members?.has(user.id),
    true,
  ],
  [
    'remove member',
    'DELETE',
    () => `/groups/${group().id}/users/${user.id}`,
    () => group().members?.has(user.id),
    false,
  ],
];

describe('writes to the emulated Okta', () => {
  it.each(WRITES)('%s takes effect and is logged as a write', async (...write) => {
    const [, method, path, changed, expected, from] = write;
    if (from) user.status = from;
    if (expected === false) group().members?.add(user.id);
    const answer = await okta(method, `/api/v1${path()}`);
    expect(answer.status).toBeLessThan(300);
    expect(changed()).toBe(expected);
    expect(emulators.log.entries.at(-1)).toMatchObject({
      vendor: 'okta',
      method,
      write: true,
      accepted: true,
    });
    expect(emulators.log.entries.at(-1)?.effect).toBeDefined();
  });

  it('create and update change the profile', async () => {
    const profile = {
      login: 'new@writes.example',
      email: 'new@writes.example',
      firstName: 'N',
      lastName: 'N',
    };
    const created = (await okta('POST', '/api/v1/users?activate=false', { profile })).body as {
      id: string;
    };
    await okta('POST', `/api/v1/users/${created.id}`, { profile: { department: 'Sales' } });
    expect(emulators.okta.user(created.id)).toMatchObject({
      status: 'STAGED',
      profile: { department: 'Sales' },
    });
    expect((await okta('POST', '/api/v1/users', { profile })).status).toBe(400);
  });

  it('are refused if the status forbids them, and then not logged as accepted', async () => {
    user.status = 'SUSPENDED';
    const answer = await okta('POST', `/api/v1/users/${user.id}/lifecycle/suspend`);
    expect(answer.body).toMatchObject({ errorCode: 'E0000001' });
    expect(emulators.log.entries.at(-1)).toMatchObject({
      write: true,
      accepted: false,
      status: 400,
    });
  });

  it('to unknown paths are also logged as writes', async () => {
    await okta('POST', '/api/v1/users/x/lifecycle/explode');
    expect(emulators.log.entries.at(-1)).toMatchObject({
      operation: 'unknown',
      write: true,
      accepted: false,
    });
  });

  it('with an invalid body are refused', async () => {
    expect((await okta('POST', '/api/v1/groups', '{"profile":')).body).toMatchObject({
      errorCode: 'E0000003',
    });
  });
});
