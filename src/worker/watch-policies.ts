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

const CHECK_EVERY_MS = 2_000;

/**
 * Loads the policies, and loads them again when a file changes. If a bundle does not load, the
 * previous one stays in force; both cases are audited. Until a bundle has loaded, everything is
 * denied.
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
    // A change that cannot be recorded is not applied; it is tried again at the next check.
    record(loaded).then(
      () => (bundle = loaded.ok ? loaded : bundle),
      () => (stamp = ''),
    );
  }, CHECK_EVERY_MS);
  timer.unref();
  return { bundle: () => bundle, close: () => clearInterval(timer) };
}

/** Names, sizes and modification times of the policy files, as one text. */
function stampOf(options: PolicyOptions): string {
  const { files } = readPolicies(options);
  return files.map(({ path }) => `${path} ${readFileStamp(path)}`).join('\n');
}

function readFileStamp(path: string): string {
  const { mtimeMs, size } = statSync(path, { throwIfNoEntry: false }) ?? { mtimeMs: 0, size: 0 };
  return `${mtimeMs} ${size}`;
}
