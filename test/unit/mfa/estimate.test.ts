import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  actionsOf,
  heartbeats,
  pagesOf,
  paceOf,
  priceOf,
  secondsFor,
  totalActions,
} from '../../../src/mfa/estimate.ts';
import type { ActionsByPhase, RunShape } from '../../../src/mfa/estimate.ts';
import { assertProperty } from '../../support/properties.ts';

const HISTORIES = join(import.meta.dirname, '../../replay/histories');

interface HistoryEvent {
  activityTaskScheduledEventAttributes?: { activityType: { name: string } };
}

/**
 * The activities that a recorded chain of runs scheduled: the number of runs, and the count by
 * name.
 */
function recorded(...names: string[]): {
  runs: number;
  times: (...activities: string[]) => number;
} {
  const scheduled = names.flatMap((name) => {
    const { events } = JSON.parse(readFileSync(join(HISTORIES, `${name}.json`), 'utf8')) as {
      events: HistoryEvent[];
    };
    return events.flatMap(
      (event) => event.activityTaskScheduledEventAttributes?.activityType.name ?? [],
    );
  });
  return {
    runs: names.length,
    times: (...wanted) => scheduled.filter((name) => wanted.includes(name)).length,
  };
}

/** The activities of a history by phase of the estimate. */
function phasesOf(history: ReturnType<typeof recorded>): Omit<ActionsByPhase, 'continued'> {
  const { times } = history;
  return {
    start: 1,
    begin: times('beginRun') - (history.runs - 1),
    listing: times('listPage'),
    checks: times('checkUsers'),
    tickets: times('findings', 'ensureTicket', 'ensureBulkTicket'),
    closing: times('conclude', 'closable', 'closeTicket', 'sweepDuplicates'),
    summary: times('postSummary', 'finishRun'),
  };
}

const shape = (users: number, more: Partial<RunShape> = {}): RunShape => ({
  pages: pagesOf(users, 0),
  batch: 'auto',
  tickets: 'per_user',
  findings: 0,
  closable: 0,
  ...more,
});

describe('actions against recorded histories', () => {
  const RUNS: [name: string, run: RunShape][] = [
    ['first-run', shape(6, { findings: 3 })],
    ['tickets-kept-and-closed', shape(6, { findings: 2, closable: 1 })],
    ['batches-of-two', shape(7, { batch: 2 })],
    ['pages-at-once', shape(450, { batch: 100 })],
    ['faults-tried-again', shape(4, { findings: 1 })],
    ['group-scope', shape(5, { pages: [5], findings: 1 })],
  ];

  it.each(RUNS)('%s has as many actions in each phase as estimated', (name, run) => {
    const { continued, ...phases } = actionsOf(run);
    expect(continued).toBe(0);
    expect(phases).toEqual(phasesOf(recorded(name)));
  });

  it('an incomplete run does less: it does not look for tickets to close', () => {
    const { continued, ...phases } = actionsOf(shape(4, { findings: 2, tickets: 'bulk' }));
    expect(continued).toBe(0);
    expect({ ...phases, closing: phases.closing - 1 }).toEqual(phasesOf(recorded('bulk-tickets')));
  });

  it('a continued run has as many actions in each phase, and at most as many runs as estimated', () => {
    const history = recorded('continued-as-new', 'continued-as-new-last');
    const { continued, ...phases } = actionsOf(shape(500, { batch: 1 }));
    expect(phases).toEqual(phasesOf(history));
    expect(continued).toBeGreaterThanOrEqual(2 * (history.runs - 1));
    expect(continued).toBeLessThanOrEqual(4 * (history.runs - 1));
  });
});

