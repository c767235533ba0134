import type { TemporalLink } from '../../client.ts';
import {
  describeSchedule,
  resumeSchedule,
  triggerSchedule,
  upsertSchedule,
} from '../../client/schedule.ts';
import type { SchedulePlan, ScheduleState } from '../../client/schedule.ts';
import { ensureSearchAttributes } from '../../client/search-attributes.ts';
import type { ArxConfig } from '../../config/schema/schema.ts';
import { schedulePlan } from './schedule-plan.ts';

/** Most times that are shown. */
const NEXT_TIMES = 5;

/** The schedule of the check: `arx.schedule/v1`, with `cron` or `calendar` of the configuration. */
export interface ScheduleDocument {
  schema: 'arx.schedule/v1';
  /** Absent if it is not registered. */
  id: string | undefined;
  state: 'created' | 'updated' | 'registered' | 'not_registered';
  paused: boolean;
  timezone: string;
  overlap: SchedulePlan['overlap'];
  cron?: string;
  calendar?: unknown;
  triggered: boolean;
  /** The next times at which Temporal starts the check, ISO 8601. */
  next: string[];
}

/** How a schedule is registered; with `paused` undefined, a paused one stays paused. */
export interface Registration {
  paused?: boolean | undefined;
  triggerNow?: boolean | undefined;
}

/** Creates or updates the schedule of the check, as the configuration has it. */
export async function registerSchedule(
  link: TemporalLink,
  schedule: ArxConfig['schedule'],
  { paused, triggerNow = false }: Registration,
): Promise<ScheduleDocument> {
  const plan = schedulePlan(schedule);
  const { created } = await upsertSchedule(link, plan, paused ?? false);
  if (paused === false) await resumeSchedule(link);
  if (triggerNow) await triggerSchedule(link);
  // These attributes make delegated flows searchable in the Temporal UI. If they cannot be added,
  // flows can only be found in the store.
  await ensureSearchAttributes(link.client.connection, link.namespace);
  const described = await describeSchedule(link);
  // Temporal has accepted the change, but may still describe the schedule as it was before.
  const state = described && { ...described, paused: paused ?? described.paused };
  return documentOf(plan, state, {
    state: created ? 'created' : 'updated',
    triggered: triggerNow,
  });
}

/** The schedule as it is registered. */
export async function readSchedule(
  link: TemporalLink,
  schedule: ArxConfig['schedule'],
): Promise<ScheduleDocument> {
  const state = await describeSchedule(link);
  return documentOf(schedulePlan(schedule), state, {
    state: state === null ? 'not_registered' : 'registered',
    triggered: false,
  });
}

const documentOf = (
  { timezone, overlap, times }: SchedulePlan,
  registered: ScheduleState | null,
  { state, triggered }: Pick<ScheduleDocument, 'state' | 'triggered'>,
): ScheduleDocument => ({
  schema: 'arx.schedule/v1',
  id: registered?.id,
  state,
  paused: registered?.paused ?? false,
  timezone,
  overlap,
  ...times,
  triggered,
  next: (registered?.next ?? []).slice(0, NEXT_TIMES).map((time) => time.toISOString()),
});
