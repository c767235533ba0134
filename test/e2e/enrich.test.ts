import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ENRICH_WORKFLOW, TASK_QUEUE } from '../../src/workflows/messages.ts';
import type { EnrichAccountInput, EnrichAccountResult } from '../../src/workflows/messages.ts';
import { PEOPLE } from '../unit/services/support.ts';
import { CommandLine } from '../support/command-line.ts';
import { spelledOut } from '../support/leaks.ts';
import { mainJob } from '../support/main-job.ts';
import type { MainJob } from '../support/main-job.ts';
import { migratedDatabase } from '../support/postgres.ts';
import { startServerProcess } from '../support/server-process.ts';

interface Document {
  schema: string;
  results: {
    indicator: string;
    okta: { cached: boolean; found: boolean; extracted: { login: string } | null };
  }[];
  steps?: { call: string; status: number }[];
}

describe('an account looked up by command line, HTTP and workflow over one store', () => {
  let job: MainJob;
  let close: () => Promise<void>;
  let arx: CommandLine;
  const folder = mkdtempSync(join(tmpdir(), 'arx-enrich-'));
  beforeAll(async () => {
    const database = await migratedDatabase();
    close = database.close;
    job = await mainJob(database.databaseUrl);
    await job.emulators.addUsers(PEOPLE, { replace: true });
    await job.startWorker();
    arx = new CommandLine(folder, job.env);
  });
  afterAll(async () => {
    await job.close();
    await job.temporal.close();
    await close();
    rmSync(folder, { recursive: true, force: true });
  });
  const calls = async (): Promise<number> => (await job.emulators.log({ vendor: 'okta' })).length;

  it('is looked up once for all of them, and again on request', async () => {
    const before = await calls();
    const first = await arx.document<Document>(['enrich', 'CORP\\ann']);
    expect(first).toMatchObject({
      schema: 'arx.enrichment/v1',
      results: [{ okta: { found: true, cached: false } }],
    });
    expect((await calls()) - before).toBe(5);
    const { key } = await arx.document<{ key: string }>(['keys', 'create', '--name', 'soc']);
    const server = await startServerProcess(job.env, folder);
    const headers = { 'x-api-key': key };
    const answer = await fetch(`${server.url}/v1/enrich/account/Ann`, { headers });
    expect([answer.status, await answer.json()]).toMatchObject([
      200,
      { okta: { cached: true, found: true } },
    ]);
    expect((await fetch(`${server.url}/v1/enrich/account/ann`)).status).toBe(401);
    expect(await server.stop()).toBe(0);
    const { result } = await enrich({ account: 'ann' });
    expect(result).toMatchObject({ found: true, cached: true, success: true, errors: [] });
    expect((await calls()) - before).toBe(5);
    const { steps, results } = await arx.document<Document>(['enrich', '--test', 'ann']);
    expect(results).toMatchObject([
      { okta: { cached: false, extracted: { login: 'ann@example.com' } } },
    ]);
    expect(steps?.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect(JSON.stringify(steps)).not.toContain(job.env['OKTA_API_TOKEN']);
  });

  it('leaves no name in a history started by arx', async () => {
    const inputRef = await job.store.snapshots.put({ account: 'cy@example.com' });
    const { result, history } = await enrich({ inputRef });
    expect(result).toMatchObject({ found: true, success: true });
    expect(history).not.toMatch(/cy@example/);
    expect(await enrich({ account: 'cy' })).toMatchObject({
      result: { found: false, ambiguous: true, account: null },
    });
  });

  it('is reported in its own row if it cannot be an account', async () => {
    expect(await arx.document<Document>(['enrich', 'a"b'], 2)).toMatchObject({
      results: [{ okta: { success: false, error: { code: 'invalid_argument' } } }],
    });
    expect(await arx.document<Document>(['enrich', 'a"b', '', 'HOST01$', 'ann'])).toMatchObject({
      results: [
        { okta: { error: { code: 'invalid_argument' } } },
        { okta: { error: { code: 'not_an_okta_account' } } },
        { okta: { error: { code: 'not_an_okta_account' } } },
        { okta: { success: true, error: null } },
      ],
    });
    expect(await arx.document<Document>(['enrich'], 2)).toMatchObject({ code: 'usage' });
    await expect(enrich({})).rejects.toThrow();
  });

  let started = 0;
  async function enrich(
    input: EnrichAccountInput,
  ): Promise<{ result: EnrichAccountResult; history: string }> {
    const workflowId = `enrich-account/${(started += 1)}`;
    const options = { taskQueue: TASK_QUEUE, workflowId, args: [input] };
    const handle = await job.temporal.client.workflow.start(ENRICH_WORKFLOW, options);
    const result = (await handle.result()) as EnrichAccountResult;
    const history = spelledOut(await handle.fetchHistory());
    return { result, history };
  }
});
