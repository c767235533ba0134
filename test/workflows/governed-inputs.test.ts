import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WorkflowFailedError } from '@temporalio/client';
import type { ApplicationFailure } from '@temporalio/common';
import { bindInput } from '../../src/governance/stored-input.ts';
import { governedWorker } from '../support/governed-worker.ts';

describe('the stored input of a governed operation', () => {
  let job: Awaited<ReturnType<typeof governedWorker>>;
  let group: ReturnType<(typeof job)['emulators']['okta']['addGroup']>;
  let serial = 0;

  beforeAll(async () => {
    job = await governedWorker();
    group = job.emulators.okta.addGroup({ name: 'MFA' });
  });
  afterAll(() => job.close());

  const typed = () => ({
    operation: 'okta:groups:add_member',
    params: { groupId: group.id, userId: job.target.id },
    reason: 'test',
    as: 'user:requester@example.com',
  });
  const stored = (workflowId: string) =>
    job.store.snapshots.put(
      bindInput(
        { ...typed(), authenticatedBy: 'key', surface: 'cli' },
        { workflowId, madeAt: Date.now() },
      ),
    );
  const newId = (): string => `governed-operation/test-${(serial += 1)}`;
  const codeOf = (result: Promise<unknown>): Promise<unknown> =>
    result.then(
      () => null,
      (thrown: unknown) =>
        ((thrown as WorkflowFailedError).cause as { cause?: ApplicationFailure }).cause?.type,
    );
  const writes = (): number =>
    job.emulators.traffic.statistics().find(({ operation }) => operation === 'groups:add_member')
      ?.begun ?? 0;

  it('makes its call once, however it is started or reset again in Temporal', async () => {
    const workflowId = newId();
    const inputRef = await stored(workflowId);
    const first = await job.start({ inputRef }, workflowId);
    expect(await first.result()).toMatchObject({ state: 'succeeded' });
    expect(writes()).toBe(1);
    const other = await job.start({ inputRef }, newId());
    expect(await codeOf(other.result())).toBe('input_elsewhere');
    const again = await job.start({ inputRef }, workflowId);
    expect(await codeOf(again.result())).toBe('input_used');
    const denied = await job.store.audit.list({ kind: 'action.denied' });
    expect(denied.map(({ entry }) => [entry.actor.principal, entry.outcome?.['code']])).toEqual([
      ['user:anonymous', 'input_elsewhere'],
      ['user:anonymous', 'input_used'],
    ]);
    expect(writes()).toBe(1);
  });

  it.each(['stored', 'typed'])(
    'a reset of a run with a %s input does not repeat the call',
    async (kind) => {
      const workflowId = newId();
      const before = writes();
      const input = kind === 'stored' ? { inputRef: await stored(workflowId) } : typed();
      const handle = await job.start(input, workflowId);
      expect(await handle.result()).toMatchObject({ state: 'succeeded' });
      expect(writes()).toBe(before + 1);
      const reset = await job.reset(workflowId);
      expect(await codeOf(reset.result())).toBe('input_used');
      expect(writes()).toBe(before + 1);
    },
  );
});
