import type { RunSummary } from '../../src/mfa/document.ts';
import type { ArxUnderTest } from './arx.ts';

const START_MS = 120_000;
const TAIL = 2_000;

/**
 * Runs one check to its end. Throws where it takes three times as long as it should, and two minutes, with what the
 * workers wrote last.
 */
export async function runWithin(arx: ArxUnderTest, expectedMs: number): Promise<RunSummary> {
  const limitMs = 3 * expectedMs + START_MS;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const output = arx.workers.map((worker) => worker.output().slice(-TAIL)).join('\n');
      reject(
        new Error(`the scan did not end within ${Math.round(limitMs / 1_000)} s; the workers wrote last:\n${output}`),
      );
    }, limitMs);
  });
  const run = arx.run();
  // Where it is late, it fails once more when its servers are taken down.
  run.catch(() => undefined);
  try {
    return await Promise.race([run, late]);
  } finally {
    clearTimeout(timer);
  }
}
