import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { flowJob } from '../support/flow-job.ts';
import type { FlowJob } from '../support/flow-job.ts';
import { startPostgres } from '../support/postgres.ts';

const SUSPEND = 'Suspend Okta Account';

describe('delegated flows on Okta', () => {
  let flows: FlowJob;
  let stopDatabase: () => Promise<void>;
  let serial = 0;

  beforeAll(async () => {
    const server = await startPostgres();
    stopDatabase = () => server.stop();
    flows = await flowJob((await server.create()).databaseUrl);
    await flows.job.startWorker();
  });
  afterAll(async () => {
    await flows.job.close();
    await flows.job.temporal.close();
    await stopDatabase();
  });

  /** Somebody to act on, whom no other test touches. */
  async function target(over: object = {}): Promise<string> {
    serial += 1;
    const [added] = await flows.job.emulators.addUsers([{ login: `target${serial}@example.com`, ...over }]);
    return `${added?.id}`;
  }

  it('suspends after approval: one call, read back, with a recipe, and is so already for another event', async () => {
    const id = await target();
    const started = await flows.start({ flow: SUSPEND, event: flows.event('Okta', id) });
    await flows.answer(started.run, 'suspend');
    const ended = await started.result();
    expect(ended).toMatchObject({
      state: 'ended',
      outcome: 'succeeded',
      undo: [{ operation: 'okta:users:unsuspend' }],
    });
    expect(ended.steps).toMatchObject([{ id: 'suspend', state: 'done', verified: true }]);
    expect(await flows.writes('okta', id)).toEqual([`POST /api/v1/users/${id}/lifecycle/suspend`]);
    const again = await flows.start({ flow: SUSPEND, event: flows.event('Okta', id) });
    expect(await again.result()).toMatchObject({ outcome: 'already_in_state', undo: null });
    expect(await flows.writes('okta', id)).toHaveLength(1);
    expect(await flows.kinds(started.run)).toEqual([
      ...['flow.opened', 'flow.planned', 'flow.step', 'flow.step', 'flow.verified', 'flow.closed'],
    ]);
    const undone = await flows.undo(started.run);
    expect(await undone.result()).toMatchObject({ outcome: 'succeeded', undoes: started.run });
    expect(await (await flows.undo(started.run)).result()).toMatchObject({ outcome: 'already_in_state' });
    expect(await flows.writes('okta', id)).toEqual([
      `POST /api/v1/users/${id}/lifecycle/suspend`,
      `POST /api/v1/users/${id}/lifecycle/unsuspend`,
    ]);
  }, 60_000);
});
