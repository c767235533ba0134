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
  /** Directory or file of policies instead of those of arx.yaml; with `local` only. */
  policies?: string;
  local?: boolean;
  detach?: boolean;
  json?: boolean;
}

const operationName = (value: string): string => {
  if (/^[a-z_]{1,40}:[a-z_]{1,40}$/.test(value)) return value;
  throw new InvalidArgumentError('An operation is expected, such as users:suspend.');
};

const reason = (value: string): string => {
  if (value.trim() !== '' && value.length <= 1_000) return value;
  throw new InvalidArgumentError('A reason of at most 1000 characters is expected.');
};

const params = (value: string, previous: string[] | undefined): string[] => [
  ...(previous ?? []),
  value,
];

/**
 * `arx call`: one governed operation of a vendor, from the policy over the approval to the call.
 */
export const defineCall: DefineVerb = (program, run) => {
  const call = program
    .command('call')
    .description(
      'ask for one operation of a vendor: decided by the policies, approved by people where they say so, audited',
    )
    .addArgument(new Argument('<vendor>', 'which vendor').choices(CONNECTORS))
    .argument(
      '<operation>',
      'what to do, such as users:suspend; docs/operations.md lists them all',
      operationName,
    );
  withJson(withLocal(withConfig(call), LOCAL_STACK))
    .option('--param <name=value>', 'a parameter; may be repeated (see below)', params)
    .option('--params-file <file>', 'a JSON object with parameters; --param goes over it')
    .requiredOption('--reason <text>', 'why; approvers see it', reason)
    .option(
      '--as <user>',
      'the Okta user who asks, proven by ARX_KEY (default: whose key it is, else user:anonymous)',
      nonEmptyText,
    )
    .option(
      '--on-behalf-of <user>',
      'login or id of the person it is asked for; may not approve it',
      nonEmptyText,
    )
    .option(
      '--policies <directory>',
      'with --local: policies of this directory or file instead of those of arx.yaml',
      nonEmptyText,
    )
    .option('--detach', 'do not wait for the end')
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
Values of --param are text, but true and false, numbers of at most 15 digits without leading zeros, and JSON that begins
with { or [. Text that looks like one of these is quoted as JSON: --param 'name="123"'.

Operations:
${OPERATIONS.map(({ connector, operation, does }) => `  ${`${connector} ${operation}`.padEnd(32)}${does}`).join('\n')}
`;
}
