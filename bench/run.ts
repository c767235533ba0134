/** Runs every benchmark, or those named; see `node bench/run.ts --help`. */
import { ArgumentError, benchArguments, usage } from './support/arguments.ts';
import type { BenchArguments } from './support/arguments.ts';
import { conditionsNow } from './support/conditions.ts';
import { record, resultText } from './support/report.ts';
import type { Bench } from './support/result.ts';

/** The benchmarks by name, in the order in which they run. */
const BENCHES: Record<string, () => Promise<{ bench: Bench }>> = {
  policy: () => import('./policy.ts'),
  startup: () => import('./startup.ts'),
  governed: () => import('./governed.ts'),
  quota: () => import('./quota.ts'),
  interactive: () => import('./interactive.ts'),
  enrich: () => import('./enrich.ts'),
  scan: () => import('./scan.ts'),
  recovery: () => import('./recovery.ts'),
  sync: () => import('./sync.ts'),
  delta: () => import('./delta.ts'),
  api: () => import('./api.ts'),
};
const NAMES = Object.keys(BENCHES);

async function main(given: readonly string[]): Promise<void> {
  const { names, options, record: keep, help } = argumentsOrExit(given);
  if (help) return console.log(usage(NAMES));
  for (const [name, load] of Object.entries(BENCHES)) {
    if (names.length > 0 && !names.includes(name)) continue;
    const conditions = conditionsNow(given);
    const result = await (await load()).bench(options);
    console.log(await resultText(result, conditions));
    if (keep) await record(result, conditions);
    if (result.goals.some(({ met }) => !met)) process.exitCode = 1;
  }
}

function argumentsOrExit(given: readonly string[]): BenchArguments {
  try {
    return benchArguments(given, NAMES);
  } catch (error) {
    if (!(error instanceof ArgumentError)) throw error;
    console.error(`bench: ${error.message}`);
    process.exit(2);
  }
}

let ending = false;

/** Servers and workers outlive who started them, unless they are told. */
async function endInOrder(exitCode: number): Promise<void> {
  if (ending) return;
  ending = true;
  // Requests that wait for a server which is gone fail in timers of their own, and would end us
  // halfway.
  process.on('uncaughtException', () => undefined);
  const { takeAllDown } = await import('./support/arx.ts');
  await takeAllDown();
  process.exit(exitCode);
}

// Listeners that stay: where there is none, the part of arx that starts servers ends the process at
// once.
process.on('SIGINT', () => void endInOrder(130));
process.on('SIGTERM', () => void endInOrder(143));
// What fails because its servers are being taken down is no finding.
await main(process.argv.slice(2)).catch((error: unknown) => {
  if (!ending) throw error;
});
