import { Argument } from 'commander';
import { nonEmptyText, withInheritedJson, withJson, withLocal } from '../kit/options.ts';
import type { DefineVerb } from '../kit/verb.ts';
import type { RotateOptions } from '../audit/key.ts';

/** `arx keys rotate audit`, below whatever else `arx keys` offers. */
export const defineAuditKeys: DefineVerb = (program, run) => {
  const keys =
    program.commands.find((command) => command.name() === 'keys') ??
    withInheritedJson(program.command('keys').description('manage keys'));
  withJson(
    withLocal(keys.command('rotate').description('put a new key in the place of the one in use')),
  )
    .addArgument(
      new Argument('<which>', 'which key: the one that signs audit checkpoints').choices(['audit']),
    )
    .option('--lost', 'the key in use is lost: the new one signs alone')
    .option(
      '--out <file>',
      'where the new key goes, while ARX_AUDIT_KEY gives the one in use',
      nonEmptyText,
    )
    .action((_: string, options: RotateOptions) =>
      run(async (io) => (await import('../audit/key.ts')).rotate(io, options)),
    );
};
