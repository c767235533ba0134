import { randomBytes } from 'node:crypto';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { decisionKey, signDecision } from '../../src/governance/decision-token.ts';
import type { DecisionClaim } from '../../src/governance/decision-token.ts';
import { deliver } from '../../src/services/approvals/decisions.ts';
import type { ApprovalRequest } from '../../src/services/approvals/signed-decision.ts';
import { cacheDirectory } from '../../src/config/home.ts';
import { findTemporal } from '../../src/local/temporal.ts';
import {
  approvalId,
  decideUpdate,
  GOVERNED_WORKFLOW,
  TASK_QUEUE,
} from '../../src/workflows/messages.ts';
import type {
  GovernedOperationInput,
  GovernedOperationResult,
} from '../../src/workflows/messages.ts';
import { mainJob } from '../support/main-job.ts';
import type { MainJob, WorkerProcess } from '../support/main-job.ts';
import { migratedDatabase } from '../support/postgres.ts';

const run = promisify(execFile);
const key = decisionKey(randomBytes(32).toString('hex'));
const forger = decisionKey(randomBytes(32).toString('hex'));

describe('governed operations and approvals', () => {
  let job: MainJob;
  let worker: WorkerProcess;
  let stopDatabase: () => Promise<void>;
  const ids: Record<string, string> = {};
  let serial = 0;

  beforeAll(async () => {
    const database = await migratedDatabase();
    stopDatabase = database.close;
    job = await mainJob(database.databaseUrl, {
      config: {
        approvals: { default_approvers: ['group:Approvers'], expires_in: '20s' },
        protected: [],
      },
    });
    const people = ['ann', 'bob', 'cyd', 'dee', 'requester', 'stranger'].map((name) => ({
      login: `${name}@example.com`,
      groups: ['ann', 'bob', 'cyd', 'requester'].includes(name) ? ['Approvers'] : [],
    }));
    for (const { id, login } of await job.emulators.addUsers(people))
      ids[login.split('@')[0] ?? ''] = id;
    await job.store.keys.addSigningKey({
      kid: key.kid,
      publicKey: key.publicKey,
      createdAt: '2026-01-01T00:00:00.000Z',
      revokedAt: null,
    });
    await job.emulators.slackSettings({
      members: [{ email: 'dee@example.com' }, { email: 'gone@example.com' }],
    });
    worker = await job.startWorker();
  });
  afterAll(async () => {
    await job.close();
    await job.temporal.close();
    await stopDatabase();
  });

  /** Somebody to act on, whom no other test touches. */
  async function target(): Promise<string> {
    serial += 1;
    const [added] = await job.emulators.addUsers([{ login: `target${serial}@example.com` }]);
    return `${added?.id}`;
  }

  async function start(input: GovernedOperationInput) {
    const workflowId = `governed-operation/${serial}-${randomBytes(3).toString('hex')}`;
    const handle = await job.temporal.client.workflow.start(GOVERNED_WORKFLOW, {
      taskQueue: TASK_QUEUE,
      workflowId,
      args: [input],
    });
    return handle;
  }
  type Handle = Awaited<ReturnType<typeof start>>;
  const resultOf = (handle: Handle): Promise<GovernedOperationResult> =>
    handle.result() as Promise<GovernedOperationResult>;

  /** The request of a workflow once it asks. */
  async function pending(handle: Handle) {
    return vi.waitFor(
      async () => {
        const found = (await job.store.requests.list({ states: ['pending'], limit: 50 })).find(
          ({ workflowId }) => workflowId === handle.workflowId,
        );
        expect(found).toBeDefined();
        await job.temporal.client.workflow.getHandle(approvalId(`${found?.requestId}`)).describe();
        return found as ApprovalRequest;
      },
      { timeout: 20_000, interval: 50 },
    );
  }

  type Request = ApprovalRequest;
  const claimOf = (
    request: Request,
    name: string,
    over: Partial<DecisionClaim> = {},
  ): DecisionClaim => ({
    requestId: request.requestId,
    argsDigest: request.argsDigest,
    verdict: 'approve',
    decisionId: `d-${randomBytes(4).toString('hex')}`,
    person: `${ids[name] ?? name}`,
    surface: 'cli',
    authenticatedBy: 'key',
    at: Date.now(),
    ...over,
  });
  const decide = async (
    request: Request,
    claim: DecisionClaim,
    token = signDecision(claim, key),
  ) => {
    const { verdict, decisionId } = claim;
    const answer = await deliver(
      job.temporal,
      request,
      { approver: claim.person, verdict, decisionId, token },
      30_000,
    );
    return answer ?? expect.fail('nobody answered the decision');
  };

  const writesTo = async (userId: string) =>
    (await job.emulators.log({ vendor: 'okta', write: true })).filter(
      ({ path, accepted }) => accepted && path.includes(userId),
    );

  const suspend = (userId: string): GovernedOperationInput => ({
    operation: 'okta:users:suspend',
    params: { userId },
    reason: 'left the company',
    as: 'user:requester@example.com',
  });

  it('a read needs nobody, a reversible change goes at once, and what no policy grants is denied', async () => {
    const userId = await target();
    const read = await start({
      operation: 'users:read_detail',
      params: { userId },
      as: 'user:requester@example.com',
    });
    expect(await resultOf(read)).toMatchObject({ state: 'succeeded' });
    const denied = await start({
      operation: 'users:read_detail',
      params: { userId },
      as: 'agent:nobody',
    });
    expect(await resultOf(denied)).toMatchObject({ state: 'denied', code: 'default_deny' });
    expect(await writesTo(userId)).toEqual([]);
  });

  it('a hostile id ends before the policy, and nothing is sent', async () => {
    const hostile = await start({
      operation: 'users:suspend',
      params: { userId: '..' },
      as: 'user:requester@example.com',
    });
    await expect(resultOf(hostile)).rejects.toMatchObject({
      cause: { cause: { type: 'invalid_argument' } },
    });
  });

  it('from the outside: the Temporal CLI starts it, a signed decision sent by the CLI releases it, Okta sees one suspend', async () => {
    const userId = await target();
    const { path } = await findTemporal({
      env: process.env,
      cacheDir: cacheDirectory(process.env),
      log: () => {},
    });
    const cli = (...args: string[]) =>
      run(path, [
        ...args,
        '--address',
        job.temporal.address,
        '--namespace',
        job.temporal.namespace,
      ]);
    const workflowId = `outside-${randomBytes(3).toString('hex')}`;
    await cli(
      'workflow',
      'start',
      '--type',
      GOVERNED_WORKFLOW,
      '--task-queue',
      TASK_QUEUE,
      '--workflow-id',
      workflowId,
      '--input',
      JSON.stringify(suspend(userId)),
    );
    const handle = job.temporal.client.workflow.getHandle(workflowId);
    const request = await pending(handle as Handle);
    const token = signDecision(claimOf(request, 'ann'), key);
    await cli(
      'workflow',
      'signal',
      '--workflow-id',
      approvalId(request.requestId),
      '--name',
      'approve',
      '--input',
      JSON.stringify({ token }),
    );
    expect(await resultOf(handle as Handle)).toMatchObject({ state: 'succeeded' });
    expect((await writesTo(userId)).map(({ path: sent }) => sent)).toEqual([
      `/api/v1/users/${userId}/lifecycle/suspend`,
    ]);
    const story = (await job.store.audit.list({ subject: request.requestId, limit: 50 })).map(
      ({ entry }) => entry.kind,
    );
    const own = story.filter(
      (kind) => !kind.startsWith('action.s') && kind !== 'approval.notified',
    );
    expect(own).toEqual([
      'action.requested',
      'action.decided',
      'approval.opened',
      'approval.answered',
      'grant.issued',
      'approval.closed',
      'grant.used',
    ]);
  });

  it('neither requester nor target nor stranger approves, on any way, and a forged or unsigned decision changes nothing', async () => {
    const userId = await target();
    const handle = await start(suspend(userId));
    const request = await pending(handle);
    expect(await decide(request, claimOf(request, 'requester'))).toMatchObject({
      accepted: false,
      code: 'banned',
      state: 'PENDING',
    });
    expect(await decide(request, claimOf(request, userId))).toMatchObject({
      accepted: false,
      code: 'banned',
    });
    expect(await decide(request, claimOf(request, 'stranger'))).toMatchObject({
      accepted: false,
      code: 'not_eligible',
    });
    const claim = claimOf(request, 'ann');
    expect(await decide(request, claim, signDecision(claim, forger))).toMatchObject({
      accepted: false,
      code: 'forged',
    });
    const other = claimOf(request, 'ann', { requestId: 'another' });
    expect(await decide(request, other)).toMatchObject({ accepted: false, code: 'wrong_request' });
    const approval = job.temporal.client.workflow.getHandle(approvalId(request.requestId));
    await approval.signal('approve', { approver: 'ann@example.com' });
    await vi.waitFor(async () => {
      const refused = await job.store.audit.list({
        subject: request.requestId,
        kind: 'approval.refused',
        limit: 50,
      });
      expect(refused.map(({ entry }) => entry.outcome?.['code'])).toEqual([
        'banned',
        'banned',
        'not_eligible',
        'forged',
        'wrong_request',
        'unsigned',
      ]);
    });
    await expect(
      approval.executeUpdate(decideUpdate, { args: [{ verdict: 'maybe' as never }] }),
    ).rejects.toThrow();
    expect(await decide(request, claimOf(request, 'bob', { verdict: 'deny' }))).toMatchObject({
      accepted: true,
      state: 'DENIED',
    });
    expect(await resultOf(handle)).toMatchObject({ state: 'rejected' });
    expect(await writesTo(userId)).toEqual([]);
  });

  it('CRITICAL needs two people, and a decision sent twice counts once', async () => {
    const userId = await target();
    const handle = await start({ ...suspend(userId), operation: 'users:clear_sessions' });
    const request = await pending(handle);
    const first = claimOf(request, 'ann');
    expect(await decide(request, first)).toMatchObject({
      accepted: true,
      code: 'counted',
      state: 'PENDING',
    });
    expect(await decide(request, first)).toMatchObject({ accepted: true, state: 'PENDING' });
    expect(await decide(request, claimOf(request, 'ann'))).toMatchObject({
      accepted: false,
      code: 'already_voted',
    });
    expect(await decide(request, claimOf(request, 'bob'))).toMatchObject({
      accepted: true,
      state: 'APPROVED',
    });
    expect(await resultOf(handle)).toMatchObject({ state: 'succeeded' });
    expect(await writesTo(userId)).toHaveLength(1);
  });

  it('whoever is in the channel of the policy and in Okta may decide too', async () => {
    const userId = await target();
    const handle = await start(suspend(userId));
    const request = await pending(handle);
    expect(await decide(request, claimOf(request, 'dee'))).toMatchObject({
      accepted: true,
      state: 'APPROVED',
    });
    expect(await resultOf(handle)).toMatchObject({ state: 'succeeded' });
    expect(await writesTo(userId)).toHaveLength(1);
  });

  it('what changed before the call makes it STALE, and nothing is sent', async () => {
    const userId = await target();
    const handle = await start(suspend(userId));
    const request = await pending(handle);
    await job.emulators.patchUser(userId, { profile: { title: 'somebody else' } });
    await decide(request, claimOf(request, 'ann'));
    expect(await resultOf(handle)).toMatchObject({ state: 'stale', code: 'target_changed' });
    expect(await writesTo(userId)).toEqual([]);
  });

  it('a hundred decisions at once: one end, everybody answered', async () => {
    const userId = await target();
    const handle = await start(suspend(userId));
    const request = await pending(handle);
    const names = ['ann', 'bob', 'cyd', 'stranger', 'requester'];
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        decide(request, claimOf(request, `${names[index % names.length]}`)),
      ),
    );
    expect(answers.filter(({ accepted }) => accepted)).toHaveLength(1);
    expect(await resultOf(handle)).toMatchObject({ state: 'succeeded' });
    expect(await writesTo(userId)).toHaveLength(1);
  }, 60_000);

  it('is decided while no worker runs, and survives a worker that is killed', async () => {
    const userId = await target();
    const handle = await start(suspend(userId));
    const request = await pending(handle);
    await worker.kill();
    await job.temporal.client.workflow
      .getHandle(approvalId(request.requestId))
      .signal('approve', { token: signDecision(claimOf(request, 'cyd'), key) });
    worker = await job.startWorker();
    expect(await resultOf(handle)).toMatchObject({ state: 'succeeded' });
    expect(await writesTo(userId)).toHaveLength(1);
  }, 60_000);

  it('cancelling the operation cancels the approval', async () => {
    const userId = await target();
    const handle = await start(suspend(userId));
    const request = await pending(handle);
    await handle.cancel();
    expect(await resultOf(handle)).toMatchObject({ state: 'cancelled' });
    const approval = job.temporal.client.workflow.getHandle(approvalId(request.requestId));
    expect(await approval.result()).toEqual({ state: 'CANCELLED' });
    expect(await writesTo(userId)).toEqual([]);
  });
});
