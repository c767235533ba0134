/**
 * Reads what the configuration and environment contain: variables, policies, event rules and flows.
 */

import { ACCOUNT_VENDORS, accountVendorProblems } from '../../config/env/account-vendors.ts';
import type { AccountVendor } from '../../config/env/account-vendors.ts';
import { auditSinkSettings } from '../../config/env/audit-sink.ts';
import { problemsOf } from '../../config/env/env.ts';
import type { ConfigError } from '../../config/errors.ts';
import { oktaSettings, oktaSource } from '../../config/env/credentials.ts';
import { oktaProblems } from '../../config/env/okta-env.ts';
import { loadFlowConfig } from '../../config/flows/flow-config.ts';
import type { FlowConfigReading } from '../../config/flows/flow-config.ts';
import { loadEventRules, NO_EVENT_RULES } from '../../config/events/event-rules.ts';
import { loadPolicies } from '../../config/policies/policies.ts';
import { VARIABLES } from '../../config/env/variables.ts';
import { jiraProblems, slackProblems } from '../../config/env/vendors.ts';
import { CATALOGUE } from '../../governance/catalogue.ts';
import { bundleDigest } from '../../governance/digest.ts';
import type { PolicyBundle } from '../../governance/types.ts';
import { FLOW_CATALOGUE } from '../../flows/catalogue.ts';
import type { EventRule } from '../../twin/events/types.ts';
import { toCliError } from './errors.ts';
import type { CliError } from './errors.ts';
import type { Settings } from './settings.ts';

/** One environment variable; its value is shown only if it is not a secret. */
interface VariableSummary {
  name: string;
  set: boolean;
  value: string | null;
}

/** What is missing or wrong in the environment, by vendor. */
export interface EnvironmentSummary {
  variables: VariableSummary[];
  problems: {
    vendor: 'okta' | 'jira' | 'slack' | 'audit sink' | AccountVendor;
    code: string;
    message: string;
    remedy: string;
  }[];
}

/** A missing variable may not be needed, but a wrong one fails every run. */
const MISSING = 'missing_variable';

/** True if nothing is wrong; missing variables do not count. */
export const isUsable = ({ problems }: EnvironmentSummary): boolean =>
  problems.every(({ code }) => code === MISSING);

/** Every variable that arx reads, and the problems that would keep it from reaching each vendor. */
export async function environmentSummary(settings: Settings): Promise<EnvironmentSummary> {
  const { arx } = settings;
  const variables = VARIABLES.map(({ name, secret }) => {
    const value = arx.source.find(name)?.value ?? null;
    return { name, set: value !== null, value: secret && value !== null ? '[secret]' : value };
  });
  const found = [
    { vendor: 'okta' as const, errors: await oktaErrors(settings) },
    { vendor: 'jira' as const, errors: jiraProblems(arx) },
    { vendor: 'slack' as const, errors: slackProblems(arx) },
    ...ACCOUNT_VENDORS.map((vendor) => ({ vendor, errors: accountVendorProblems(arx, vendor) })),
    { vendor: 'audit sink' as const, errors: sinkProblems(settings) },
  ];
  const problems = found.flatMap(({ vendor, errors }) =>
    worthReporting(errors.map(toCliError)).map(({ code, message, remedy }) => ({
      vendor,
      code,
      message,
      remedy,
    })),
  );
  return { variables, problems };
}

function sinkProblems({ arx: env, config, baseDir }: Settings): ConfigError[] {
  return problemsOf([() => auditSinkSettings({ env, config, baseDir })]);
}

/** If Okta's credentials come from another source, its variables do not matter. */
async function oktaErrors({ arx: env, config, baseDir }: Settings): Promise<unknown[]> {
  if (oktaSource({ env, config }) === 'environment') return oktaProblems(env);
  return oktaSettings({ env, config, baseDir }).then(
    () => [],
    (thrown: unknown) => [thrown],
  );
}

/**
 * All wrong variables, but only the first missing one: more would be noise if the vendor is not
 * used.
 */
function worthReporting(errors: readonly CliError[]): CliError[] {
  const missing = errors.filter(({ code }) => code === MISSING);
  return [...errors.filter(({ code }) => code !== MISSING), ...missing.slice(0, 1)];
}

/** The policies that the configuration names. Throws ConfigError with the place of the error. */
export const policiesOf = ({ config, baseDir }: Settings): PolicyBundle & { ok: true } =>
  loadPolicies({ patterns: config.policies, baseDir, catalogue: CATALOGUE, digest: bundleDigest });

/**
 * The rules for security events that the configuration names. Throws ConfigError with the place of
 * the error.
 */
export const eventRulesOf = ({ config, baseDir, file }: Settings): EventRule[] =>
  loadEventRules({ patterns: config.twin.event_rules, baseDir, placeOf: file?.placeOf });

/** A warning if there are no rules, which is allowed. */
export const eventRuleWarnings = (rules: readonly unknown[]): string[] =>
  rules.length === 0 ? [NO_EVENT_RULES] : [];

/**
 * Flows, routes and resource sets next to the configuration. Throws ConfigError: the first problem,
 * with the rest in `others`.
 */
export const flowConfigOf = ({ baseDir }: Settings): Omit<FlowConfigReading, 'problems'> =>
  loadFlowConfig(baseDir, FLOW_CATALOGUE);
