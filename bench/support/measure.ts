import type { BenchTable } from './result.ts';

/** One row of a result: how long one turn of a contestant took, in microseconds. */
export interface Timing {
  contestant: string;
  turns: number;
  medianUs: number;
  p99Us: number;
}

/** Runs `turn` a tenth of `turns` times to warm up, then `turns` times, each timed on its own. */
export function measure(contestant: string, turns: number, turn: (at: number) => unknown): Timing {
  for (let at = 0; at < turns / 10; at += 1) turn(at);
  const times = Array.from({ length: turns }, (_, at) => {
    const started = performance.now();
    turn(at);
    return (performance.now() - started) * 1_000;
  }).sort((a, b) => a - b);
  const quantile = (share: number): number =>
    times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
  return { contestant, turns, medianUs: round(quantile(0.5)), p99Us: round(quantile(0.99)) };
}

const round = (value: number): number => Number(value.toPrecision(3));

/** The timings of several contestants beside each other. */
export const timingTable = (title: string, timings: readonly Timing[]): BenchTable => ({
  title,
  columns: ['contestant', 'turns', 'median, µs', '99th percentile, µs'],
  rows: timings.map(({ contestant, turns, medianUs, p99Us }) => [
    contestant,
    turns,
    medianUs,
    p99Us,
  ]),
});
