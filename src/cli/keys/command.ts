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

/** Names of keys stand in the audit trail. */
const keyName = (value: string): string => {
  if (/^[a-z0-9][a-z0-9._-]{0,63}$/.test(value)) return value;
  throw new InvalidArgumentError('Expected a name of lower-case letters, digits, dots and dashes.');
};

/** `arx keys`: what proves people at the command line, and what signs their decisions. */
export const defineKeys: DefineVerb = (program, run) => {
  const keys = withInheritedJson(
    program
      .command('keys')
      .description(
        'manage the keys that prove people and services, and the key that signs decisions',
      ),
  );
  const verb = (name: string, about: string) =>
    withJson(withLocal(withConfig(keys.command(name).description(about))));
  verb('create', 'make an access key and print it this once; only its hash is stored')
    .requiredOption('--name <name>', 'what the key is called', keyName)
    .option(
      '--for <login>',
      'the Okta user it stands for (default: a service, agent:NAME)',
      nonEmptyText,
    )
    .action((options: Options & { name: string; for?: string }) =>
      run(async (io) => (await import('./keys.ts')).createKey(io, options)),
    );
  verb('list', 'list the access keys').action((options: Options) =>
    run(async (io) => (await import('./keys.ts')).listKeys(io, options)),
  );
  verb('revoke', 'make an access key useless')
    .argument('<name>', 'what the key is called', nonEmptyText)
    .action((name: string, options: Options) =>
      run(async (io) => (await import('./keys.ts')).revokeKey(io, name, options)),
    );
  verb('decision', 'show the key that signs decisions here, made on first use')
    .option('--rotate', 'put a new key in its place; the old one counts no more')
    .action((options: Options & { rotate?: boolean }) =>
      run(async (io) => (await import('./keys.ts')).decisionKeyVerb(io, options)),
    );
};
