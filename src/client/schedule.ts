/** The Temporal Schedule that starts the check. */

import {
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  ScheduleOverlapPolicy,
} from '@temporalio/client';
import type { CalendarSpec, Client, ScheduleHandle } from '@temporalio/client';
import type { TemporalLink } from '../client.ts';
import {
  MFA_SCHEDULE_ID,
  MFA_WORKFLOW,
  TASK_QUEUE,
  WORKFLOW_SUMMARIES,
} from '../workflows/messages.ts';
import type { MfaEnforcementCheckInput } from '../workflows/messages.ts';
import { WORKFLOW_TASK_TIMEOUT } from './start-workflow.ts';

/** When the check is scheduled; durations in milliseconds. */
export interface SchedulePlan {
  times: { cron: string } | { calendar: CalendarSpec[] };
  timezone: string;
  overlap: 'skip' | 'buffer_one' | 'buffer_all' | 'cancel_other' | 'terminate_other' | 'allow_all';
  catchupWindowMs: number;
  /** Spreads the start; 0 keeps 08:00 at 08:00. */
  jitterMs: number;
}

/** The state of the schedule on the server. */
export interface ScheduleState {
  id: string;
  paused: boolean;
  next: Date[];
}

/**
 * Creates the schedule of the check, or updates it in place. An update keeps a paused schedule
 * paused; `paused` pauses it.
 */
export async function upsertSchedule(
  { client }: TemporalLink,
  plan: SchedulePlan,
  paused: boolean,
): Promise<{ created: boolean }> {
  const parts = scheduleParts(plan);
  try {
    await client.schedule.create({ scheduleId: MFA_SCHEDULE_ID, ...parts, state: { paused } });
    return { created: true };
  } catch (thrown) {
    if (!(thrown instanceof ScheduleAlreadyRunning)) throw thrown;
  }
  await schedule(client).update(({ state }) => ({
    ...parts,
    state: { paused: paused || state.paused, note: state.note },
  }));
  return { created: false };
}

function scheduleParts(plan: SchedulePlan) {
  return {
    spec: {
      ...('cron' in plan.times
        ? { cronExpressions: [plan.times.cron] }
        : { calendars: plan.times.calendar }),
      timezone: plan.timezone,
      ...(plan.jitterMs > 0 ? { jitter: plan.jitterMs } : {}),
    },
    action: {
      type: 'startWorkflow' as const,
      workflowType: MFA_WORKFLOW,
      workflowId: `${MFA_SCHEDULE_ID}/scheduled`,
      taskQueue: TASK_QUEUE,
      workflowTaskTimeout: WORKFLOW_TASK_TIMEOUT,
      staticSummary: WORKFLOW_SUMMARIES[MFA_WORKFLOW],
      args: [{}] as [MfaEnforcementCheckInput],
    },
    policies: {
      overlap:
        ScheduleOverlapPolicy[plan.overlap.toUpperCase() as Uppercase<SchedulePlan['overlap']>],
      catchupWindow: plan.catchupWindowMs,
    },
  };
}

const schedule = (client: Client): ScheduleHandle => client.schedule.getHandle(MFA_SCHEDULE_ID);

/** The schedule and its next times; null if there is none. */
export async function describeSchedule({ client }: TemporalLink): Promise<ScheduleState | null> {
  try {
    const { scheduleId, state, info } = await schedule(client).describe();
    return { id: scheduleId, paused: state.paused, next: info.nextActionTimes };
  } catch (thrown) {
    if (thrown instanceof ScheduleNotFoundError) return null;
    throw thrown;
  }
}

/** Lets a paused schedule start runs again. */
export const resumeSchedule = ({ client }: TemporalLink): Promise<void> =>
  schedule(client).unpause('resumed with arx register --resume');

/** Triggers one check of the schedule now. */
export const triggerSchedule = ({ client }: TemporalLink): Promise<void> =>
  schedule(client).trigger();

/** Removes the schedule; false if there was none. */
export async function deleteSchedule({ client }: TemporalLink): Promise<boolean> {
  try {
    await schedule(client).delete();
    return true;
  } catch (thrown) {
    if (thrown instanceof ScheduleNotFoundError) return false;
    throw thrown;
  }
}
