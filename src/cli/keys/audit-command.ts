import { Argument } from 'commander';
import { nonEmptyText, withInheritedJson, withJson, withLocal } from '../kit/options.ts';
import type { DefineVerb } from '../kit/verb.ts';
import type { RotateOptions } from '../audit/key.ts';

/** `arx keys rotate audit`, added to the other verbs of `arx keys`. */
export const defineAuditKeys: DefineVerb = (program, run) => {
  const keys =
    program.commands.find((command) => command.name() === 'keys') ??
    withInheritedJson(program.command('keys').description('manage keys'));
  withJson(withLocal(keys.command('rotate').description('replace the current key with a new one')))
    .addArgument(
      new Argument('<which>', 'the key to rotate; audit: the key that signs checkpoints').choices([
        'audit',
      ]),
    )
    .option('--lost', 'the current key is lost, so only the new key signs')
    .option(
      '--out <file>',
      'file for the new key; needed if the current key comes from ARX_AUDIT_KEY',
      nonEmptyText,
    )
    .action((_: string, options: RotateOptions) =>
      run(async (io) => (await import('../audit/key.ts')).rotate(io, options)),
    );
};
