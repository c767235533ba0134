import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  approvalId,
  flowStepId,
  GOVERNED_WORKFLOW,
  TASK_QUEUE,
} from '../../src/workflows/messages.ts';
import { waitForRequest, flowJob } from '../support/flow-job.ts';
import type { FlowJob, StartedFlow } from '../support/flow-job.ts';
import type { TestDatabase } from '../support/pglite.ts';
import { DATABASES } from '../support/stores.ts';

const FLOW = 'Suspend Okta Account';
const ROUNDS = 6;
const HELD_MS = 6_000;

describe.each(Object.entries(DATABASES))(
  'the last two super administrators, on %s',
  (kind, openDatabase) => {
    let flows: FlowJob;
    let database: TestDatabase;
    let ids: string[] = [];

    beforeAll(async () => {
      database = await openDatabase();
      flows = await flowJob(database.databaseUrl);
      await flows.job.emulators.addGroups([{ name: 'Keepers', roles: ['SUPER_ADMIN'] }]);
      const added = await flows.job.emulators.addUsers([
        { login: 'one@example.com', roles: ['SUPER_ADMIN'] },
        { login: 'two@example.com', groups: ['Keepers'] },
      ]);
      ids = added.map(({ id }) => id);
      await flows.job.startWorker();
      // Writes are slow: a read meanwhile finds the account unchanged.
      const slow = { kind: 'latency', ms: 300 } as const;
      await flows.job.emulators.fault({
        vendor: 'okta',
        method: 'POST',
        pathPattern: 'lifecycle/suspend',
        ...slow,
      });
    });
    afterAll(async () => {
      await flows.job.close();
      await flows.job.temporal.close();
      await database.close();
    });

    const activateAll = async (): Promise<void> => {
      for (const id of ids) await flows.job.emulators.patchUser(id, { status: 'ACTIVE' });
    };
    const startRun = async (id: string): Promise<StartedFlow> =>
      flows.start({ flow: FLOW, event: flows.event('Okta', id) });
    const approveAll = (runs: readonly StartedFlow[]): Promise<void> =>
      approve(runs.map(({ run }) => flowStepId(run, 'suspend')));
    async function approve(operations: readonly string[]): Promise<void> {
      const requests = await Promise.all(
        operations.map((workflowId) => waitForRequest(flows.job, workflowId)),
      );
      const { workflow } = flows.job.temporal.client;
      const approvals = requests.map((request) => workflow.getHandle(approvalId(request)));
      for (const approver of ['ann@example.com', 'bob@example.com'])
        await Promise.all(approvals.map((approval) => approval.signal('approve', { approver })));
    }

    it(`lets one of two flows suspend its administrator when both start at the same moment, ${ROUNDS} times`, async () => {
      for (let round = 0; round < ROUNDS; round += 1) {
        await activateAll();
        const before = (await flows.writes('okta', 'lifecycle/suspend')).length;
        const runs = await Promise.all(ids.map(startRun));
        await approveAll(runs);
        const ends = await Promise.all(runs.map((one) => one.result()));
        expect(ends.map(({ outcome }) => outcome).toSorted()).toEqual(['stale', 'succeeded']);
        expect(ends.find(({ outcome }) => outcome === 'stale')).toMatchObject({
          code: 'last_super_administrator',
        });
        expect(await flows.writes('okta', 'lifecycle/suspend')).toHaveLength(before + 1);
      }
    }, 120_000);

    /** Claims the lease for a process that was killed; returns a clock of the time since then. */
    async function leaseOfKilled(): Promise<() => number> {
      const org = new URL(`${flows.job.env['OKTA_DOMAIN']}`).host;
      const since = performance.now();
      expect(
        await flows.job.store.leases.claim(`administrators:${org}`, 'killed', HELD_MS),
      ).not.toBeNull();
      return () => performance.now() - since;
    }

    it('goes on when the lease of a killed process expires by the clock of the store', async () => {
      await activateAll();
      const run = await startRun(`${ids[0]}`);
      const elapsed = await leaseOfKilled();
      await approveAll([run]);
      expect(await run.result()).toMatchObject({ outcome: 'succeeded' });
      expect(elapsed()).toBeGreaterThan(HELD_MS);
    }, 60_000);

    it('makes a requested operation wait for the lease too, and releases it once the effect shows', async () => {
      await activateAll();
      const [workflowId, as] = [`by-hand-${kind}`, 'user:requester@example.com'];
      const input = {
        operation: 'okta:users:suspend',
        params: { userId: ids[0] },
        reason: 'test',
        as,
      };
      const options = { taskQueue: TASK_QUEUE, workflowId, args: [input] };
      const handle = await flows.job.temporal.client.workflow.start(GOVERNED_WORKFLOW, options);
      const elapsed = await leaseOfKilled();
      await approve([workflowId]);
      expect(await handle.result()).toMatchObject({ state: 'succeeded' });
      expect(elapsed()).toBeGreaterThan(HELD_MS);
      const org = new URL(`${flows.job.env['OKTA_DOMAIN']}`).host;
      expect(await flows.job.store.leases.claim(`administrators:${org}`, 'next', 0)).not.toBeNull();
    }, 60_000);
  },
);
