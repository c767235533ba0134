import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { FaultRule } from '../../emulators/types.ts';
import { flowStepId } from '../../src/workflows/messages.ts';
import type { WorkerProcess } from '../support/main-job.ts';
import { waitForRequest, flowJob } from '../support/flow-job.ts';
import type { FlowJob, StartedFlow } from '../support/flow-job.ts';
import { migratedDatabase } from '../support/postgres.ts';

interface Point {
  name: string;
  /**
   * The request that hangs, before or after the vendor accepts it: the worker is killed meanwhile.
   */
  rule: (id: string) => Omit<FaultRule, 'kind' | 'vendor'>;
  /** HIGH: needs approval first. */
  asks: boolean;
}

const SUSPEND = 'Suspend Okta Account';
const ADD = 'Okta: Add User to a Group';

const POINTS: Point[] = [
  {
    name: 'while the target is read',
    rule: (id) => ({ pathPattern: `/users/${id}$` }),
    asks: false,
  },
  { name: 'before the call', rule: (id) => ({ method: 'PUT', pathPattern: id }), asks: false },
  {
    name: 'after the vendor accepted the call',
    rule: (id) => ({ method: 'PUT', pathPattern: id, moment: 'after' }),
    asks: false,
  },
  {
    name: 'while the effect is verified',
    rule: (id) => ({ pathPattern: `/users/${id}/groups`, after: 1 }),
    asks: false,
  },
  {
    name: 'before an approved call',
    rule: (id) => ({ method: 'POST', pathPattern: `${id}/lifecycle/suspend` }),
    asks: true,
  },
  {
    name: 'between an approved call and its outcome',
    rule: (id) => ({ method: 'POST', pathPattern: `${id}/lifecycle/suspend`, moment: 'after' }),
    asks: true,
  },
];

describe('a worker killed with SIGKILL during a delegated flow', () => {
  let flows: FlowJob;
  let worker: WorkerProcess;
  let stopDatabase: () => Promise<void>;
  let serial = 0;

  beforeAll(async () => {
    const database = await migratedDatabase();
    stopDatabase = database.close;
    flows = await flowJob(database.databaseUrl);
    worker = await flows.job.startWorker();
  });
  afterAll(async () => {
    await flows.job.close();
    await flows.job.temporal.close();
    await stopDatabase();
  });

  async function target(): Promise<{ id: string; group: string }> {
    serial += 1;
    const [group] = await flows.job.emulators.addGroups([{ name: `MFA ${serial}` }]);
    const [added] = await flows.job.emulators.addUsers([{ login: `target${serial}@example.com` }]);
    return { id: `${added?.id}`, group: `${group?.id}` };
  }

  async function isDone(started: StartedFlow, id: string, call: string): Promise<void> {
    const ended = await started.result();
    expect(ended).toMatchObject({
      state: 'ended',
      outcome: 'succeeded',
      steps: [{ state: 'done', verified: true }],
    });
    expect(await flows.writes('okta', id)).toEqual([call]);
    const kinds = (await flows.kinds(started.run)).filter((kind) => kind !== 'flow.step');
    expect(kinds).toEqual(['flow.opened', 'flow.planned', 'flow.verified', 'flow.closed']);
  }

  it.each(POINTS)(
    'acts exactly once: $name',
    async ({ rule, asks }) => {
      const { id, group } = await target();
      await flows.job.emulators.fault({ vendor: 'okta', kind: 'hang', times: 1, ...rule(id) });
      const event = flows.event('Okta', id);
      const started = await flows.start(
        asks ? { flow: SUSPEND, event } : { flow: ADD, event, inputs: { group } },
      );
      if (asks) await flows.answer(started.run, 'suspend');
      await vi.waitFor(
        async () => expect((await flows.job.emulators.faults())[0]?.struck).toBe(1),
        {
          timeout: 30_000,
          interval: 20,
        },
      );
      await worker.kill();
      await flows.job.emulators.clearFaults();
      worker = await flows.job.startWorker();
      await isDone(
        started,
        id,
        asks
          ? `POST /api/v1/users/${id}/lifecycle/suspend`
          : `PUT /api/v1/groups/${group}/users/${id}`,
      );
    },
    120_000,
  );

  it('acts exactly once: while waiting for approval', async () => {
    const { id } = await target();
    const started = await flows.start({ flow: SUSPEND, event: flows.event('Okta', id) });
    await waitForRequest(flows.job, flowStepId(started.run, 'suspend'));
    await worker.kill();
    worker = await flows.job.startWorker();
    await flows.answer(started.run, 'suspend');
    await isDone(started, id, `POST /api/v1/users/${id}/lifecycle/suspend`);
  }, 90_000);
});
