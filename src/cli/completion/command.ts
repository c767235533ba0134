import { Argument, Option } from 'commander';
import { completionScript, SHELLS } from './complete.ts';
import type { Shell } from './complete.ts';
import { VALUE_KINDS } from './value-kinds.ts';
import type { ValueKind } from './value-kinds.ts';
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
    .addOption(
      new Option(
        '--values <kind>',
        'print the values of a kind, one per line, as the script asks for them',
      ).choices(VALUE_KINDS),
    )
    .addHelpText('after', '\nLoad it with: source <(arx completion bash)')
    .action((shell: Shell, { values }: { values?: ValueKind }) =>
      run(async (io) => {
        if (values === undefined) await write(io.out, completionScript(program, shell));
        else {
          const { valuesOf } = await import('./values.ts');
          await write(io.out, (await valuesOf(io, values)).map((value) => `${value}\n`).join(''));
        }
        return EXIT.ok;
      }),
    );
};
