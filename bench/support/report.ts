import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import type { BenchResult } from './measure.ts';

const RESULTS = new URL('../results/', import.meta.url);

// Of the last minute: on a busy machine the times are upper bounds.
const load = (): number => Math.round(loadavg()[0] ?? 0);

/** A result as a Markdown page. */
export function resultText({ name, about, timings, goals }: BenchResult): string {
  const rows = timings.map(({ contestant, turns, medianUs, p99Us }) =>
    [contestant, turns, medianUs, p99Us].join(' | '),
  );
  return [
    `# ${name}`,
    `${about} Node ${process.versions.node}, ${availableParallelism()} cores, load ${load()}; \`node bench/${name}.ts --record\` wrote this.`,
    [
      '| contestant | turns | median, µs | 99th percentile, µs |',
      '| --- | ---: | ---: | ---: |',
      ...rows.map((row) => `| ${row} |`),
    ].join('\n'),
    goals.map(({ goal, met }) => `- ${met ? 'met' : 'MISSED'}: ${goal}`).join('\n'),
  ].join('\n\n');
}

/** Prints a result, records it with `--record` as results/NAME.md and .json, and fails the process where a goal is missed. */
export function report(result: BenchResult, argv: readonly string[] = process.argv): void {
  console.log(`${resultText(result)}\n`);
  if (argv.includes('--record')) record(result);
  if (result.goals.some(({ met }) => !met)) process.exitCode = 1;
}

function record(result: BenchResult): void {
  mkdirSync(RESULTS, { recursive: true });
  writeFileSync(new URL(`${result.name}.md`, RESULTS), `${resultText(result)}\n`);
  const json = { ...result, node: process.versions.node, cores: availableParallelism(), load: load() };
  writeFileSync(new URL(`${result.name}.json`, RESULTS), `${JSON.stringify(json, null, 2)}\n`);
}
