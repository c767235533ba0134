/** Runs every benchmark, or those named: `node bench/run.ts [NAME…] [--record]`. */
import type { BenchResult } from './support/measure.ts';
import { report } from './support/report.ts';

/** The benchmarks by name; each is also a script of its own. */
const BENCHES: Record<string, () => Promise<{ bench: () => BenchResult | Promise<BenchResult> }>> = {
  policy: () => import('./policy.ts'),
};

const named = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const unknown = named.filter((name) => !Object.hasOwn(BENCHES, name));
if (unknown.length > 0)
  throw new Error(`there is no benchmark ${unknown.join(', ')}: ${Object.keys(BENCHES).join(', ')}`);
for (const [name, load] of Object.entries(BENCHES)) {
  if (named.length > 0 && !named.includes(name)) continue;
  const { bench } = await load();
  report(await bench());
}
