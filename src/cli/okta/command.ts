import { MOST_HOURS_BACK } from '../../workflows/messages.ts';
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

/**
 * `arx okta`: the connection to the Okta organisation, and the sync that reads it into the twin.
 */
export const defineOkta: DefineVerb = (program, run) => {
  const okta = withInheritedJson(
    program
      .command('okta')
      .description('set up the connection to Okta, test it, and sync the organisation'),
  );
  const configure = okta
    .command('configure')
    .description(
      "ask for Okta's domain and token, test them, and store them in a file that only you may read",
    )
    .option(
      '--domain <host>',
      'host of the organisation, such as example.okta.com (default: asked for)',
      nonEmptyText,
    )
    .option(
      '--token-file <file>',
      'file that holds the API token, - for standard input (default: asked for)',
      nonEmptyText,
    )
    .option('--out <file>', 'where to store them (default: okta.json of ARX_HOME)', nonEmptyText)
    .option('--force', 'replace the file where there is one');
  withJson(withConfig(configure)).action((options: ConfigureOptions) =>
    run(async (io) => (await import('./configure.ts')).configure(io, options)),
  );
  const verb = (name: string, about: string) =>
    withJson(withConfig(okta.command(name).description(about)));
  withLocal(
    verb(
      'status',
      'say whether Okta is configured, and how complete and how old each stream of the sync is',
    ),
  ).action((options: OktaOptions) =>
    run(async (io) => (await import('./status.ts')).oktaStatus(io, options)),
  );
  withLocal(
    verb(
      'test',
      'try every permission that a sync needs, each on its own; 4 for a refused credential, 7 for a denial',
    ),
  ).action((options: OktaOptions) =>
    run(async (io) => (await import('./test.ts')).testOkta(io, options)),
  );
  withLocal(
    verb(
      'sync',
      'read users, apps, administrator roles and the System Log into the twin; 7 where it is not complete',
    ),
    LOCAL_STACK,
  )
    .option('--no-users', 'leave out users, with their factors, groups and administrator roles')
    .option('--no-apps', 'leave out apps')
    .option('--no-logs', 'leave out the System Log')
    .option(
      '--hours-back <hours>',
      'how far back the System Log is read (default: 24; 168 is advised for a first sync)',
      whole(1, MOST_HOURS_BACK),
    )
    .option('--detach', 'start the sync and do not wait for it')
    .option('--attach <workflow-id>', 'follow a sync that was started before', nonEmptyText)
    .action((options: SyncOptions) =>
      run(async (io) => (await import('./sync.ts')).oktaSync(io, options)),
    );
};
