/** `arx call --policies`: runs a local worker with other policies than those of arx.yaml. */

import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { makeFolder } from '../../config/folder.ts';
import { eventRuleBase } from '../../config/events/event-rules.ts';
import { configDigest, loadConfig } from '../../config/yaml/load.ts';
import { policyBase, readPolicies } from '../../config/policies/policies.ts';
import { CATALOGUE } from '../../governance/catalogue.ts';
import type { Store } from '../../store/types.ts';
import { CliError, usageError } from '../kit/errors.ts';
import { EXIT } from '../kit/exit.ts';
import { policiesOf } from '../kit/inspect.ts';
import type { Settings } from '../kit/settings.ts';

/**
 * The settings with the policies of a directory in place of those of arx.yaml, for a local worker.
 * Policy files that apply only to arx's own jobs are kept, because the caller cannot be looked up
 * without them. Throws ConfigError and CliError.
 */
export function withPolicies(
  settings: Settings,
  directory: string | undefined,
  local: boolean,
): Settings {
  if (directory === undefined) return settings;
  if (!local) throw usageError('--policies needs --local: a remote worker uses its own policies.');
  const { arx, config, baseDir } = settings;
  const replacements = filesOf([directory], arx.cwd);
  const kept = filesOf(config.policies, policyBase(config.policies, baseDir)).filter((path) =>
    isForJobs(path),
  );
  const rules = eventRuleBase(config.twin.event_rules, baseDir);
  const vault = config.credentials.okta?.vault;
  const changed = {
    ...config,
    policies: [...new Set([...replacements, ...kept])],
    twin: {
      ...config.twin,
      event_rules: config.twin.event_rules.map((path) => resolve(rules, path)),
    },
    ...(vault !== undefined &&
      /^\.{1,2}\//.test(vault) && { credentials: { okta: { vault: resolve(baseDir, vault) } } }),
  };
  const folder = join(arx.home, 'run');
  const path = join(folder, `policies-${configDigest(changed).slice(0, 16)}.yaml`);
  makeFolder(folder, 0o700);
  // JSON is valid YAML.
  writeFileSync(path, JSON.stringify(changed), { mode: 0o600 });
  const file = loadConfig({ path, catalogue: CATALOGUE });
  const changedSettings = {
    ...settings,
    file,
    config: file.config,
    baseDir: file.baseDir,
    digest: file.digest,
  };
  policiesOf(changedSettings);
  return changedSettings;
}

const read = (patterns: readonly string[], baseDir: string) =>
  readPolicies({ patterns, baseDir, catalogue: CATALOGUE });

const filesOf = (patterns: readonly string[], baseDir: string): string[] => {
  const { files, errors } = read(patterns, baseDir);
  if (errors[0]) throw errors[0];
  return files.map(({ path }) => path);
};

function isForJobs(path: string): boolean {
  const principals = read([path], '/').policies.map((policy) => policy.principals);
  return principals.every(
    (named) => named.length > 0 && named.every((one) => /^(workflow|flow):/.test(one)),
  );
}

/**
 * Refuses to continue if the running worker uses other policies. Throws CliError `stack_differs`.
 */
export async function assertWorkerPolicies(settings: Settings, store: Store): Promise<void> {
  const loaded = await store.audit.list({ kind: 'policy.loaded' });
  if (loaded.at(-1)?.entry.outcome?.['digest'] === policiesOf(settings).digest) return;
  throw new CliError({
    code: 'stack_differs',
    message: `The stack in ${settings.arx.home} is already running, with different policies than --policies specifies.`,
    remedy:
      'Stop it with `arx up --stop`, or set ARX_HOME to another folder to run a second stack.',
    exit: EXIT.usage,
  });
}
