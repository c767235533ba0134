import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readAccount } from '../../../../src/activities/flows/read-target.ts';
import { vendorEnvironment } from '../../../../src/cli/demo/home.ts';
import { accountVendors } from '../../../../src/config/env/account-vendors.ts';
import { readEnv } from '../../../../src/config/env/env.ts';
import { effectState } from '../../../../src/flows/effects.ts';
import { startEmulators } from '../../../../emulators/start.ts';
import type { RunningEmulators } from '../../../../emulators/start.ts';
import { directoryWith } from '../../../support/config.ts';
import { inActivity } from '../../../support/mfa-parts.ts';
import { accountHarness } from '../../connectors/support/accounts.ts';
import { CALLER, policy } from '../../connectors/support/harness.ts';

let emulators: RunningEmulators;
beforeAll(async () => {
  emulators = await startEmulators({ profile: 'empty', log: null });
});
afterAll(() => emulators.close());

/** Reads an account; `operations`: what the policies allow. */
async function read(
  connector: 'entra' | 'google' | 'salesforce',
  id: string,
  operations = ['*:*'],
) {
  const cwd = directoryWith({});
  const env = readEnv({ env: vendorEnvironment(emulators.document), cwd, userHome: cwd });
  const { connectors } = accountHarness('http://127.0.0.1:9', {
    ...accountVendors(env),
    bundle: () => ({
      ok: true,
      digest: 'e'.repeat(64),
      policies: [policy({ connector, operations, riskMax: 'LOW' })],
    }),
  });
  return inActivity(() => readAccount({ connectors, caller: CALLER }, connector, id));
}

describe('the state of an account', () => {
  it.each([
    [{}, 'ACTIVE', 'ready', 'done'],
    [{ frozen: true }, 'FROZEN', 'ready', 'done'],
    [{ locked: true }, 'LOCKED', 'ready', 'done'],
    [{ frozen: true, locked: true }, 'FROZEN', 'ready', 'done'],
    [{ active: false, frozen: true }, 'INACTIVE', 'done', 'ready'],
  ])('of Salesforce: %j is %s', async (state, status, deactivate, activate) => {
    const user = emulators.salesforce.addUser({
      username: `${JSON.stringify(state).length}.${status}@example.com`.toLowerCase(),
      ...state,
    });
    const account = await read('salesforce', user.id);
    expect(account.status).toBe(status);
    expect(effectState('salesforce:users:deactivate', { account })).toBe(deactivate);
    expect(effectState('salesforce:users:activate', { account })).toBe(activate);
  });

  it('of Salesforce is ACTIVE where nobody may read whether the user is frozen', async () => {
    const user = emulators.salesforce.addUser({ username: 'hidden@example.com', frozen: true });
    expect((await read('salesforce', user.id, ['users:read'])).status).toBe('ACTIVE');
  });

  it.each([
    [true, 'ENABLED', 'ready', 'done'],
    [false, 'DISABLED', 'done', 'ready'],
    // Never set: not enabled, and a write still makes a difference.
    [null, 'NOT_SET', 'ready', 'ready'],
  ])(
    'of Entra ID with accountEnabled %j is %s',
    async (accountEnabled, status, disable, enable) => {
      const user = emulators.entra.addUser({
        userPrincipalName: `${String(accountEnabled)}@example.com`,
        accountEnabled,
      });
      const account = await read('entra', user.id);
      expect(account.status).toBe(status);
      expect(effectState('entra:users:disable', { account })).toBe(disable);
      expect(effectState('entra:users:enable', { account })).toBe(enable);
    },
  );

  it('of a guest of Entra ID is read by its name', async () => {
    const userPrincipalName = 'ann_mail.example#EXT#@example.onmicrosoft.com';
    const { id } = emulators.entra.addUser({ userPrincipalName });
    expect(await read('entra', userPrincipalName)).toMatchObject({ id, status: 'ENABLED' });
  });

  it('of Google is read by an alias, with its own id', async () => {
    const { id } = emulators.google.addUser({
      primaryEmail: 'ann@example.com',
      aliases: ['a.smith@example.com'],
      suspended: true,
      isAdmin: true,
    });
    const account = await read('google', 'a.smith@example.com');
    expect(account).toMatchObject({ id, status: 'SUSPENDED', administrator: true });
    expect(effectState('google:users:suspend', { account })).toBe('done');
  });
});
