import { EXIT } from '../kit/exit.ts';
import type { Io } from '../kit/io.ts';
import { print, writeJson } from '../kit/io.ts';
import { withConfig, withInheritedJson, withJson } from '../kit/options.ts';
import type { Settings } from '../kit/settings.ts';
import type { DefineVerb } from '../kit/verb.ts';
import type { CheckResult } from '../doctor/check.ts';

interface CheckOptions {
  config?: string;
  json?: boolean;
  online?: boolean;
}

/** `arx config check`: reads everything that a run reads, and prints what it found. */
export const defineConfig: DefineVerb = (program, run) => {
  const config = withInheritedJson(
    program.command('config').description('check the configuration'),
  );
  const command = config
    .command('check')
    .description(
      'check configuration, policies, rules for security events, delegated flows and the environment',
    );
  withJson(withConfig(command))
    .option('--online', 'also compare the configuration of tickets with Jira')
    .action((options: CheckOptions) => run((io) => check(io, options)));
};

/**
 * An invalid configuration, policy, rule, flow, route or resource set ends as an error with its
 * place. An invalid variable makes the whole result invalid (exit code 2); a missing variable is
 * only reported.
 */
async function check(io: Io, options: CheckOptions) {
  const [{ loadSettings }, inspect, { exemptionWarnings }] = await Promise.all([
    import('../kit/settings.ts'),
    import('../kit/inspect.ts'),
    import('../kit/exemption-warnings.ts'),
  ]);
  const {
    environmentSummary,
    eventRulesOf,
    eventRuleWarnings,
    flowConfigOf,
    isUsable,
    policiesOf,
  } = inspect;
  const settings = await loadSettings(io, options);
  const { policies: loaded, digest: policyDigest } = policiesOf(settings);
  const policies = loaded.map(({ name, connector, place }) => ({
    name,
    connector,
    file: place.file,
    line: place.line,
  }));
  const eventRules = eventRulesOf(settings).map(({ name, severity }) => ({ name, severity }));
  const warnings = [
    ...eventRuleWarnings(eventRules),
    ...exemptionWarnings(settings.config.exemptions),
  ];
  const config = flowConfigOf(settings);
  const flows = config.flows.map(({ name, enabled, place }) => ({
    name,
    enabled,
    file: place.file,
    line: place.line,
  }));
  const file = settings.file?.path ?? null;
  const environment = await environmentSummary(settings);
  const valid = isUsable(environment);
  const online = options.online ? await checkOnline(io, settings) : null;
  const exit = valid ? (online?.exit ?? EXIT.ok) : EXIT.usage;
  const found = {
    valid,
    file,
    digest: settings.digest,
    policies,
    eventRules,
    flows,
    routes: config.routes.length,
    resourceSets: config.sets.length,
    environment,
    warnings,
  };
  if (options.json) {
    await writeJson(io, {
      schema: 'arx.config/v1',
      config: settings.config,
      ...found,
      policyDigest,
      ...(online && { online: online.document }),
    });
    return exit;
  }
  const { configText } = await import('./render.ts');
  await print(io, configText(found, io.colors.out));
  for (const text of online?.lines ?? []) await print(io, text);
  return exit;
}

/** The checks of Jira, with their lines for the terminal and their part of the document. */
async function checkOnline(io: Io, settings: Settings) {
  const [{ storeAndVendorChecks }, { jiraOnlineChecks }, { checkDocument, checkLine, exitOf }] =
    await Promise.all([
      import('../doctor/store.ts'),
      import('../doctor/vendors.ts'),
      import('../doctor/doctor.ts'),
    ]);
  const checks: CheckResult[] = [];
  for await (const found of storeAndVendorChecks(io, settings, jiraOnlineChecks))
    checks.push(found);
  return {
    exit: exitOf(checks),
    document: checks.map(checkDocument),
    lines: checks.map((found) => checkLine(io, found)),
  };
}
