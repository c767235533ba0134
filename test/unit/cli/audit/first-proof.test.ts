import { expect, it } from 'vitest';
import { appendMany } from '../../../support/checkpoints.ts';
import { storeOfTest } from '../support/store.ts';
import { arx } from '../support/terminal.ts';

const of = storeOfTest('arx-first-proof');

it('proves the first entry of a new store, and creates the key of its trail', async () => {
  await appendMany(of.store, 1);
  const env = { ...of.env, OKTA_DOMAIN: 'acme.okta.com' };
  const { code, out } = await arx(['audit', 'prove', '0', '--json'], env);
  expect(code).toBe(0);
  const proof = JSON.parse(out) as Record<string, unknown>;
  // The second entry is about the new key.
  expect(proof).toMatchObject({ schema: 'arx.proof/v1', index: 0, size: 2 });
  expect(proof['checkpoint']).toContain('arx/acme.okta.com\n2\n');
  expect((await of.store.auditKeys.list()).map(({ toSize }) => toSize)).toEqual([null]);
});

it('names what creates the key if the organisation is not known', async () => {
  await appendMany(of.store, 1);
  const { OKTA_DOMAIN: _, ...env } = of.env;
  const { code, out } = await arx(['audit', 'prove', '0', '--json'], env);
  expect(code).toBe(1);
  expect(JSON.parse(out)).toMatchObject({
    code: 'audit_key_missing',
    message: expect.stringContaining('OKTA_DOMAIN'),
  });
});
