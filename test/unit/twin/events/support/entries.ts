import { loadEventRules } from '../../../../../src/config/events/event-rules.ts';
import type { EventRule, EventSettings, LogEntry } from '../../../../../src/twin/events/types.ts';
import { REPO } from '../../../../support/policies.ts';

/** The rules included with arx. */
export const SHIPPED: readonly EventRule[] = loadEventRules({
  patterns: ['rules/*.yaml'],
  baseDir: REPO,
});
export const SETTINGS: EventSettings = { expectedIdps: ['0oaExpected'], privilegedGroups: [] };
export const START = Date.parse('2026-03-01T00:00:00Z');
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

export const ALICE = { id: '00uAlice', type: 'User', login: 'alice@example.com' };
export const BOB = { id: '00uBob', type: 'User', login: 'bob@example.com' };

let made = 0;
/** An entry, `at` milliseconds after START. */
export const entryOf = (
  eventType: string,
  given: Partial<LogEntry> & { at?: number } = {},
): LogEntry => {
  const { at = 0, ...rest } = given;
  made += 1;
  return {
    uuid: `e${String(made).padStart(6, '0')}`,
    published: new Date(START + at).toISOString(),
    eventType,
    severity: 'INFO',
    outcome: 'SUCCESS',
    reason: null,
    actor: ALICE,
    targets: [],
    ipAddress: '198.51.100.7',
    country: null,
    isProxy: false,
    behaviors: [],
    apps: [],
    idps: [],
    ...rest,
  };
};

/** `count` entries of one kind, a step apart. */
export const several = (
  count: number,
  stepMs: number,
  make: (at: number, n: number) => LogEntry,
): LogEntry[] => Array.from({ length: count }, (_, n) => make(n * stepMs, n));

/** The window from START to this many milliseconds after it. */
export const windowTo = (ms: number) => ({
  since: new Date(START).toISOString(),
  until: new Date(START + ms).toISOString(),
});
