import { guardrailsOf } from '../../config/schema/guardrails.ts';
import { OPERATIONS } from '../../governance/catalogue.ts';
import { diffBundles } from '../../governance/diff.ts';
import type { DecisionChange } from '../../governance/diff.ts';
import { diffText } from './render-diff.ts';
import { EXIT } from '../kit/exit.ts';
import { print, writeJson } from '../kit/io.ts';
import type { Io } from '../kit/io.ts';
import { loadSettings } from '../kit/settings.ts';
import type { DiffOptions } from './command.ts';
import { bundleFrom } from './bundle.ts';

/** `arx policy diff`: exit code 0, or 3 for a widening with --fail-on. */
export async function diff(
  io: Io,
  [before, after]: readonly [string, string],
  options: DiffOptions,
) {
  const { config, arx } = await loadSettings(io, options);
  const [old, changed] = [bundleFrom([before], arx.cwd), bundleFrom([after], arx.cwd)];
  const changes = diffBundles(old, changed, {
    guardrails: guardrailsOf(config),
    catalogue: OPERATIONS,
  });
  const widened = changes.filter(({ change }) => change === 'wider').length;
  if (options.json) {
    const counts = { widened, narrowed: changes.length - widened };
    const digests = { old: { bundleDigest: old.digest }, new: { bundleDigest: changed.digest } };
    await writeJson(io, {
      schema: 'arx.policy-diff/v1',
      ...digests,
      ...counts,
      items: changes.map(itemOf),
    });
  } else await print(io, diffText(changes, io.colors.out));
  return options.failOn === 'widening' && widened > 0 ? EXIT.findings : EXIT.ok;
}

const itemOf = ({ principals, ...change }: DecisionChange) => ({
  principals: principals.name,
  example: principals.example,
  ...change,
});
