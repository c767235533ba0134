import type { ArxEnv } from '../../config/env.ts';
import { requireOkta } from '../../config/okta-env.ts';
import { loadPolicies } from '../../config/policies.ts';
import { VARIABLES } from '../../config/variables.ts';
import { requireJira, requireSlack } from '../../config/vendors.ts';
import { CATALOGUE } from '../../governance/catalogue.ts';
import { bundleDigest } from '../../governance/digest.ts';
import type { PolicyBundle } from '../../governance/types.ts';
import { toCliError } from './errors.ts';
import type { Settings } from './settings.ts';

/** One environment variable as found: its value only where that is no secret. */
export interface VariableSummary {
  name: string;
  set: boolean;
  value: string | null;
}

/** What the environment lacks or has wrong, by vendor. */
export interface EnvironmentSummary {
  variables: VariableSummary[];
  problems: { vendor: 'okta' | 'jira' | 'slack'; message: string; remedy: string }[];
}

const READERS = { okta: requireOkta, jira: requireJira, slack: requireSlack } as const;

/** Every variable that arx reads, and whether each vendor could be reached with them. */
export function environmentSummary(env: ArxEnv): EnvironmentSummary {
  const variables = VARIABLES.map(({ name, secret }) => {
    const value = env.source.find(name)?.value ?? null;
    return { name, set: value !== null, value: secret && value !== null ? '[secret]' : value };
  });
  const problems = (['okta', 'jira', 'slack'] as const).flatMap((vendor) => {
    try {
      READERS[vendor](env);
      return [];
    } catch (thrown) {
      const { message, remedy } = toCliError(thrown);
      return [{ vendor, message, remedy }];
    }
  });
  return { variables, problems };
}

/** The policies that the configuration names. Throws ConfigError with the place of what is wrong. */
export const policiesOf = ({ config, baseDir }: Settings): PolicyBundle & { ok: true } =>
  loadPolicies({ patterns: config.policies, baseDir, catalogue: CATALOGUE, digest: bundleDigest });
