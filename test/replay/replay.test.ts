import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DefaultLogger, Runtime, Worker, bundleWorkflowCode } from '@temporalio/worker';
import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { beforeAll, describe, expect, it } from 'vitest';

const HISTORIES = join(import.meta.dirname, 'histories');
const SOURCES = join(import.meta.dirname, '../../src');
const WORKFLOWS = join(SOURCES, 'workflows');
const names = readdirSync(HISTORIES).filter((name) => name.endsWith('.json'));
const logger = new DefaultLogger('ERROR', () => {});

const replay = (workflowBundle: WorkflowBundleWithSourceMap, name: string): Promise<void> =>
  Worker.runReplayHistory(
    { workflowBundle },
    JSON.parse(readFileSync(join(HISTORIES, name), 'utf8')),
    'replayed',
  );

/** Bundles a temporary copy of the workflows with a piece of their source replaced. */
async function bundleChanged(
  from: string,
  to: string,
  workflow = 'mfa-enforcement-check',
): Promise<WorkflowBundleWithSourceMap> {
  const folder = mkdtempSync(join(import.meta.dirname, 'changed-'));
  try {
    for (const room of ['workflows', 'mfa'])
      cpSync(join(SOURCES, room), join(folder, room), { recursive: true });
    const file = join(folder, `workflows/${workflow}.ts`);
    const source = readFileSync(file, 'utf8');
    expect(source.split(from)).toHaveLength(2);
    writeFileSync(file, source.replace(from, to));
    return await bundleWorkflowCode({ workflowsPath: join(folder, 'workflows/index.ts'), logger });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe('recorded histories', () => {
  let bundle: WorkflowBundleWithSourceMap;
  beforeAll(async () => {
    Runtime.install({ logger });
    bundle = await bundleWorkflowCode({ workflowsPath: join(WORKFLOWS, 'index.ts'), logger });
  });

  it('exist for every path', () => {
    expect(names.length).toBeGreaterThanOrEqual(45);
  });

  it.each(names)('%s replays', async (name) => {
    await expect(replay(bundle, name)).resolves.toBeUndefined();
  });

  it('holds no schema library and no vendor SDK in the sandbox', () => {
    expect(bundle.code).not.toMatch(/node_modules\/(zod|@okta|jira\.js|@slack|kysely|pg)\//);
  });

  it.each([
    [
      'the message after the end of the run',
      'const result = await quick.finishRun({ run, ...end });',
      'const result = await quick.finishRun({ run, ...end });\n  await quick.postSummary({ run, ...end });',
    ],
    [
      'no conclusion before the tickets are closed',
      'await quick.conclude({ run, listingLost, ticketsLost })',
      '{ status: "complete" as RunStatus, reasons: [] as string[] }',
    ],
    [
      'the list read twice',
      "if (state.phase === 'tickets') {",
      "if (state.phase === 'tickets') {\n    await quick.listPage({ run, source: 0, page: 99, first: true, most: 1 });",
    ],
  ])('a workflow with %s does not replay', async (_, from, to) => {
    const changed = await bundleChanged(from, to);
    await expect(replay(changed, 'first-run.json')).rejects.toThrow(/[Nn]ondeterminism/);
  });

  it.each([
    ['a step that is not recorded', 'if (begun === null) return true;', 'return true;'],
    ['a plan that is not checked', 'if (plan.ended) return;', 'return;'],
  ])('a delegated flow with %s does not replay', async (_, from, to) => {
    const changed = await bundleChanged(from, to, 'delegated-flow');
    await expect(replay(changed, 'flow-approved.json')).rejects.toThrow(/[Nn]ondeterminism/);
  });
});
