import { randomUUID } from 'node:crypto';
import type { TemporalLink } from '../../client.ts';
import type { ArxConfig } from '../../config/schema/schema.ts';
import type { Store } from '../../store/types.ts';
import { MFA_SCHEDULE_ID } from '../../workflows/messages.ts';
import { draftOfRequest } from '../audit/requester.ts';
import type { Requester } from '../audit/requester.ts';
import { registerSchedule } from './schedule.ts';
import type { Registration, ScheduleDocument } from './schedule.ts';

/** Registers, pauses or resumes the schedule for a caller; recorded before it is done. */
export async function changeSchedule(
  { link, store }: { link: TemporalLink; store: Pick<Store, 'journal'> },
  {
    requester,
    schedule,
    change,
  }: { requester: Requester; schedule: ArxConfig['schedule']; change: Registration },
): Promise<ScheduleDocument> {
  const { paused = null, triggerNow = false } = change;
  const run = randomUUID();
  const draft = draftOfRequest(requester, {
    kind: 'schedule.changed',
    workflowId: `schedule/${run}`,
    run,
    subject: MFA_SCHEDULE_ID,
    at: new Date(),
    outcome: { paused, triggerNow },
  });
  await store.journal.append([draft]);
  return registerSchedule(link, schedule, change);
}
