import { temporalVariables } from '../../config/env/env.ts';
import { cacheDirectory } from '../../config/home.ts';
import type { TemporalLink } from '../../client.ts';
import { TASK_QUEUE } from '../../workflows/messages.ts';
import type { Settings } from '../kit/settings.ts';
import { attempt, fail } from './check.ts';
import type { CheckResult } from './check.ts';

const FRESH_MS = 5 * 60_000;

/**
 * Checks the Temporal server of the environment, its namespace, and whether a worker polls the
 * queue.
 */
export async function serverChecks({ arx }: Settings): Promise<CheckResult[]> {
  const client = await import('../../client.ts');
  let link: TemporalLink | null = null;
  const reach = await attempt('temporal', async () => {
    link = await client.connect({ env: temporalVariables(arx) });
    return link.address;
  });
  if (link === null)
    return [
      reach,
      ...['temporal namespace', 'worker'].map((name) =>
        fail(name, 'not tried', 'Make the Temporal server reachable first.'),
      ),
    ];
  try {
    return [reach, await namespaceCheck(link), await workerCheck(link)];
  } finally {
    await (link as TemporalLink).close();
  }
}

const namespaceCheck = (link: TemporalLink): Promise<CheckResult> =>
  attempt('temporal namespace', async () => {
    const { namespaceExists } = await import('../../client.ts');
    if (await namespaceExists(link)) return link.namespace;
    const remedy = `Create it (\`temporal operator namespace create --namespace ${link.namespace}\`) or set TEMPORAL_NAMESPACE.`;
    return fail('temporal namespace', `${link.namespace} does not exist`, remedy);
  });

const workerCheck = (link: TemporalLink): Promise<CheckResult> =>
  attempt('worker', async () => {
    const { pollers } = await import('../../client.ts');
    const live = (await pollers(link)).filter(
      ({ at }) => at !== null && Date.now() - at.getTime() < FRESH_MS,
    );
    if (live.length > 0)
      return `${live.map(({ identity }) => identity).join(', ')} on queue ${TASK_QUEUE}`;
    return fail(
      'worker',
      `no worker polls queue ${TASK_QUEUE}`,
      'Start one with `npm run worker`, or the embedded stack with `arx up`.',
    );
  });

/**
 * Checks what --local commands need: a Temporal server that they can start, or one that already
 * runs in ARX_HOME.
 */
export async function localServerChecks(
  { arx, raw }: Settings,
  log: (line: string) => void,
): Promise<CheckResult[]> {
  const executable = async (): Promise<string> => {
    const { findTemporal } = await import('../../local/temporal.ts');
    const found = await findTemporal({ env: raw, cacheDir: cacheDirectory(raw), log });
    return `${found.path} (${found.how}${found.cached ? ', cached' : ''})`;
  };
  const describe = async (): Promise<string> => {
    const { readState } = await import('../../local/stack-state.ts');
    const running = readState(arx.home);
    const { namespaceAnswers } = await import('../../local/temporal.ts');
    const { address = '', namespace = '' } = running?.temporal ?? {};
    const isRunning = running?.complete === true && (await namespaceAnswers(address, namespace));
    return `embedded, ${isRunning ? `running at ${address}, from` : 'to be started from'} ${await executable()}`;
  };
  return [await attempt('temporal', describe)];
}
