/** One row of a result: how long one turn of a contestant took, in microseconds. */
export interface Timing {
  contestant: string;
  turns: number;
  medianUs: number;
  p99Us: number;
}

/** What a benchmark found. */
export interface BenchResult {
  name: string;
  /** What was measured, as a sentence. */
  about: string;
  timings: Timing[];
  /** What must hold, and whether it did. */
  goals: { goal: string; met: boolean }[];
}

/** Runs `turn` a tenth of `turns` times to warm up, then `turns` times, each timed on its own. */
export function measure(contestant: string, turns: number, turn: (at: number) => unknown): Timing {
  for (let at = 0; at < turns / 10; at += 1) turn(at);
  const times = Array.from({ length: turns }, (_, at) => {
    const started = performance.now();
    turn(at);
    return (performance.now() - started) * 1_000;
  }).sort((a, b) => a - b);
  const quantile = (share: number): number => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
  return { contestant, turns, medianUs: round(quantile(0.5)), p99Us: round(quantile(0.99)) };
}

const round = (value: number): number => Number(value.toPrecision(3));
