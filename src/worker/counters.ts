import type { MetricMeter } from '@temporalio/common';
import type { Journal } from '../audit/types.ts';
import type { CallEvent } from '../connectors/transport/exchange.ts';
import { BatchedCounter } from './batched-counter.ts';

/**
 * Histogram bounds of the wait for a permit, in milliseconds: from immediately to a whole window of
 * Okta's, and two.
 */
export const QUOTA_WAIT_BOUNDS = [
  1, 10, 100, 500, 1_000, 2_500, 5_000, 10_000, 20_000, 30_000, 60_000, 120_000,
];
/** Name of the histogram of that wait. */
export const QUOTA_WAIT = 'arx_quota_wait_milliseconds';

/**
 * Counts the work of the worker for Prometheus: labels are words and numbers, never ids or personal
 * data.
 */
export interface Counters {
  countCall: (event: CallEvent) => void;
  /** The journal, counting its new entries and the verdicts in them. */
  journal: (journal: Journal) => Journal;
  /** The activities, counting the outcomes of tickets. */
  activities: <T extends object>(activities: T) => T;
}

/** Creates the counters on a meter; on a meter without a reader they do nothing. */
export function createCounters(meter: MetricMeter): Counters {
  const createCounter = (name: string, about: string) =>
    new BatchedCounter(meter.createCounter(name, '', about));
  const calls = createCounter('arx_vendor_calls_total', 'Calls sent to vendors');
  const throttled = createCounter('arx_vendor_throttled_total', 'Answers with status 429');
  const waits = meter.createHistogram(QUOTA_WAIT, 'int', 'ms', 'Wait for a permit before a call');
  const users = createCounter('arx_users_checked_total', 'Verdicts written');
  const tickets = createCounter('arx_tickets_total', 'Outcomes of tickets');
  const entries = createCounter('arx_audit_appends_total', 'Entries written to the audit trail');
  return {
    countCall: ({ connector: vendor, operation, status, waitedMs, ...event }) => {
      calls.count({ vendor, operation, status: statusClass(status) });
      if (event.throttled) throttled.count({ vendor });
      waits.record(Math.round(waitedMs), { vendor });
    },
    journal: (journal) => ({
      ...(journal.ready && { ready: () => journal.ready!() }),
      async append(drafts, effect, options) {
        const receipts = await journal.append(drafts, effect, options);
        const added = drafts.filter((_, n) => receipts[n]?.repeated === false);
        for (const { kind, outcome } of added) {
          entries.count({ kind });
          if (kind === 'user.checked') users.count({ verdict: String(outcome?.['verdict']) });
        }
        return receipts;
      },
    }),
    activities: (activities) =>
      watchResults(activities, (result) => {
        if (isTicketOutcome(result)) tickets.count({ action: result.action });
      }),
  };
}

const statusClass = (status: number | null): string =>
  status === null ? 'none' : `${Math.floor(status / 100)}xx`;

const isTicketOutcome = (result: unknown): result is { action: string } =>
  typeof result === 'object' &&
  result !== null &&
  'action' in result &&
  typeof result.action === 'string';

function watchResults<T extends object>(methods: T, seen: (result: unknown) => void): T {
  const entries = Object.entries(methods as Record<string, (input: unknown) => Promise<unknown>>);
  const wrapped = entries.map(([name, method]) => {
    const run = async (input: unknown): Promise<unknown> => {
      const result = await method(input);
      seen(result);
      return result;
    };
    return [name, run] as const;
  });
  return Object.fromEntries(wrapped) as T;
}
