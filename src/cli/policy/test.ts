import { dirname, join } from 'node:path';
import { findFiles } from '../../config/yaml/files.ts';
import { guardrailsOf } from '../../config/schema/guardrails.ts';
import { policyBase } from '../../config/policies/policies.ts';
import { readPolicyTest } from '../../config/policies/policy-tests.ts';
import { testText } from './render.ts';
import { CliError } from '../kit/errors.ts';
import { EXIT } from '../kit/exit.ts';
import { print, writeJson } from '../kit/io.ts';
import type { Io } from '../kit/io.ts';
import { loadSettings } from '../kit/settings.ts';
import type { Settings } from '../kit/settings.ts';
import type { PolicyOptions } from './command.ts';
import { bundleFrom } from './bundle.ts';
import { evaluateCase } from './evaluate-case.ts';

/** `arx policy test`: exit code 1 if a case fails. */
export async function test(io: Io, files: readonly string[], options: PolicyOptions) {
  const settings = await loadSettings(io, options);
  const guardrails = guardrailsOf(settings.config);
  const items = testFiles(files, settings)
    .map(readPolicyTest)
    .flatMap(({ policies, baseDir, cases }) => {
      const bundle = bundleFrom(policies, baseDir);
      return cases.map((one) => evaluateCase(one, bundle, guardrails));
    });
  const failed = items.filter(({ ok }) => !ok).length;
  if (options.json) {
    await writeJson(io, {
      schema: 'arx.policy-test/v1',
      passed: items.length - failed,
      failed,
      items,
    });
  } else await print(io, testText(items, io.colors.out));
  return failed === 0 ? EXIT.ok : EXIT.error;
}

function testFiles(files: readonly string[], { config, baseDir, arx }: Settings) {
  const found =
    files.length > 0
      ? findFiles(files, arx.cwd)
      : testsNextTo(config.policies, policyBase(config.policies, baseDir));
  if (found.length > 0) return found;
  throw new CliError({
    code: 'no_tests',
    message: 'there are no policy tests next to the policies of arx.yaml',
    remedy: 'Create tests/NAME.yaml next to them (see docs/policies.md), or name test files.',
    exit: EXIT.usage,
  });
}

const testsNextTo = (patterns: readonly string[], base: string) => {
  const folders = findFiles(patterns, base).map(({ shown }) => dirname(shown));
  return findFiles(
    [...new Set(folders)].map((folder) => join(folder, 'tests', '*.y*ml')),
    base,
  );
};
