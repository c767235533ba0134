import { randomUUID } from 'node:crypto';
import { statSync } from 'node:fs';
import type { Journal, JsonObject } from '../audit/types.ts';
import { readPolicies, policyBundle } from '../config/policies/policies.ts';
import type { PolicyOptions } from '../config/policies/policies.ts';
import type { PolicyBundle } from '../governance/types.ts';

/** The policies in force in this process; they follow their files. */
export interface PolicySource {
  bundle: () => PolicyBundle;
  close: () => void;
}

const LOOK_EVERY_MS = 2_000;

/**
 * Loads the policies and loads them again when a file changes. A bundle that does not load leaves
 * the one before in force; both are audited. Before the first good one everything is denied.
 */
export async function watchPolicies(
  options: PolicyOptions,
  journal: Journal,
  now: () => Date,
): Promise<PolicySource> {
  const run = randomUUID();
  let bundle = policyBundle(options);
  let stamp = stampOf(options);
  const record = async (loaded: PolicyBundle): Promise<void> => {
    const outcome: JsonObject = loaded.ok
      ? { digest: loaded.digest, policies: loaded.policies.length }
      : { code: 'fail_closed' };
    const kind = loaded.ok ? 'policy.loaded' : 'policy.rejected';
    const actor = { principal: 'workflow:worker', authenticatedBy: 'worker' } as const;
    const at = now().toISOString();
    await journal.append([
      {
        workflowId: 'worker',
        run,
        kind,
        subject: 'policies',
        at,
        actor,
        surface: 'workflow',
        outcome,
      },
    ]);
  };
  await record(bundle);
  const timer = setInterval(() => {
    const seen = stampOf(options);
    if (seen === stamp) return;
    stamp = seen;
    const loaded = policyBundle(options);
    // A change that can't be put on record is not taken: it is looked at again next time.
    record(loaded).then(
      () => (bundle = loaded.ok ? loaded : bundle),
      () => (stamp = ''),
    );
  }, LOOK_EVERY_MS);
  timer.unref();
  return { bundle: () => bundle, close: () => clearInterval(timer) };
}

/** Names, sizes and times of the policy files, as one text. */
function stampOf(options: PolicyOptions): string {
  const { files } = readPolicies(options);
  return files.map(({ path }) => `${path} ${readFileStamp(path)}`).join('\n');
}

function readFileStamp(path: string): string {
  const { mtimeMs, size } = statSync(path, { throwIfNoEntry: false }) ?? { mtimeMs: 0, size: 0 };
  return `${mtimeMs} ${size}`;
}
