import { MOST_HOURS_BACK } from '../../mfa/scan-plan.ts';
import {
  LOCAL_STACK,
  nonEmptyText,
  whole,
  withConfig,
  withInheritedJson,
  withJson,
  withLocal,
} from '../kit/options.ts';
import type { DefineVerb } from '../kit/verb.ts';

/** Options of `arx okta configure`. */
export interface ConfigureOptions {
  domain?: string;
  tokenFile?: string;
  out?: string;
  force?: boolean;
  config?: string;
  json?: boolean;
}

/** Options of `arx okta status` and `arx okta test`. */
export interface OktaOptions {
  config?: string;
  local?: boolean;
  json?: boolean;
}

/** Options of `arx okta sync`. */
export interface SyncOptions extends OktaOptions {
  users: boolean;
  apps: boolean;
  logs: boolean;
  hoursBack?: number;
  detach?: boolean;
  attach?: string;
}

/** `arx okta`: the connection to Okta, and the sync that reads the organisation into the twin. */
export const defineOkta: DefineVerb = (program, run) => {
  const okta = withInheritedJson(
    program
      .command('okta')
      .description('set up the connection to Okta, test it, and sync the organisation'),
  );
  const configure = okta
    .command('configure')
    .description(
      "ask for Okta's domain and token, test them, and store them in a file that only you can read",
    )
    .option(
      '--domain <host>',
      'host of the organisation, such as example.okta.com (default: prompt)',
      nonEmptyText,
    )
    .option(
      '--token-file <file>',
      'file with the API token, or - for standard input (default: prompt)',
      nonEmptyText,
    )
    .option('--out <file>', 'where to store them (default: okta.json of ARX_HOME)', nonEmptyText)
    .option('--force', 'replace an existing file');
  withJson(withConfig(configure)).action((options: ConfigureOptions) =>
    run(async (io) => (await import('./configure.ts')).configure(io, options)),
  );
  const verb = (name: string, about: string) =>
    withJson(withConfig(okta.command(name).description(about)));
  withLocal(
    verb(
      'status',
      'show whether Okta is configured, and the completeness and age of each synced stream',
    ),
  ).action((options: OktaOptions) =>
    run(async (io) => (await import('./status.ts')).oktaStatus(io, options)),
  );
  withLocal(
    verb(
      'test',
      'try every permission that a sync needs; exit code 4 for a refused credential, 7 for a denied permission',
    ),
  ).action((options: OktaOptions) =>
    run(async (io) => (await import('./test.ts')).testOkta(io, options)),
  );
  withLocal(
    verb(
      'sync',
      'read users, apps, administrator roles and the System Log into the twin; exit code 7 if incomplete',
    ),
    LOCAL_STACK,
  )
    .option('--no-users', 'skip users, with their factors, groups and administrator roles')
    .option('--no-apps', 'skip apps')
    .option('--no-logs', 'skip the System Log')
    .option(
      '--hours-back <hours>',
      'how far back to read the System Log (default: 24; recommended for a first sync: 168)',
      whole(1, MOST_HOURS_BACK),
    )
    .option('--detach', 'start the sync without waiting for its end')
    .option('--attach <workflow-id>', 'follow a sync that was started earlier', nonEmptyText)
    .action((options: SyncOptions) =>
      run(async (io) => (await import('./sync.ts')).oktaSync(io, options)),
    );
};
