/**
 * A person's look-ups, from a process of their own: Okta behind the governed pipeline as the HTTP
 * server has it, over the store of the environment. Takes its job as a line of JSON on stdin and
 * says `{"ready":true}`; looks up while stdin is open, from the second line on; prints what each
 * took.
 */
import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { policiesOf } from '../../src/cli/kit/inspect.ts';
import { createIo } from '../../src/cli/kit/io.ts';
import { loadSettings } from '../../src/cli/kit/settings.ts';
import { openMigrated } from '../../src/cli/kit/store.ts';
import { oktaSettings } from '../../src/config/env/credentials.ts';
import { guardrailsOf } from '../../src/config/schema/guardrails.ts';
import { createConnectors } from '../../src/connectors/create.ts';
import type { CallContext } from '../../src/connectors/types.ts';

/** Look-ups of these users in turn, one every so often. */
export interface LookUpJob {
  userIds: readonly string[];
  everyMs: number;
}

export interface LookUpResult {
  /** Milliseconds from asking to the answer, audit entries written. */
  waits: number[];
  failed: number;
}

const { stdout: out, stderr: err, env, stdin } = process;
const lines = createInterface({ input: stdin })[Symbol.asyncIterator]();
const nextLine = async (): Promise<string> =>
  ((await lines.next()).value as string | undefined) ?? '';

const { userIds, everyMs } = JSON.parse(await nextLine()) as LookUpJob;
const settings = await loadSettings(
  createIo({ out, err, env, signal: new AbortController().signal }),
  {},
);
const store = await openMigrated(env['DATABASE_URL'] ?? '');
const bundle = policiesOf(settings);
const { okta } = createConnectors({
  okta: await oktaSettings({
    env: settings.arx,
    config: settings.config,
    baseDir: settings.baseDir,
  }),
  journal: store.journal,
  bundle: () => bundle,
  guardrails: () => guardrailsOf(settings.config),
  now: () => new Date(),
  timeoutMs: 10_000,
  quota: { share: 1, reserve: 0, warningThreshold: false },
  buckets: store.rateBuckets,
});
// A server has loaded the SDK long before somebody asks.
await import('@okta/okta-sdk-nodejs');
console.log(JSON.stringify({ ready: true }));
await nextLine();

const closed = new AbortController();
void nextLine().then(() => closed.abort());
const result: LookUpResult = { waits: [], failed: 0 };
const running: Promise<void>[] = [];
for (let turn = 0; ; turn += 1) {
  // In the middle of each stretch first; never held up by the look-up before.
  await delay(turn === 0 ? everyMs / 2 : everyMs, null, { signal: closed.signal }).catch(
    () => undefined,
  );
  if (closed.signal.aborted) break;
  running.push(lookUp(userIds[turn % userIds.length] ?? ''));
}
await Promise.all(running);
await store.close();
console.log(JSON.stringify(result));

async function lookUp(userId: string): Promise<void> {
  const started = performance.now();
  try {
    await okta('users:read_detail', { userId }, contextOf(userId));
    result.waits.push(performance.now() - started);
  } catch {
    result.failed += 1;
  }
}

function contextOf<Output>(subject: string): CallContext<Output> {
  const run = randomUUID();
  const caller = {
    principal: 'workflow:governed-operations',
    authenticatedBy: 'cli',
    surface: 'cli',
  } as const;
  return {
    caller: { ...caller, workflowId: `look-up/${run}`, run },
    subject,
    priority: 'interactive',
  };
}
