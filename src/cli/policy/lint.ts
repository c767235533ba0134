import { OPERATIONS } from '../../governance/catalogue.ts';
import { lintPolicies } from '../../governance/lint.ts';
import { lintText } from './render.ts';
import { EXIT } from '../kit/exit.ts';
import { print, writeJson } from '../kit/io.ts';
import type { Io } from '../kit/io.ts';
import { loadSettings } from '../kit/settings.ts';
import type { PolicyOptions } from './command.ts';
import { bundleAt } from './bundle.ts';

/** `arx policy lint`: exit code 1 if a finding is an error. */
export async function lint(io: Io, directory: string | undefined, options: PolicyOptions) {
  const bundle = bundleAt(directory, await loadSettings(io, options));
  const findings = lintPolicies(bundle.policies, OPERATIONS);
  const policies = bundle.policies.length;
  if (options.json) {
    await writeJson(io, {
      schema: 'arx.lint/v1',
      findings,
      items: findings,
      policies,
      bundleDigest: bundle.digest,
    });
  } else await print(io, lintText(findings, policies, io.colors.out));
  return findings.some(({ severity }) => severity === 'error') ? EXIT.error : EXIT.ok;
}
