import { readFlowConfig } from '../../config/flows/flow-config.ts';
import type { ServiceConfig } from '../../config/yaml/service-config.ts';
import { FLOW_CATALOGUE } from '../../flows/catalogue.ts';
import { authoritySources } from '../../governance/authority.ts';
import type { AuthoritySource } from '../../governance/authority.ts';
import { OPERATIONS } from '../../governance/catalogue.ts';
import { lintPolicies } from '../../governance/lint.ts';
import type { LintFinding } from '../../governance/lint-finding.ts';
import type { PolicyBundle } from '../../governance/types.ts';

/** Policies that load but are probably mistakes: `arx.lint/v1`. */
export interface LintDocument {
  schema: 'arx.lint/v1';
  findings: LintFinding[];
  items: LintFinding[];
  /** How many policies there are. */
  policies: number;
  /** The groups and users from which arx takes authority, and what names them. */
  authority: AuthoritySource[];
  bundleDigest: string;
}

/** Checks the policies of a bundle. */
export function lintBundle(
  bundle: PolicyBundle & { ok: true },
  { config, baseDir }: Pick<ServiceConfig, 'config' | 'baseDir'>,
): LintDocument {
  const findings = lintPolicies(bundle.policies, OPERATIONS);
  const authority = authoritySources({
    defaultApprovers: config.approvals.default_approvers,
    policies: bundle.policies,
    resourceSets: readFlowConfig(baseDir, FLOW_CATALOGUE).sets,
  });
  return {
    schema: 'arx.lint/v1',
    findings,
    items: findings,
    policies: bundle.policies.length,
    authority,
    bundleDigest: bundle.digest,
  };
}
