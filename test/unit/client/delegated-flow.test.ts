import { afterAll, beforeAll, expect, it } from 'vitest';
import { connect } from '../../../src/client.ts';
import type { TemporalLink } from '../../../src/client.ts';
import { flowProgress, flowResult, startFlow } from '../../../src/client/delegated-flow.ts';
import { workflowEnds } from '../../../src/client/flow-ends.ts';
import { flowRun } from '../../support/flow-runs.ts';
import { devServer } from '../../support/temporal.ts';

let link: TemporalLink;

beforeAll(async () => {
  const { client, address, namespace, close } = await devServer();
  link = { client, address, namespace, close };
}, 60_000);
afterAll(() => link.close());

it('starts the workflow of a run once, however often and late the start is requested', async () => {
  const record = flowRun('r1');
  const started = await Promise.all(Array.from({ length: 10 }, () => startFlow(link, record)));
  const [first] = started;
  expect(first?.workflowId).toBe('delegated-flow/r1');
  expect(new Set(started.map((one) => one?.run))).toEqual(new Set([first?.run]));
  expect(await flowProgress(link, record.workflowId, 50)).toBeNull();
  await link.client.workflow.getHandle(record.workflowId).terminate();
  expect(await startFlow(link, record)).toMatchObject(first!);
  await expect(flowResult(link, first!)).rejects.toMatchObject({
    name: 'WorkflowEndedError',
    type: 'terminated',
  });
}, 30_000);

it('reports how a workflow ended without closing its run, and nothing if it runs, is unknown or cannot be looked up', async () => {
  const { findEndCode: ended, findOperationEnd: made } = workflowEnds(async () => link);
  const { workflowId } = flowRun('r3');
  expect([await ended(workflowId), await made(workflowId)]).toEqual([
    null,
    { request: null, state: 'none' },
  ]);
  await startFlow(link, flowRun('r3'));
  expect([await ended(workflowId), await made(workflowId)]).toEqual([null, null]);
  await link.client.workflow.getHandle(workflowId).terminate();
  expect([await ended(workflowId), await made(workflowId)]).toEqual([
    'terminated',
    { request: null, state: 'unknown' },
  ]);
  const nowhere = workflowEnds(async () => null);
  expect([
    await nowhere.findEndCode(workflowId),
    await nowhere.findOperationEnd(workflowId),
  ]).toEqual([null, null]);
  const gone = await connect({ address: link.address, namespace: 'not-there' });
  const elsewhere = workflowEnds(async () => gone);
  expect([
    await elsewhere.findEndCode(workflowId),
    await elsewhere.findOperationEnd(workflowId),
  ]).toEqual([null, null]);
  await gone.close();
}, 30_000);

it('starts nothing for a run that has ended', async () => {
  expect(await startFlow(link, flowRun('r2', { state: 'ended', outcome: 'unrouted' }))).toBeNull();
  const listed = await link.client.workflowService.countWorkflowExecutions({
    namespace: link.namespace,
    query: "WorkflowId = 'delegated-flow/r2'",
  });
  expect(Number(listed.count)).toBe(0);
});
