import type { BenchTable, Cell } from './result.ts';
import type { ScanFigures } from './scan-figures.ts';

/** Calls of a scan without faults: one a user, one a page of 200. */
export const floorOf = (users: number): number => users + Math.ceil(users / 200);

const WHICH = ['store', 'users an activity', 'users'];
const which = ({ store, batch, users }: ScanFigures): Cell[] => [store, batch, users];

/**
 * Speed, and CPU of each process. `cores busy` is all CPU ÷ time: at 2 the measured cores are the
 * bound.
 */
export function costTable(figures: readonly ScanFigures[]): BenchTable {
  return {
    title: 'Speed and CPU',
    columns: [
      ...[...WHICH, 'seconds', 'users a second'],
      ...['CPU of the worker, ms a user', 'of Temporal', 'of the store', 'cores busy'],
    ],
    rows: figures.map((one) => {
      const { users, seconds, cpuSeconds } = one;
      const { worker, temporal, store } = cpuSeconds;
      const each = [worker, temporal, store].map((spent) =>
        rounded(spent === null ? null : (spent * 1_000) / users),
      );
      const busy =
        worker === null || temporal === null || store === null
          ? null
          : (worker + temporal + store) / seconds;
      return [...which(one), rounded(seconds), rounded(users / seconds), ...each, rounded(busy)];
    }),
  };
}

/** Calls, history events, actions, sizes in the history, replay. */
export function historyTable(figures: readonly ScanFigures[]): BenchTable {
  return {
    title: 'Calls, history and actions',
    columns: [
      ...[
        ...WHICH,
        'calls',
        'calls ÷ floor',
        'events a user',
        'actions a user',
        'heartbeats',
        'runs in the chain',
      ],
      ...[
        'largest history, events',
        'bytes',
        'largest payload, bytes',
        'replay, first, s',
        'replay, warm, s',
      ],
    ],
    rows: figures.map((one) => {
      const { users, oktaCalls, heartbeats, history, replay } = one;
      const { events, actions, runs, largest, largestPayload } = history;
      const calls = [oktaCalls, oktaCalls / floorOf(users)];
      const each = [rounded(events / users), rounded(actions / users), heartbeats, runs];
      const sizes = [largest.events, largest.bytes, largestPayload];
      return [
        ...which(one),
        ...calls,
        ...each,
        ...sizes,
        rounded(replay.first),
        rounded(replay.warm),
      ];
    }),
  };
}

/** Resident memory of the worker process alone. */
export function memoryTable(figures: readonly ScanFigures[]): BenchTable {
  return {
    title: 'Memory of the worker, MB',
    columns: [...WHICH, 'peak since its start', 'peak before the scan', 'median during the scan'],
    rows: figures.map((one) => {
      const { memory } = one;
      const cells = memory ? [memory.peakMb, memory.readyMb, memory.medianMb] : [null, null, null];
      return [...which(one), ...cells.map((mb) => (mb === null ? null : Math.round(mb)))];
    }),
  };
}

/**
 * Growth of each table over one run, indices included; tables that grew by less than a byte a user
 * are left out.
 */
export function storeTable(figures: readonly ScanFigures[]): BenchTable {
  const batched = figures.filter(({ batch }) => batch > 1);
  const names = [...new Set(batched.flatMap(({ tables }) => [...tables.keys()]))];
  const growth = (name: string): number[] =>
    batched.map(({ tables, users }) => (tables.get(name) ?? 0) / users);
  const total = batched.map(
    ({ tables, users }) => [...tables.values()].reduce((sum, bytes) => sum + bytes, 0) / users,
  );
  return {
    title: 'Store, bytes a user',
    columns: [
      'table',
      ...batched.map(({ store, users }) => `${store}, ${users.toLocaleString('en-US')} users`),
    ],
    rows: [
      ['all', ...total.map(Math.round)],
      ...names
        .filter((name) => growth(name).some((bytes) => bytes >= 1))
        .map((name) => [name, ...growth(name).map(Math.round)]),
    ],
  };
}

const rounded = (value: number | null): number | null =>
  value === null ? null : Number(value.toPrecision(3));
