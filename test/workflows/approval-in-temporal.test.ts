import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { workflowEnds } from '../../src/client/flow-ends.ts';
import { signDecision } from '../../src/governance/decision-token.ts';
import { closeEndedApprovals } from '../../src/services/approvals/close-ended-approvals.ts';
import type { ActionRecord } from '../../src/store/governance-types.ts';
import { approvalId, cancelApprovalSignal, decideUpdate } from '../../src/workflows/messages.ts';
import { enrolSigner, SIGNER } from '../support/governed-job.ts';
import { governedWorker } from '../support/governed-worker.ts';

describe('what a user of Temporal does to an approval', () => {
  let job: Awaited<ReturnType<typeof governedWorker>>;

  beforeAll(async () => {
    job = await governedWorker();
    await enrolSigner(job.store);
  });
  afterAll(() => job.close());

  /** A request that waits for approval, with handles of both workflows. */
  async function waiting() {
    const target = job.emulators.okta.addUser({ login: `t${crypto.randomUUID()}@example.com` });
    const operation = await job.start({
      operation: 'users:suspend',
      params: { userId: target.id },
      reason: 'test',
      as: 'user:requester@example.com',
    });
    const request = await job.pending(operation.workflowId);
    const approval = job.temporal.client.workflow.getHandle(approvalId(request.requestId));
    return { operation, request, approval, target };
  }
  const vote = (
    handle: Awaited<ReturnType<typeof waiting>>['approval'],
    { requestId, argsDigest }: ActionRecord,
  ) => {
    const decisionId = crypto.randomUUID();
    const claim = {
      requestId,
      argsDigest,
      verdict: 'approve',
      decisionId,
      person: job.ids.ann,
      surface: 'cli',
      authenticatedBy: 'key',
      at: Date.now(),
    } as const;
    return handle.executeUpdate(decideUpdate, {
      args: [{ verdict: 'approve', token: signDecision(claim, SIGNER) }],
    });
  };
  const stateOf = async ({ requestId }: ActionRecord) => {
    const record = await job.store.requests.get(requestId);
    return [record?.state, record?.approval?.state, record?.outcome?.['code']];
  };
  const kindsOf = async ({ requestId }: ActionRecord) =>
    (await job.store.audit.list({ subject: requestId })).map(({ entry }) => entry.kind);

  it('a vote after the operation was terminated grants nothing, and says so', async () => {
    const { operation, request, approval, target } = await waiting();
    await operation.terminate();
    expect(await vote(approval, request)).toEqual({
      accepted: false,
      code: 'operation_ended',
      state: 'CANCELLED',
    });
    expect(await stateOf(request)).toEqual(['cancelled', 'CANCELLED', 'operation_terminated']);
    expect(await kindsOf(request)).not.toContain('grant.issued');
    await approval.result();
    expect(job.emulators.okta.user(target.id)?.status).toBe('ACTIVE');
  });

  it('a signal to cancel changes nothing while the operation waits, and is recorded', async () => {
    const { operation, request, approval, target } = await waiting();
    await approval.signal(cancelApprovalSignal);
    await vi.waitFor(async () => {
      const refused = await job.store.audit.list({
        subject: request.requestId,
        kind: 'approval.refused',
      });
      expect(refused.map(({ entry }) => entry.outcome?.['code'])).toEqual(['unproven_cancel']);
    });
    expect(await stateOf(request)).toEqual(['pending', 'PENDING', undefined]);
    expect(await vote(approval, request)).toMatchObject({ accepted: true, state: 'APPROVED' });
    expect(await operation.result()).toMatchObject({ state: 'succeeded' });
    expect(job.emulators.okta.user(target.id)?.status).toBe('SUSPENDED');
  });

  it('a cancelled operation cancels its approval', async () => {
    const { operation, request, approval } = await waiting();
    await operation.cancel();
    expect(await operation.result()).toMatchObject({ state: 'cancelled' });
    expect(await approval.result()).toEqual({ state: 'CANCELLED' });
    expect(await stateOf(request)).toEqual(['cancelled', 'CANCELLED', 'cancelled']);
  });

  it('an operation whose approval was terminated ends without a call', async () => {
    const { operation, request, approval } = await waiting();
    await approval.terminate();
    expect(await operation.result()).toMatchObject({
      state: 'cancelled',
      code: 'approval_terminated',
    });
    expect(await stateOf(request)).toEqual(['cancelled', 'CANCELLED', 'approval_terminated']);
    expect(await kindsOf(request)).toContain('approval.closed');
  });

  it('whoever lists requests sees that both workflows were terminated', async () => {
    const { operation, request, approval } = await waiting();
    await operation.terminate();
    await approval.terminate();
    expect(await stateOf(request)).toEqual(['pending', 'PENDING', undefined]);
    const link = { ...job.temporal, close: async () => undefined };
    const parts = {
      store: job.store,
      ends: workflowEnds(async () => link),
      now: () => new Date(),
    };
    const open = (await job.store.requests.get(request.requestId)) as ActionRecord;
    const [first, second] = await Promise.all([
      closeEndedApprovals(parts, [open]),
      closeEndedApprovals(parts, [open]),
    ]);
    for (const [shown] of [first, second])
      expect(shown).toMatchObject({ state: 'cancelled', approval: { state: 'CANCELLED' } });
    expect((await kindsOf(request)).filter((kind) => kind === 'approval.closed')).toHaveLength(1);
    expect(await closeEndedApprovals({ ...parts, ends: null }, [open])).toEqual([open]);
  });
});
