import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, Worker } from '@temporalio/worker';
import type { History } from '@temporalio/common/lib/proto-utils.js';

const WORKFLOWS = fileURLToPath(new URL('../../src/workflows/index.ts', import.meta.url));
const WARM_TURNS = 9;

/** Seconds to replay one history. */
export interface ReplayTimes {
  /** The first that a new worker replays; its own start is not in it. */
  first: number;
  /** Median of those after it. */
  warm: number;
}

/** Replays the history by the workflow code as it is. Throws where it does not fit the code. */
export async function replayTimes(history: History): Promise<ReplayTimes> {
  const logger = {
    log: () => {},
    trace: () => {},
    debug: () => {},
    info: () => {},
    warn: () => {},
    error: () => {},
  };
  const workflowBundle = await bundleWorkflowCode({ workflowsPath: WORKFLOWS, logger });
  const seconds: number[] = [];
  let began = 0;
  const turns = function* () {
    for (let turn = 0; turn <= WARM_TURNS; turn += 1) {
      began = performance.now();
      yield { workflowId: `replay-${turn}`, history };
    }
  };
  for await (const { error } of Worker.runReplayHistories({ workflowBundle }, turns())) {
    if (error) throw error;
    seconds.push((performance.now() - began) / 1_000);
  }
  const [first = 0, ...warm] = seconds;
  return { first, warm: warm.sort((a, b) => a - b)[Math.floor(WARM_TURNS / 2)] ?? 0 };
}
