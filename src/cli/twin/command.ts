import { InvalidArgumentError, Option } from 'commander';
import { nearest } from '../../config/yaml/nearest.ts';
import { FORMATS, PROFILE_FORMATS } from './options.ts';
import type { ListOptions, ProfileOptions } from './options.ts';
import type { ViewName } from '../../services/twin/views.ts';
import {
  nonEmptyText,
  refuseBoth,
  whole,
  withConfig,
  withInheritedJson,
  withJson,
  withLocal,
} from '../kit/options.ts';
import type { DefineVerb } from '../kit/verb.ts';
import { GAP_KINDS, SEVERITIES } from '../../twin/types.ts';

/** `arx twin`: shows what the syncs read about the organisation, from the store. */
export const defineTwin: DefineVerb = (program, run) => {
  const twin = withInheritedJson(
    program
      .command('twin')
      .description(
        'show the identity twin: what the syncs read from Okta, and what follows from it',
      ),
  );
  const verb = (name: string, about: string) =>
    withJson(withLocal(withConfig(twin.command(name).description(about))))
      .option(
        '--org <host>',
        'the organisation (default: the configured one, or else the one synced last)',
        nonEmptyText,
      )
      .option('--out <file>', 'write to this file instead of standard output', nonEmptyText);
  const list = (name: string, about: string) =>
    verb(name, about)
      .addOption(
        new Option(
          '--format <format>',
          'format of the list (default: table; json with --json)',
        ).choices(FORMATS),
      )
      .option(
        '--limit <number>',
        'maximum number of items (default: all; 100 in a table)',
        whole(1, 10_000_000),
      );
  const listAction = (view: ViewName) => (options: ListOptions) =>
    run(async (io) => (await import('./list.ts')).listTwin(io, view, options));

  list('facts', 'list the facts with their confidence, source and age')
    .option('--history <key>', 'all versions of one fact, newest first', nonEmptyText)
    .action(listAction('facts'));
  list('gaps', 'list the gaps, most severe first')
    .option('--kind <kinds>', `only these kinds: ${GAP_KINDS.join(', ')}`, wordList(GAP_KINDS))
    .option('--severity <severities>', SEVERITY, wordList(SEVERITIES))
    .option('--closed', 'include closed gaps, newest first')
    .action(listAction('gaps'));
  list('events', 'list security events, newest first')
    .option('--severity <severities>', SEVERITY, wordList(SEVERITIES))
    .option('--rule <name>', 'only events of this rule', nonEmptyText)
    .action(listAction('events'));
  const users = list(
    'users',
    'list users with their factors and roles, and the reasons why they are privileged',
  )
    .option('--status <statuses>', 'only these statuses, such as ACTIVE,SUSPENDED', wordList())
    .option(
      '--mfa <states>',
      'only users with these MFA states: enrolled, none, unknown',
      wordList(['enrolled', 'none', 'unknown']),
    )
    .option('--privileged', 'only administrators and members of privileged groups')
    .option('--gone', 'only users that no longer exist')
    .option('--no-gone', 'omit users that no longer exist')
    .action(listAction('users'));
  refuseBoth(users, 'gone');
  const apps = list('apps', 'list apps with their sign-on modes and numbers of assignments')
    .option('--status <statuses>', 'only these statuses, such as ACTIVE', wordList())
    .option(
      '--sign-on <modes>',
      'only these sign-on modes, such as SAML_2_0,BROWSER_PLUGIN',
      wordList(),
    )
    .option('--gone', 'only apps that no longer exist')
    .option('--no-gone', 'omit apps that no longer exist')
    .action(listAction('apps'));
  refuseBoth(apps, 'gone');
  list(
    'timeline',
    'list the posture at each sync, newest first, and the changes, most important first',
  )
    .option('--changes', 'list the changes instead of the posture')
    .action((options: ListOptions) =>
      listAction(options.changes ? 'changes' : 'timeline')(options),
    );
  list('search', 'find users, groups, apps, gaps, events and facts that contain a text')
    .argument('<text>', 'the text to find, ignoring case', nonEmptyText)
    .action((text: string, options: ListOptions) => listAction('search')({ ...options, text }));
  verb('profile', 'write the identity-posture profile')
    .addOption(
      new Option(
        '--format <format>',
        'format of the profile (default: md; json with --json)',
      ).choices(PROFILE_FORMATS),
    )
    .action((options: ProfileOptions) =>
      run(async (io) => (await import('./profile.ts')).showProfile(io, options)),
    );
};

const SEVERITY = `only these severities: ${SEVERITIES.join(', ')}`;

/**
 * Parser of `--severity critical,high`: one or more words, checked against the known words if there
 * are any.
 */
function wordList(known?: readonly string[]): (value: string) => string[] {
  return (value) => {
    const words = value.split(',').map((word) => word.trim());
    if (words.includes(''))
      throw new InvalidArgumentError('Expected one or more words, separated by commas.');
    if (known === undefined) return words;
    const wrong = words.find((word) => !known.includes(word));
    if (wrong === undefined) return words;
    const near = nearest(wrong, known);
    const hint = near === null ? '' : ` Did you mean ${near}?`;
    throw new InvalidArgumentError(`'${wrong}' is not one of ${known.join(', ')}.${hint}`);
  };
}
