import { lintBundle } from '../../services/policies/lint-bundle.ts';
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
  const document = lintBundle(bundleAt(directory, settings), settings);
  const { findings, policies, authority } = document;
  if (options.json) await writeJson(io, document);
  else {
    await print(io, lintText(findings, policies, io.colors.out));
    for (const line of authorityLines(authority)) await print(io, line);
  }
  return findings.some(({ severity }) => severity === 'error') ? EXIT.error : EXIT.ok;
}
