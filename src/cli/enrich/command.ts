import { nonEmptyText, withConfig, withJson, withLocal } from '../kit/options.ts';
import { usageError } from '../kit/errors.ts';
import type { DefineVerb } from '../kit/verb.ts';

/** Options of `arx enrich`. */
export interface EnrichOptions {
  config?: string;
  local?: boolean;
  refresh?: boolean;
  /** An account whose look-up is shown call by call. */
  test?: string;
  json?: boolean;
}

/** `arx enrich`: reports on an account by its name in an alert. */
export const defineEnrich: DefineVerb = (program, run) => {
  const enrich = program
    .command('enrich')
    .description('report on an account: status, MFA, administrator roles, groups, recent sign-ins')
    .argument(
      '[account...]',
      'e-mail address, user name (optionally with DOMAIN\\) or Okta user id',
      everyAccount,
    );
  withJson(withLocal(withConfig(enrich)))
    .option('--refresh', 'read from Okta again instead of using stored answers')
    .option(
      '--test <account>',
      'show each call of the look-up of this account, read from Okta again',
      nonEmptyText,
    )
    .action((accounts: string[], options: EnrichOptions) =>
      run(async (io) => {
        if ((accounts.length === 0) === (options.test === undefined))
          throw usageError(
            'Expected one or more accounts, or --test with one account.',
            'For example `arx enrich jdoe@example.com`.',
          );
        return (await import('./enrich.ts')).enrichAccounts(io, accounts, options);
      }),
    );
};

/** Any text: an account that cannot be one has a row of its own. */
const everyAccount = (value: string, previous: string[] | undefined): string[] => [
  ...(previous ?? []),
  value,
];
