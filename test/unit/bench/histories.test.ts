import { describe, expect, it } from 'vitest';
import { activitySpans, tally } from '../../../bench/support/histories.ts';
import type { ChainRun } from '../../../bench/support/histories.ts';

const payloads = (bytes: number) => ({ payloads: [{ metadata: {}, data: new Uint8Array(bytes) }] });
const at = (seconds: number) => ({ eventTime: { seconds, nanos: 500_000_000 } });

const FIRST = [
  { eventId: 1, ...at(1), workflowExecutionStartedEventAttributes: { input: payloads(12) } },
  { eventId: 2, ...at(1), workflowTaskScheduledEventAttributes: {} },
  {
    eventId: 5,
    ...at(2),
    activityTaskScheduledEventAttributes: { activityType: { name: 'checkUsers' } },
  },
  { eventId: 6, ...at(3), activityTaskStartedEventAttributes: { attempt: 3 } },
  {
    eventId: 7,
    ...at(4),
    activityTaskCompletedEventAttributes: { scheduledEventId: 5, result: payloads(30) },
  },
  { eventId: 8, ...at(4), timerStartedEventAttributes: {} },
  { eventId: 9, ...at(5), workflowExecutionContinuedAsNewEventAttributes: { input: payloads(20) } },
];
const SECOND = [
  { eventId: 1, ...at(5), workflowExecutionStartedEventAttributes: {} },
  {
    eventId: 2,
    ...at(6),
    activityTaskScheduledEventAttributes: { activityType: { name: 'conclude' } },
  },
  { eventId: 3, ...at(6), startChildWorkflowExecutionInitiatedEventAttributes: {} },
];

async function* chain(): AsyncGenerator<ChainRun> {
  yield { history: { events: FIRST } as unknown as ChainRun['history'], bytes: 700 };
  yield { history: { events: SECOND } as unknown as ChainRun['history'], bytes: 900 };
}

describe('the history of a chain', () => {
  it('counts starts, tries of activities, timers and twice a child as actions', async () => {
    const { runs, events, actions } = await tally(chain());
    expect({ runs, events, actions }).toEqual({
      runs: 2,
      events: 10,
      actions: 2 + (3 + 1) + 1 + 2,
    });
  });

  it('finds the longest run and the largest payload', async () => {
    const { largest, largestPayload } = await tally(chain());
    expect(largest).toMatchObject({ events: FIRST.length, bytes: 700 });
    expect(largestPayload).toBe(30);
  });

  it('tells when each activity was scheduled and ended', async () => {
    expect(await activitySpans(chain())).toEqual([
      { name: 'checkUsers', scheduledAt: 2_500, endedAt: 4_500 },
      { name: 'conclude', scheduledAt: 6_500, endedAt: null },
    ]);
  });
});
