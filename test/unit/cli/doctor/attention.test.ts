import { expect, it } from 'vitest';
import { exemptionCheck } from '../../../../src/cli/doctor/exemptions.ts';
import { keyCheck } from '../../../../src/cli/doctor/keys.ts';
import { exemptionWarnings } from '../../../../src/cli/kit/exemption-warnings.ts';
import { configSchema } from '../../../../src/config/schema/schema.ts';
import type { AccessKey } from '../../../../src/store/governance-types.ts';

const NOW = Date.parse('2026-11-22T12:00:00.000Z');
const exemption = (user: string, until: string) => ({ user, until, reason: 'r', owner: 'it@x' });
const configOf = (...exemptions: object[]) => configSchema.parse({ version: 1, exemptions });

it('warns about exemptions that have ended or end soon', () => {
  const { exemptions } = configOf(
    exemption('old@x', '2026-11-21'),
    exemption('today@x', '2026-11-22'),
    exemption('soon@x', '2026-12-01'),
    exemption('later@x', '2027-11-22'),
  );
  expect(exemptionWarnings(exemptions, NOW)).toEqual([
    'the exemption of old@x (owner it@x) ended on 2026-11-21: renew it or remove it',
    'the exemption of today@x (owner it@x) ends on 2026-11-22',
    'the exemption of soon@x (owner it@x) ends on 2026-12-01',
  ]);
});

it('warns about exemptions that match nobody, once a check has read the users', async () => {
  const config = configOf(exemption('ann@x', '2099-01-01'), exemption('nobody@x', '2099-01-01'));
  const names = {
    find: async (name: string) => (name === 'ann@x' ? [{ kind: 'user', id: '00u1', name }] : []),
    ofIds: async () => new Map(),
  };
  const storeWith = (runs: number) =>
    ({ names, runs: { list: async () => Array(runs).fill({}) } }) as never;
  expect(await exemptionCheck({ config }, storeWith(1))).toMatchObject({
    ok: true,
    state: 'warning',
    detail: 'the exemption of nobody@x matches nobody that was read',
  });
  expect(await exemptionCheck({ config }, storeWith(0))).toMatchObject({
    ok: true,
    detail: '2 valid',
  });
});

it('warns about access keys that end soon', async () => {
  const key = (name: string, expiresAt: string | null, revokedAt: string | null = null) =>
    ({ name, expiresAt, revokedAt }) as AccessKey;
  const storeWith = (...keys: AccessKey[]) => ({ keys: { accessKeys: async () => keys } }) as never;
  expect(
    await keyCheck(
      storeWith(key('soon', '2026-11-30T00:00:00.000Z'), key('later', '2027-11-30T00:00:00.000Z')),
      NOW,
    ),
  ).toMatchObject({ ok: true, state: 'warning', detail: 'soon ends on 2026-11-30' });
  const revoked = key('gone', '2026-11-30T00:00:00.000Z', '2026-11-01T00:00:00.000Z');
  const ended = key('ended', '2026-11-01T00:00:00.000Z');
  expect(await keyCheck(storeWith(revoked, ended, key('old', null)), NOW)).toMatchObject({
    detail: '1 in use',
  });
});
