import { InvalidArgumentError } from 'commander';
import {
  nonEmptyText,
  withConfig,
  withInheritedJson,
  withJson,
  withLocal,
} from '../kit/options.ts';
import { parseDuration } from '../../config/yaml/durations.ts';
import { KEY_SCOPES, isKeyScope } from '../../governance/key-scopes.ts';
import type { KeyScope } from '../../governance/key-scopes.ts';
import type { DefineVerb } from '../kit/verb.ts';

interface Options {
  config?: string;
  json?: boolean;
  local?: boolean;
}

/** Names of keys appear in the audit trail. */
const keyName = (value: string): string => {
  if (/^[a-z0-9][a-z0-9._-]{0,63}$/.test(value)) return value;
  throw new InvalidArgumentError(
    'Expected 1 to 64 lower-case letters, digits, dots, dashes or underscores, starting with a letter or digit.',
  );
};

/** Options of `arx keys create`. */
export interface CreateOptions {
  name: string;
  for?: string;
  scope?: KeyScope[];
  expiresIn: string;
}

const scopes = (value: string, previous: KeyScope[] = []): KeyScope[] => {
  const words = value.split(',').map((word) => word.trim());
  const known = words.filter(isKeyScope);
  if (known.length < words.length)
    throw new InvalidArgumentError(`Expected one of ${KEY_SCOPES.join(', ')}.`);
  return [...new Set([...previous, ...known])];
};

const MAX_VALID_MS = 365 * 86_400_000;

const validity = (value: string): string => {
  const ms = parseDuration(value);
  if (ms !== null && ms > 0 && ms <= MAX_VALID_MS) return value;
  throw new InvalidArgumentError('Expected a duration such as 90d or 12h, at most 365d.');
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
    .option(
      '--scope <scope>',
      `what the key may be used for, several times or with commas: ${KEY_SCOPES.join(', ')} (default: all but audit and admin that suit the owner)`,
      scopes,
    )
    .option('--expires-in <duration>', 'how long the key is valid, at most 365d', validity, '90d')
    .action((options: Options & CreateOptions) =>
      run(async (io) => (await import('./keys.ts')).createKey(io, options)),
    );
  verb('list', 'list the access keys with their scopes, expiry and last use').action(
    (options: Options) => run(async (io) => (await import('./keys.ts')).listKeys(io, options)),
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
