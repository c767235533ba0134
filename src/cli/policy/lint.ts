import { readFlowConfig } from '../../config/flows/flow-config.ts';
import { FLOW_CATALOGUE } from '../../flows/catalogue.ts';
import { authoritySources } from '../../governance/authority.ts';
import { OPERATIONS } from '../../governance/catalogue.ts';
import { lintPolicies } from '../../governance/lint.ts';
import { authorityLines, lintText } from './render.ts';
import { EXIT } from '../kit/exit.ts';
import { print, writeJson } from '../kit/io.ts';
import type { Io } from '../kit/io.ts';
import { loadSettings } from '../kit/settings.ts';
import type { PolicyOptions } from './command.ts';
import { bundleAt } from './bundle.ts';

/** `arx policy lint`: exit code 1 if a finding is an error. */
export async function lint(io: Io, directory: string | undefined, options: PolicyOptions) {
  const settings = await loadSettings(io, options);
  const bundle = bundleAt(directory, settings);
  const findings = lintPolicies(bundle.policies, OPERATIONS);
  const policies = bundle.policies.length;
  const authority = authoritySources({
    defaultApprovers: settings.config.approvals.default_approvers,
    policies: bundle.policies,
    resourceSets: readFlowConfig(settings.baseDir, FLOW_CATALOGUE).sets,
  });
  if (options.json) {
    await writeJson(io, {
      schema: 'arx.lint/v1',
      findings,
      items: findings,
      policies,
      authority,
      bundleDigest: bundle.digest,
    });
  } else {
    await print(io, lintText(findings, policies, io.colors.out));
    for (const line of authorityLines(authority)) await print(io, line);
  }
  return findings.some(({ severity }) => severity === 'error') ? EXIT.error : EXIT.ok;
}
