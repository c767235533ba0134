import { InvalidArgumentError, Option } from 'commander';
import type { EmulatorChoices, EmulatorFlag } from '../../../emulators/arguments.ts';
import { EXIT } from '../kit/exit.ts';
import { untilInterrupted } from '../kit/io.ts';
import { nonEmptyText, whole } from '../kit/options.ts';
import type { DefineVerb } from '../kit/verb.ts';

const share = (value: string): string => {
  if (!/^(0(\.\d+)?|1(\.0+)?)$/.test(value))
    throw new InvalidArgumentError('Expected a number from 0 to 1.');
  return value;
};
const port = whole(0, 65_535);

interface FlagHelp {
  /** The name of its value in the help. */
  value: string;
  help: string;
  parse?: (value: string) => unknown;
  choices?: readonly string[];
  hidden?: true;
}

/**
 * The flags of emulators/main.ts, passed on unchanged. The emulators are not part of every
 * installation, so the help is here; the types make sure that it has exactly their flags.
 */
const FLAGS = {
  users: { value: 'number', help: 'active users of the organisation', parse: whole(0, 1_000_000) },
  seed: {
    value: 'number',
    help: 'the same seed gives the same organisation',
    parse: whole(0, 2 ** 31),
  },
  profile: {
    value: 'name',
    help: 'demo: realistic; plain: identical users; empty: no users',
    choices: ['demo', 'plain', 'empty'],
  },
  'weak-share': { value: 'share', help: 'plain: share of users with SMS only', parse: share },
  apps: {
    value: 'number',
    help: 'plain: applications, with assignments',
    parse: whole(0, 100_000),
  },
  groups: { value: 'number', help: 'plain: groups, with members', parse: whole(0, 100_000) },
  port: {
    value: 'number',
    help: 'first of seven ports (control server and six vendors); 0 uses free ports',
    parse: port,
  },
  'okta-port': { value: 'number', help: 'port of Okta', parse: port },
  'jira-port': { value: 'number', help: 'port of Jira', parse: port },
  'slack-port': { value: 'number', help: 'port of Slack', parse: port },
  'control-port': { value: 'number', help: 'port of the control server', parse: port },
  'entra-port': { value: 'number', help: 'port of Entra ID: sign-in and Graph', parse: port },
  'google-port': { value: 'number', help: 'port of Google', parse: port },
  'salesforce-port': { value: 'number', help: 'port of Salesforce', parse: port },
  'rate-limit': {
    value: 'number',
    help: 'Okta requests per bucket and window; 0 for no limit',
    parse: whole(0, 1_000_000_000),
  },
  'window-ms': {
    value: 'number',
    help: 'length of a rate limit window',
    parse: whole(1, 86_400_000),
  },
  'window-start': {
    value: 'when',
    help: 'start of a window: the second of its first request, that request, or the clock',
    choices: ['second', 'request', 'clock'],
  },
  'reset-rounding': {
    value: 'way',
    help: 'how the end of a window is rounded to whole seconds in the reset header',
    choices: ['up', 'down'],
  },
  'latency-ms': {
    value: 'number',
    help: 'delay of each Okta response',
    parse: whole(0, 86_400_000),
  },
  'index-lag-ms': {
    value: 'number',
    help: "delay of Jira's search index",
    parse: whole(0, 86_400_000),
  },
  log: { value: 'file', help: 'path of the accept log (default: no log)', parse: nonEmptyText },
  'okta-token': { value: 'token', help: 'token that Okta accepts', parse: nonEmptyText },
  'jira-token': { value: 'token', help: 'token that Jira accepts', parse: nonEmptyText },
  'jira-email': {
    value: 'address',
    help: 'e-mail address for the Jira token',
    parse: nonEmptyText,
  },
  'slack-token': { value: 'token', help: 'token that Slack accepts', parse: nonEmptyText },
  'jira-project': { value: 'key', help: 'key of the Jira project', parse: nonEmptyText },
  'jira-edition': {
    value: 'edition',
    help: 'edition of Jira',
    choices: ['cloud', 'data_center'],
  },
  'jira-path': {
    value: 'path',
    help: 'path below which Jira is served, such as /jira, or /ex/jira/CLOUD_ID for the gateway of Cloud',
    parse: nonEmptyText,
  },
  'entra-tenant-id': { value: 'id', help: 'tenant of Entra ID', parse: nonEmptyText },
  'entra-client-id': { value: 'id', help: 'client id of the app at Entra ID', parse: nonEmptyText },
  'entra-client-secret': {
    value: 'secret',
    help: 'client secret of that app',
    parse: nonEmptyText,
  },
  'google-key-file': {
    value: 'file',
    help: "path for the key file of Google's service account",
    parse: nonEmptyText,
  },
  'google-admin-subject': {
    value: 'address',
    help: 'administrator on whose behalf the service account acts',
    parse: nonEmptyText,
  },
  'salesforce-client-id': {
    value: 'id',
    help: 'client id of the app at Salesforce',
    parse: nonEmptyText,
  },
  'salesforce-client-secret': {
    value: 'secret',
    help: 'client secret of that app',
    parse: nonEmptyText,
  },
  'canary-phone': {
    value: 'number',
    help: 'phone number to plant',
    parse: nonEmptyText,
    hidden: true,
  },
  'canary-email': {
    value: 'address',
    help: 'e-mail address to plant',
    parse: nonEmptyText,
    hidden: true,
  },
  'canary-totp-seed': {
    value: 'seed',
    help: 'TOTP seed to plant',
    parse: nonEmptyText,
    hidden: true,
  },
} satisfies Record<EmulatorFlag, FlagHelp> & {
  [Name in keyof EmulatorChoices]: { choices: EmulatorChoices[Name] };
};

