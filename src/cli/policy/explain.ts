import { explainDecision } from '../../services/policies/explain-decision.ts';
import { decisionText } from './render.ts';
import { EXIT } from '../kit/exit.ts';
import { print, writeJson } from '../kit/io.ts';
import type { Io } from '../kit/io.ts';
import { loadSettings } from '../kit/settings.ts';
import type { ExplainOptions } from './command.ts';
import { argumentsIn, factsIn } from './arguments.ts';
import { bundleAt } from './bundle.ts';

/** `arx policy explain`: exit code 0, whatever the decision. */
export async function explain(io: Io, operation: string, options: ExplainOptions) {
  const settings = await loadSettings(io, options);
  const { cwd } = settings.arx;
  const { as: principal, args, facts } = options;
  const document = explainDecision(
    { bundle: bundleAt(options.policies, settings), config: settings.config },
    {
      operation,
      principal,
      args: args === undefined ? undefined : argumentsIn(args, cwd, operation),
      facts: facts === undefined ? undefined : factsIn(facts, cwd),
    },
  );
  if (options.json) await writeJson(io, document);
  else await print(io, decisionText(document, io.colors.out));
  return EXIT.ok;
}