describe('actions', () => {
  it('use batches above 200 and above 2,000 users, as the workflow does', () => {
    expect(actionsOf(shape(200)).checks).toBe(200);
    expect(actionsOf(shape(201)).checks).toBe(9);
    expect(actionsOf(shape(2_000)).checks).toBe(80);
    expect(actionsOf(shape(2_001)).checks).toBe(11);
    expect(actionsOf(shape(2_001, { batch: 1 })).checks).toBe(2_001);
  });

  it('are few per user in batches', () => {
    const { tickets, ...rest } = actionsOf(shape(100_000));
    expect(tickets).toBe(1);
    expect(totalActions({ ...rest, tickets: 0 }) / 100_000).toBeLessThanOrEqual(0.02);
  });

  it('never decrease with more users if the batch size is fixed', () => {
    assertProperty(
      fc.property(
        fc.nat(30_000),
        fc.nat(3_000),
        fc.nat(5),
        fc.integer({ min: 1, max: 200 }),
        (users, more, groups, batch) => {
          const total = (count: number) =>
            totalActions(
              actionsOf({ ...shape(0), pages: pagesOf(count, groups), batch, findings: users }),
            );
          expect(total(users + more)).toBeGreaterThanOrEqual(total(users));
        },
      ),
    );
  });
});

describe('pages', () => {
  it('hold 200 users each, and every group may add one page', () => {
    expect(pagesOf(0, 0)).toEqual([0]);
    expect(pagesOf(200, 0)).toEqual([200]);
    expect(pagesOf(401, 0)).toEqual([200, 200, 1]);
    expect(pagesOf(401, 2)).toEqual([200, 200, 1, 0, 0]);
  });
});

/** Spends the calls one by one, as a rate limiter does that waits for the end of each window. */
function simulated({
  calls,
  usable,
  pace,
}: {
  calls: number;
  usable: number;
  pace: number;
}): number {
  let now = 0;
  let windowEnds = 60;
  let left = usable;
  for (let call = 0; call < calls; call += 1) {
    if (left === 0) {
      now = Math.max(now, windowEnds);
      windowEnds = now + 60;
      left = usable;
    }
    now += 1 / pace;
    left -= 1;
  }
  return now;
}

const quota = fc.record({
  usable: fc.integer({ min: 1, max: 1_200 }),
  pace: fc.integer({ min: 1, max: 200 }),
});

describe('time', () => {
  it('equals the time of spending the calls one by one', () => {
    assertProperty(
      fc.property(fc.nat(5_000), quota, (calls, given) => {
        expect(secondsFor({ calls, ...given })).toBeCloseTo(simulated({ calls, ...given }), 5);
      }),
    );
  });

  it('never decreases with more calls, and never increases with the quota', () => {
    assertProperty(
      fc.property(fc.nat(1_000_000), fc.nat(2_000), quota, (calls, more, { usable, pace }) => {
        const seconds = secondsFor({ calls, usable, pace });
        expect(secondsFor({ calls: calls + more, usable, pace })).toBeGreaterThanOrEqual(seconds);
        expect(secondsFor({ calls, usable: usable + more, pace })).toBeLessThanOrEqual(seconds);
      }),
    );
  });

  it('meets the specification: 10,000 users at 300 calls per minute take 33 minutes, 100,000 take 5.6 hours', () => {
    const minutes = (users: number) =>
      secondsFor({ calls: users + users / 200, usable: 300, pace: 1_000 }) / 60;
    expect(minutes(10_000)).toBeCloseTo(33, 0);
    expect(minutes(100_000) / 60).toBeCloseTo(5.6, 1);
  });

  it('depends on the pace alone without a limit', () => {
    expect(secondsFor({ calls: 400, usable: null, pace: paceOf(8) })).toBe(10);
    expect(paceOf(500)).toBe(paceOf(30));
  });
});

describe('price', () => {
  it.each([
    [0, 0],
    [1, 0.0001],
    [20, 0.001],
    [199, 0.01],
    [200, 0.01],
    [1_700, 0.09],
    [1_000_000, 50],
  ])('%i actions cost %d', (actions, amount) => expect(priceOf(actions)).toBe(amount));

  it('is never 0 for any action, and never decreases', () => {
    assertProperty(
      fc.property(fc.integer({ min: 1, max: 10_000_000 }), fc.nat(1_000), (actions, more) => {
        expect(priceOf(actions)).toBeGreaterThan(0);
        expect(priceOf(actions + more)).toBeGreaterThanOrEqual(priceOf(actions));
      }),
    );
  });

  it('of heartbeats depends on how long activities wait', () => {
    expect(heartbeats(3, 8)).toBe(0);
    expect(heartbeats(80, 8)).toBe(160);
  });
});
