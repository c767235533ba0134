import { Option } from 'commander';
import { FORMATS, PROFILE_FORMATS } from './options.ts';
import type { ListOptions, ProfileOptions } from './options.ts';
import {
  nonEmptyText,
  refuseBoth,
  whole,
  withConfig,
  withInheritedJson,
  withJson,
  withLocal,
} from '../kit/options.ts';
import { oneOrMore } from './words.ts';
import type { DefineVerb } from '../kit/verb.ts';
import { GAP_KINDS, SEVERITIES } from '../../twin/types.ts';

/** `arx twin`: what the syncs know of the organisation, read from the store. */
export const defineTwin: DefineVerb = (program, run) => {
  const twin = withInheritedJson(
    program
      .command('twin')
      .description('read the identity twin: what the syncs of Okta know, and what follows from it'),
  );
  const verb = (name: string, about: string) =>
    withJson(withLocal(withConfig(twin.command(name).description(about))))
      .option(
        '--org <host>',
        'which organisation (default: the one configured, else the one synced last)',
        nonEmptyText,
      )
      .option('--out <file>', 'write to this file instead of standard output', nonEmptyText);
  const list = (name: string, about: string) =>
    verb(name, about)
      .addOption(
        new Option(
          '--format <format>',
          'form of the list (default: table; json with --json)',
        ).choices(FORMATS),
      )
      .option('--limit <number>', 'how many (default: all; 100 in a table)', whole(1, 10_000_000));
  const listAction = (name: string) => (options: ListOptions) =>
    run(async (io) => (await import('./list.ts')).listTwin(io, name, options));

  list('facts', 'list the facts, each with its confidence, source and age')
    .option('--history <key>', 'every version that one fact ever had, newest first', nonEmptyText)
    .action(listAction('facts'));
  list('gaps', 'list what falls short, the most severe first')
    .option('--kind <kinds>', `only these kinds: ${GAP_KINDS.join(', ')}`, oneOrMore(GAP_KINDS))
    .option('--severity <severities>', SEVERITY, oneOrMore(SEVERITIES))
    .option('--closed', 'those that were closed, too, newest first')
    .action(listAction('gaps'));
  list('events', 'list security events, newest first')
    .option('--severity <severities>', SEVERITY, oneOrMore(SEVERITIES))
    .option('--rule <name>', 'only those of this rule', nonEmptyText)
    .action(listAction('events'));
  const users = list(
    'users',
    'list users with their factors and roles, and why they are privileged',
  )
    .option('--status <statuses>', 'only these statuses, such as ACTIVE,SUSPENDED', oneOrMore())
    .option(
      '--mfa <states>',
      'only those with MFA enrolled, none or unknown',
      oneOrMore(['enrolled', 'none', 'unknown']),
    )
    .option('--privileged', 'only administrators and members of privileged groups')
    .option('--gone', 'only those who are no longer there')
    .option('--no-gone', 'without those who are no longer there')
    .action(listAction('users'));
  refuseBoth(users, 'gone');
  const apps = list('apps', 'list apps with their sign-on mode and how many are assigned')
    .option('--status <statuses>', 'only these statuses, such as ACTIVE', oneOrMore())
    .option(
      '--sign-on <modes>',
      'only these sign-on modes, such as SAML_2_0,BROWSER_PLUGIN',
      oneOrMore(),
    )
    .option('--gone', 'only those that are no longer there')
    .option('--no-gone', 'without those that are no longer there')
    .action(listAction('apps'));
  refuseBoth(apps, 'gone');
  list(
    'timeline',
    'list the posture at each sync, newest first, and what changed, the most important first',
  )
    .option('--changes', 'list what changed instead of the posture')
    .action((options: ListOptions) =>
      listAction(options.changes ? 'changes' : 'timeline')(options),
    );
  list('search', 'find users, groups, apps, gaps, events and facts that contain a text')
    .argument('<text>', 'what to look for; its case does not matter', nonEmptyText)
    .action((text: string, options: ListOptions) => listAction('search')({ ...options, text }));
  verb('profile', 'write the identity-posture profile')
    .addOption(
      new Option(
        '--format <format>',
        'form of the profile (default: md; json with --json)',
      ).choices(PROFILE_FORMATS),
    )
    .action((options: ProfileOptions) =>
      run(async (io) => (await import('./profile.ts')).showProfile(io, options)),
    );
};

const SEVERITY = `only these severities: ${SEVERITIES.join(', ')}`;
