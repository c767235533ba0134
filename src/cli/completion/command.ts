import { Argument } from 'commander';
import { completionScript, SHELLS } from './complete.ts';
import type { Shell } from './complete.ts';
import { EXIT } from '../kit/exit.ts';
import { write } from '../kit/io.ts';
import { withInheritedJson } from '../kit/options.ts';
import type { DefineVerb } from '../kit/verb.ts';

/** `arx completion SHELL`: prints a completion script. */
export const defineCompletion: DefineVerb = (program, run) => {
  const command = program
    .command('completion')
    .description('print a completion script for your shell');
  withInheritedJson(command)
    .addArgument(new Argument('<shell>', 'the shell').choices(SHELLS))
    .addHelpText('after', '\nLoad it with: source <(arx completion bash)')
    .action((shell: Shell) =>
      run(async (io) => {
        await write(io.out, completionScript(program, shell));
        return EXIT.ok;
      }),
    );
};
