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
 * The settings with the policies of a directory in the place of those of arx.yaml, for a worker of
 * our own. Files that speak only of arx's own jobs stay: it could not even look up who asks without
 * them. Throws ConfigError and CliError.
 */
export function withPolicies(
  settings: Settings,
  directory: string | undefined,
  local: boolean,
): Settings {
  if (directory === undefined) return settings;
  if (!local)
    throw usageError(
      '--policies goes with --local: a worker elsewhere decides by its own policies.',
    );
  const { arx, config, baseDir } = settings;
  const given = filesOf([directory], arx.cwd);
  const kept = filesOf(config.policies, policyBase(config.policies, baseDir)).filter((path) =>
    isOfJobs(path),
  );
  const rules = eventRuleBase(config.twin.event_rules, baseDir);
  const vault = config.credentials.okta?.vault;
  const changed = {
    ...config,
    policies: [...new Set([...given, ...kept])],
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
  // JSON is YAML, too.
  writeFileSync(path, JSON.stringify(changed), { mode: 0o600 });
  const file = loadConfig({ path, catalogue: CATALOGUE });
  const other = {
    ...settings,
    file,
    config: file.config,
    baseDir: file.baseDir,
    digest: file.digest,
  };
  policiesOf(other);
  return other;
}

const read = (patterns: readonly string[], baseDir: string) =>
  readPolicies({ patterns, baseDir, catalogue: CATALOGUE });

const filesOf = (patterns: readonly string[], baseDir: string): string[] => {
  const { files, errors } = read(patterns, baseDir);
  if (errors[0]) throw errors[0];
  return files.map(({ path }) => path);
};

function isOfJobs(path: string): boolean {
  const principals = read([path], '/').policies.map((policy) => policy.principals);
  return principals.every(
    (named) => named.length > 0 && named.every((one) => /^(workflow|flow):/.test(one)),
  );
}

/**
 * Refuses to go on where the worker that runs decides by other policies than these. Throws CliError
 * `stack_differs`.
 */
export async function assertInForce(settings: Settings, store: Store): Promise<void> {
  const loaded = await store.audit.list({ kind: 'policy.loaded' });
  if (loaded.at(-1)?.entry.outcome?.['digest'] === policiesOf(settings).digest) return;
  throw new CliError({
    code: 'stack_differs',
    message: `The stack in ${settings.arx.home} runs already, with other policies than those of --policies.`,
    remedy: 'End it first, or set ARX_HOME to another folder to run a second one beside it.',
    exit: EXIT.usage,
  });
}
