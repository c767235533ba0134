import { nonEmptyText, several, withConfig, withJson, withLocal } from '../kit/options.ts';
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

/** `arx enrich`: who an account is, by its name as it stands in an alert. */
export const defineEnrich: DefineVerb = (program, run) => {
  const enrich = program
    .command('enrich')
    .description('say who an account is: status, MFA, administrator roles, groups, recent sign-ins')
    .argument(
      '[account...]',
      'e-mail address, user name (DOMAIN\\ may stand before it) or Okta user id',
      several,
    );
  withJson(withLocal(withConfig(enrich)))
    .option('--refresh', 'ask Okta anew, whatever is kept')
    .option(
      '--test <account>',
      'show each call of the look-up of this account, and ask Okta anew',
      nonEmptyText,
    )
    .action((accounts: string[], options: EnrichOptions) =>
      run(async (io) => {
        if ((accounts.length === 0) === (options.test === undefined))
          throw usageError(
            'One account or more are expected, or --test with one.',
            'Such as `arx enrich jdoe@example.com`.',
          );
        return (await import('./enrich.ts')).enrichAccounts(io, accounts, options);
      }),
    );
};
