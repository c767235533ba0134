import { Argument, InvalidArgumentError } from 'commander';
import { CONNECTORS, OPERATIONS } from '../../governance/catalogue.ts';
import { LOCAL_STACK, nonEmptyText, withConfig, withJson, withLocal } from '../kit/options.ts';
import type { DefineVerb } from '../kit/verb.ts';

/** Options of `arx call`. */
export interface CallOptions {
  config?: string;
  param?: string[];
  paramsFile?: string;
  reason: string;
  as?: string;
  onBehalfOf?: string;
  /** Directory or file of policies that replaces those of arx.yaml; only with `local`. */
  policies?: string;
  local?: boolean;
  detach?: boolean;
  json?: boolean;
}

const operationName = (value: string): string => {
  if (/^[a-z_]{1,40}:[a-z_]{1,40}$/.test(value)) return value;
  throw new InvalidArgumentError(
    'Expected an operation, such as users:suspend; docs/operations.md lists them.',
  );
};

const reason = (value: string): string => {
  if (value.trim() !== '' && value.length <= 1_000) return value;
  throw new InvalidArgumentError('Expected a reason of 1 to 1,000 characters.');
};

const args = (value: string, previous: string[] | undefined): string[] => [
  ...(previous ?? []),
  value,
];

/**
 * `arx call`: carries out one governed operation at a vendor, with policy decision and approval.
 */
export const defineCall: DefineVerb = (program, run) => {
  const call = program
    .command('call')
    .description(
      'request one operation at a vendor: the policies decide, people approve if required, and everything is audited',
    )
    .addArgument(new Argument('<vendor>', 'the vendor').choices(CONNECTORS))
    .argument(
      '<operation>',
      'the operation, such as users:suspend; docs/operations.md lists all operations',
      operationName,
    );
  withJson(withLocal(withConfig(call), LOCAL_STACK))
    .option(
      '--param <name=value>',
      'an argument of the operation; can be repeated (see `arx call --help`)',
      args,
    )
    .option('--params-file <file>', 'a JSON object with arguments; --param takes precedence')
    .requiredOption('--reason <text>', 'the reason, shown to approvers', reason)
    .option(
      '--as <user>',
      'who you are, an Okta user; ARX_KEY must belong to this user (default: the owner of the key, or else user:anonymous)',
      nonEmptyText,
    )
    .option(
      '--on-behalf-of <user>',
      'login or id of the user for whom it is requested; that user may not approve it',
      nonEmptyText,
    )
    .option(
      '--policies <directory>',
      'with --local: use the policies of this directory or file instead of those of arx.yaml',
      nonEmptyText,
    )
    .option('--detach', 'return without waiting for the end')
    .addHelpText('after', help())
    .action((vendor: string, operation: string, options: CallOptions) =>
      run(async (io) => {
        const { callOperation } = await import('./call.ts');
        return callOperation(io, { vendor, operation, options });
      }),
    );
};

function help(): string {
  return `
Values of --param are text, except true and false, numbers of at most 15 digits without leading zeros, and JSON that
starts with { or [. To pass such a value as text, quote it as JSON: --param 'name="123"'.

Operations:
${OPERATIONS.map(({ connector, operation, does }) => `  ${`${connector} ${operation}`.padEnd(32)}${does}`).join('\n')}
`;
}
