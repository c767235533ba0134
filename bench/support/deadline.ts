import { resultOf } from '../../src/client.ts';
import type { RunSummary } from '../../src/mfa/document.ts';
import type { ArxUnderTest } from './arx.ts';

const START_MS = 120_000;
const TAIL = 2_000;

/**
 * Runs one check to its end. Where it takes three times as long as it should, and two minutes, it
 * is terminated, and the error says what the workers wrote last.
 */
export async function runWithin(arx: ArxUnderTest, expectedMs: number): Promise<RunSummary> {
  const limitMs = 3 * expectedMs + START_MS;
  const { workflowId, run } = await arx.start();
  const handle = arx.temporal.client.workflow.getHandle(workflowId);
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    handle.terminate('the benchmark has waited long enough').catch(() => undefined);
  }, limitMs);
  try {
    await resultOf(handle);
  } catch (error) {
    throw late ? new Error(tooLate(arx, limitMs)) : error;
  } finally {
    clearTimeout(timer);
  }
  return arx.summary(run);
}

function tooLate({ workers }: ArxUnderTest, limitMs: number): string {
  const output = workers.map((worker) => worker.output().slice(-TAIL)).join('\n');
  return `the scan did not end within ${Math.round(limitMs / 1_000)} s; the workers wrote last:\n${output}`;
}
