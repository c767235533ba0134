import { ScheduleOverlapPolicy } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  deleteSchedule,
  describeSchedule,
  triggerSchedule,
  upsertSchedule,
} from '../../src/client/schedule.ts';
import type { TemporalLink } from '../../src/client.ts';
import { schedulePlan } from '../../src/services/checks/schedule-plan.ts';
import { configSchema } from '../../src/config/schema/schema.ts';
import { MFA_SCHEDULE_ID, MFA_WORKFLOW, TASK_QUEUE } from '../../src/workflows/messages.ts';
import { devServer } from '../support/temporal.ts';

const HOUR_MS = 3_600_000;

describe('the schedule on a real server', () => {
  let link: TemporalLink;
  const handle = () => link.client.schedule.getHandle(MFA_SCHEDULE_ID);
  const defaults = () => schedulePlan(configSchema.parse({ version: 1 }).schedule);

  beforeAll(async () => {
    const { client, address, namespace } = await devServer();
    link = { client, address, namespace, close: async () => {} };
  });
  afterAll(async () => (await devServer()).close());

  it('is registered twice without an error, and once with its changes', async () => {
    expect(await upsertSchedule(link, defaults(), false)).toEqual({ created: true });
    expect(
      await upsertSchedule(link, { ...defaults(), times: { cron: '30 9 * * TUE' } }, false),
    ).toEqual({
      created: false,
    });
    const next = (await describeSchedule(link))?.next[0];
    expect([next?.getUTCDay(), next?.toISOString().slice(11)]).toEqual([2, '09:30:00.000Z']);
    expect(await upsertSchedule(link, defaults(), false)).toEqual({ created: false });
  });

  it('skips overlapping runs, catches up for six hours, and starts without jitter', async () => {
    const { policies, spec } = await handle().describe();
    expect(policies).toMatchObject({
      overlap: ScheduleOverlapPolicy.SKIP,
      catchupWindow: 6 * HOUR_MS,
    });
    expect(spec.jitter ?? 0).toBe(0);
    const { next } = (await describeSchedule(link))!;
    expect(
      new Set(next.map((time) => [time.getUTCDay(), time.toISOString().slice(11)].join())),
    ).toEqual(new Set(['1,08:00:00.000Z']));
  });

  it("starts the check with the worker's own configuration, and no longer exists after its removal", async () => {
    await triggerSchedule(link);
    const { action, info } = await handle().describe();
    expect(action).toMatchObject({ workflowType: MFA_WORKFLOW, taskQueue: TASK_QUEUE, args: [{}] });
    expect(info.numActionsTaken).toBe(1);
    expect([await deleteSchedule(link), await deleteSchedule(link)]).toEqual([true, false]);
    expect(await describeSchedule(link)).toBeNull();
  });
});
