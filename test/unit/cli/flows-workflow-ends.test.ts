import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createWorkflowEnds } from '../../../src/cli/flows/workflow-ends.ts';
import { loadSettings } from '../../../src/cli/kit/settings.ts';
import { startFlow } from '../../../src/client/delegated-flow.ts';
import { flowRun } from '../../support/flow-runs.ts';
import { devServer } from '../../support/temporal.ts';
import type { DevServer } from '../../support/temporal.ts';
import { ioOf } from './governed/support.ts';

const home = mkdtempSync(join(tmpdir(), 'arx-asking-'));
const { workflowId } = flowRun('r1');
let server: DevServer;

beforeAll(async () => {
  server = await devServer();
  await startFlow({ ...server, close: async () => undefined }, flowRun('r1'));
  await server.client.workflow.getHandle(workflowId).terminate();
}, 60_000);
afterAll(async () => {
  await server.close();
  rmSync(home, { recursive: true, force: true });
});

/** What a command with these variables hears of the terminated workflow. */
async function heard(
  env: Record<string, string>,
  options: { local?: boolean } = {},
): Promise<string | null> {
  const settings = await loadSettings(ioOf({ ARX_HOME: home, ...env }).io, {});
  const { ends, close } = createWorkflowEnds(settings, options);
  const code = await ends.findEndCode(workflowId);
  await close();
  return code;
}

const DATABASE_URL = 'postgres://127.0.0.1:1/none';

it('asks the server of the environment', async () => {
  const { address, namespace } = server;
  const env = { DATABASE_URL, TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace };
  expect(await heard(env)).toBe('terminated');
  expect(await heard({ ...env, TEMPORAL_ADDRESS: '127.0.0.1:1' })).toBeNull();
}, 20_000);

it('asks the embedded stack where one runs, and nobody where none does', async () => {
  expect(await heard({}, { local: true })).toBeNull();
  const { address, namespace } = server;
  const record = {
    fingerprint: 'a',
    complete: true,
    kept: false,
    databaseUrl: null,
    workerMetricsUrl: null,
  };
  const temporal = { address, namespace, uiUrl: null };
  writeFileSync(join(home, 'stack.json'), JSON.stringify({ ...record, temporal, processes: {} }));
  expect(await heard({}, { local: true })).toBe('terminated');
  expect(await heard({})).toBe('terminated');
}, 20_000);