const OPTIONS: readonly Option[] = Object.entries<FlagHelp>(FLAGS).map(([name, flag]) => {
  const option = new Option(`--${name} <${flag.value}>`, flag.help).hideHelp(flag.hidden === true);
  if (flag.parse) option.argParser(flag.parse);
  return flag.choices ? option.choices(flag.choices) : option;
});

type EmulateOptions = Record<string, string | number | boolean> & {
  dotenv?: string;
  json?: boolean;
};

/** `arx emulate`: serves emulated vendors as real HTTP servers with state, until interrupted. */
export const defineEmulate: DefineVerb = (program, run) => {
  const command = program
    .command('emulate')
    .description(
      'serve an emulated Okta, Jira, Slack, Entra ID, Google and Salesforce on loopback until interrupted',
    )
    .option('--json', 'print one JSON document also at a terminal; elsewhere it always is one')
    .option(
      '--dotenv <file>',
      'write the variables that point arx at the emulators to a new file, such as .env',
      nonEmptyText,
    )
    .addHelpText(
      'after',
      '\nAt a terminal it prints a table of addresses and credentials. Elsewhere, and with --json, ' +
        'the first line is one JSON document (arx.emulate/v1).',
    );
  for (const option of OPTIONS) command.addOption(option);
  command.action(({ dotenv, json, ...options }: EmulateOptions) =>
    run(async (io) => {
      const { requireEmulators, runEmulators } = await import('../kit/emulators.ts');
      requireEmulators();
      const [{ createEnvironmentFile }, { addressTable }] = await Promise.all([
        import('./env-file.ts'),
        import('./render.ts'),
      ]);
      const fillFile = dotenv === undefined ? null : createEnvironmentFile(dotenv);
      const readable = io.out.isTTY === true && json !== true;
      await runEmulators(flagsOf(options), untilInterrupted(io), (document, line) => {
        fillFile?.(document);
        io.out.write(`${readable ? addressTable(document, io) : line}\n`);
      });
      return EXIT.ok;
    }),
  );
};

const flagsOf = (options: Record<string, string | number | boolean>): string[] =>
  OPTIONS.flatMap((option) => {
    const value = options[option.attributeName()];
    return value === undefined ? [] : [option.long!, String(value)];
  });
