import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { CheckResult } from '../../../src/cli/doctor/check.ts';
import { startEmulatorProcess } from '../../support/emulators.ts';
import type { EmulatorProcess } from '../../support/emulators.ts';
import { borrowPglite } from '../../support/pglite.ts';
import type { TestDatabase } from '../../support/pglite.ts';
import { arx } from './support/terminal.ts';

const folder = mkdtempSync(join(tmpdir(), 'arx-online-'));
const config = join(folder, 'arx.yaml');
let emulators: EmulatorProcess;
let database: TestDatabase;

beforeAll(async () => {
  emulators = await startEmulatorProcess({ profile: 'empty', log: null });
  database = await borrowPglite();
});
afterAll(async () => {
  await database.close();
  await emulators.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function check(tickets: string, flags: readonly string[] = ['--json']) {
  writeFileSync(
    config,
    `version: 1\npolicies: ["${resolve('policies')}/*.yaml"]\ntickets: ${tickets}\n`,
  );
  const env = { ...emulators.env, ARX_HOME: folder, DATABASE_URL: database.databaseUrl };
  return arx(['config', 'check', '--online', '--config', config, ...flags], env);
}

it('compares the configuration of tickets with Jira', async () => {
  const fits = await check('{}');
  const { valid, online } = JSON.parse(fits.out) as { valid: boolean; online: CheckResult[] };
  expect([fits.code, valid]).toEqual([0, true]);
  expect(online.map(({ name }) => name)).toContain('jira create screen');
  expect(online.filter(({ ok }) => !ok)).toEqual([]);
});

it('names what does not fit, and exits with 1', async () => {
  const { code, out } = await check('{ fields: { customfield_9: x }, priority: Urgent }', []);
  expect(code).toBe(1);
  expect(out).toMatch(
    /FAIL.*jira create screen.*tickets\.fields\.customfield_9 is not on the screen/,
  );
  expect(out).toContain('tickets.priority Urgent: it takes one of Highest, High');
});
