import type { Colors } from '../kit/io.ts';
import type { EnvironmentSummary } from '../kit/inspect.ts';
import { plain, plural } from '../kit/text.ts';

/** The result of `config check`. */
interface ConfigReport {
  valid: boolean;
  file: string | null;
  digest: string;
  policies: { name: string; connector: string; file: string; line: number }[];
  eventRules: { name: string }[];
  flows: { name: string; enabled: boolean }[];
  /** Number of rows in routing.yaml, and of sets in resource_sets.yaml. */
  routes: number;
  resourceSets: number;
  environment: EnvironmentSummary;
  /** Settings that are allowed but worth a warning. */
  warnings: readonly string[];
}

/** The outcome of `config check` for the terminal. */
export function configText(report: ConfigReport, colors: Colors): string {
  const { valid, file, digest, policies, eventRules, environment } = report;
  const set = environment.variables.filter((variable) => variable.set);
  return [
    `${valid ? colors.green('valid') : colors.red('NOT VALID')}  ${file ?? 'no file, so the defaults apply'} (digest ${digest.slice(0, 12)})`,
    plural(policies.length, 'policy', 'policies'),
    ...policies.map(
      ({ name, file: source, line }) => `  ${plain(name)} (${plain(source)}:${line})`,
    ),
    plural(eventRules.length, 'rule for security events', 'rules for security events'),
    flowsLine(report),
    `${plural(set.length, 'variable')} set`,
    ...set.map(({ name, value }) => `  ${name}=${plain(value ?? '')}`),
    ...report.warnings.map((warning) => `${colors.yellow('!')} ${plain(warning)}`),
    ...environment.problems.map(
      ({ code, message, remedy }) =>
        `${code === 'missing_variable' ? colors.yellow('!') : colors.red('x')} ${plain(message)}\n  ${plain(remedy)}`,
    ),
  ].join('\n');
}

function flowsLine({ flows, routes, resourceSets }: ConfigReport): string {
  const enabled = flows.filter((flow) => flow.enabled).length;
  return `${plural(flows.length, 'delegated flow')} (${enabled} enabled), ${plural(routes, 'route')}, ${plural(resourceSets, 'resource set')}`;
}
