import { InvalidArgumentError, Option } from 'commander';
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

/** The emulators' flags, passed on unchanged. */
const FLAGS: readonly Option[] = [
  new Option('--users <number>', 'active users of the organisation').argParser(whole(0, 1_000_000)),
  new Option('--seed <number>', 'the same seed gives the same organisation').argParser(
    whole(0, 2 ** 31),
  ),
  new Option(
    '--profile <name>',
    'demo: realistic; plain: identical users; empty: no users',
  ).choices(['demo', 'plain', 'empty']),
  new Option('--weak-share <share>', 'plain: share of users with SMS only').argParser(share),
  new Option('--apps <number>', 'plain: applications, with assignments').argParser(
    whole(0, 100_000),
  ),
  new Option('--groups <number>', 'plain: groups, with members').argParser(whole(0, 100_000)),
  new Option('--port <number>', 'first of seven ports; 0 uses free ports').argParser(port),
  new Option('--okta-port <number>', 'port of Okta').argParser(port),
  new Option('--jira-port <number>', 'port of Jira').argParser(port),
  new Option('--slack-port <number>', 'port of Slack').argParser(port),
  new Option('--control-port <number>', 'port of the control server').argParser(port),
  new Option('--entra-port <number>', 'port of Entra ID: sign-in and Graph').argParser(port),
  new Option('--google-port <number>', 'port of Google').argParser(port),
  new Option('--salesforce-port <number>', 'port of Salesforce').argParser(port),
  new Option(
    '--rate-limit <number>',
    'Okta requests per bucket and window; 0 for no limit',
  ).argParser(whole(0, 1_000_000_000)),
  new Option('--window-ms <number>', 'length of a rate limit window').argParser(
    whole(1, 86_400_000),
  ),
  new Option(
    '--window-start <when>',
    'start of a window: the second of its first request, that request, or the clock',
  ).choices(['second', 'request', 'clock']),
  new Option(
    '--reset-rounding <way>',
    'how the end of a window is rounded to whole seconds in the reset header',
  ).choices(['up', 'down']),
  new Option('--latency-ms <number>', 'delay of each Okta response').argParser(
    whole(0, 86_400_000),
  ),
  new Option('--index-lag-ms <number>', "delay of Jira's search index").argParser(
    whole(0, 86_400_000),
  ),
  new Option('--log <file>', 'path of the accept log (default: no log)').argParser(nonEmptyText),
  new Option('--okta-token <token>', 'token that Okta accepts').argParser(nonEmptyText),
  new Option('--jira-token <token>', 'token that Jira accepts').argParser(nonEmptyText),
  new Option('--jira-email <address>', 'e-mail address for the Jira token').argParser(nonEmptyText),
  new Option('--slack-token <token>', 'token that Slack accepts').argParser(nonEmptyText),
  new Option('--jira-project <key>', 'key of the Jira project').argParser(nonEmptyText),
  new Option('--entra-tenant-id <id>', 'tenant of Entra ID').argParser(nonEmptyText),
  new Option('--entra-client-id <id>', 'client id of the app at Entra ID').argParser(nonEmptyText),
  new Option('--entra-client-secret <secret>', 'client secret of that app').argParser(nonEmptyText),
  new Option(
    '--google-key-file <file>',
    "path for the key file of Google's service account",
  ).argParser(nonEmptyText),
  new Option(
    '--google-admin-subject <address>',
    'administrator on whose behalf the service account acts',
  ).argParser(nonEmptyText),
  new Option('--salesforce-client-id <id>', 'client id of the app at Salesforce').argParser(
    nonEmptyText,
  ),
  new Option('--salesforce-client-secret <secret>', 'client secret of that app').argParser(
    nonEmptyText,
  ),
  new Option('--canary-phone <number>', 'phone number to plant').argParser(nonEmptyText).hideHelp(),
  new Option('--canary-email <address>', 'e-mail address to plant')
    .argParser(nonEmptyText)
    .hideHelp(),
  new Option('--canary-totp-seed <seed>', 'TOTP seed to plant').argParser(nonEmptyText).hideHelp(),
];

/** `arx emulate`: serves emulated vendors as real HTTP servers with state, until interrupted. */
export const defineEmulate: DefineVerb = (program, run) => {
  const command = program
    .command('emulate')
    .description(
      'serve an emulated Okta, Jira, Slack, Entra ID, Google and Salesforce on loopback until interrupted',
    )
    .option('--json', 'accepted for uniformity: the output is always one JSON document')
    .option(
      '--dotenv <file>',
      'write the variables that point arx at the emulators to a new file, such as .env',
      nonEmptyText,
    )
    .addHelpText(
      'after',
      '\nThe first line is one JSON document (arx.emulate/v1) with addresses and tokens.',
    );
  for (const flag of FLAGS) command.addOption(flag);
  command.action(({ dotenv, ...options }: Record<string, string | number> & { dotenv?: string }) =>
    run(async (io) => {
      const { requireEmulators, runEmulators } = await import('../kit/emulators.ts');
      requireEmulators();
      const { createEnvironmentFile: environmentFile } = await import('./env-file.ts');
      const onReady = dotenv === undefined ? undefined : environmentFile(dotenv);
      await runEmulators(flagsOf(options), untilInterrupted(io), onReady);
      return EXIT.ok;
    }),
  );
};

const flagsOf = (options: Record<string, string | number>): string[] =>
  FLAGS.flatMap((flag) => {
    const value = options[flag.attributeName()];
    return value === undefined ? [] : [flag.long!, String(value)];
  });
