import { expect, it } from 'vitest';
import { CHECK_PHASES, forwardOnly, progressText, Rate } from '../../../src/cli/kit/progress.ts';
import { schedulePlan } from '../../../src/services/checks/schedule-plan.ts';
import { configSchema } from '../../../src/config/schema/schema.ts';

it('measures the rate over the last moments', () => {
  const rate = new Rate();
  expect(rate.perSecond()).toBe(0);
  for (const [second, checked] of [
    [0, 0],
    [10, 100],
    [20, 150],
    [30, 200],
  ] as const)
    rate.add(second * 1000, checked);
  expect(rate.perSecond()).toBe(5);
});

it('tells users, rate, time left, calls and throttling', () => {
  const progress = {
    phase: 'scan',
    run: 'r',
    pages: 1,
    listed: 300,
    checked: 100,
    ticketsDone: 0,
  } as const;
  const calls = { okta: 102, jira: 0, slack: 0, throttled: 3 };
  expect(progressText({ progress, calls }, { perSecond: 5, steady: 5 })).toBe(
    'checking factors: 100 of 300 users, 5.0/s, 40 s left, 102 Okta calls, 3 throttled',
  );
  const paused = { progress, calls, pauseMs: 23_400 };
  expect(progressText(paused, { perSecond: 0, steady: 2 })).toBe(
    "checking factors: 100 of 300 users, waiting for Okta's limit, goes on in 24 s, 1 min 40 s left, 102 Okta calls, 3 throttled",
  );
});

it('keeps the estimate steady through a pause', () => {
  const rate = new Rate();
  for (let second = 0; second <= 60; second += 1) rate.add(second * 1_000, second * 10);
  for (let second = 61; second <= 100; second += 1) rate.add(second * 1_000, 600);
  const pace = rate.pace();
  expect(pace.perSecond).toBe(0);
  expect(pace.steady).toBe(6);
});

it('never goes back to an earlier phase', () => {
  const forward = forwardOnly(CHECK_PHASES);
  const seen = (['listing', 'scan', 'listing', 'scan', 'tickets', 'scan'] as const).map(forward);
  expect(seen).toEqual(['listing', 'scan', 'scan', 'scan', 'tickets', 'tickets']);
});

it('makes a schedule of cron, or of calendar entries', () => {
  const plan = (schedule: object) =>
    schedulePlan(configSchema.parse({ version: 1, schedule }).schedule);
  expect(plan({})).toEqual({
    times: { cron: '0 8 * * MON' },
    timezone: 'UTC',
    overlap: 'skip',
    catchupWindowMs: 21_600_000,
    jitterMs: 0,
  });
  expect(
    plan({ calendar: [{ day_of_week: 'MON', month: ['JAN', 'JUL'], hour: 9 }] }).times,
  ).toEqual({
    calendar: [{ hour: [9], minute: [0], dayOfWeek: ['MONDAY'], month: ['JANUARY', 'JULY'] }],
  });
});
