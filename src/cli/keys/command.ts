import { InvalidArgumentError } from 'commander';
import {
  nonEmptyText,
  withConfig,
  withInheritedJson,
  withJson,
  withLocal,
} from '../kit/options.ts';
import type { DefineVerb } from '../kit/verb.ts';

interface Options {
  config?: string;
  json?: boolean;
  local?: boolean;
}

/** Names of keys appear in the audit trail. */
const keyName = (value: string): string => {
  if (/^[a-z0-9][a-z0-9._-]{0,63}$/.test(value)) return value;
  throw new InvalidArgumentError('Expected a name of lower-case letters, digits, dots and dashes.');
};

/** `arx keys`: manages the access keys of users and services, and the key that signs decisions. */
export const defineKeys: DefineVerb = (program, run) => {
  const keys = withInheritedJson(
    program
      .command('keys')
      .description(
        'manage the access keys of users and services, and the key that signs decisions',
      ),
  );
  const verb = (name: string, about: string) =>
    withJson(withLocal(withConfig(keys.command(name).description(about))));
  verb('create', 'create an access key and print it once; only its hash is stored')
    .requiredOption('--name <name>', 'name of the key', keyName)
    .option(
      '--for <login>',
      'the Okta user that the key authenticates (default: a service, agent:NAME)',
      nonEmptyText,
    )
    .action((options: Options & { name: string; for?: string }) =>
      run(async (io) => (await import('./keys.ts')).createKey(io, options)),
    );
  verb('list', 'list the access keys').action((options: Options) =>
    run(async (io) => (await import('./keys.ts')).listKeys(io, options)),
  );
  verb('revoke', 'revoke an access key')
    .argument('<name>', 'name of the key', nonEmptyText)
    .action((name: string, options: Options) =>
      run(async (io) => (await import('./keys.ts')).revokeKey(io, name, options)),
    );
  verb('decision', 'show the key that signs decisions here; it is created on first use')
    .option('--rotate', 'replace it with a new key; the old key is no longer accepted')
    .action((options: Options & { rotate?: boolean }) =>
      run(async (io) => (await import('./keys.ts')).manageDecisionKey(io, options)),
    );
};
