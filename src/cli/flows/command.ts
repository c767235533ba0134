import { Option } from 'commander';
import type { Command } from 'commander';
import { OUTCOMES } from '../../flows/outcome.ts';
import { MAX_LISTED } from './options.ts';
import type {
  FlowsOptions,
  HistoryOptions,
  PutSetOptions,
  RunOptions,
  StartOptions,
  SuggestOptions,
  UndoOptions,
} from './options.ts';
import { timeAt } from './times.ts';
import {
  LOCAL_STACK,
  nonEmptyText,
  several,
  whole,
  withConfig,
  withInheritedJson,
  withJson,
  withLocal,
} from '../kit/options.ts';
import type { DefineVerb, Runner } from '../kit/verb.ts';

const FLOW = 'name of the flow';
const RUN = 'id of the run, the beginning of one, or `latest`';

/** `arx flows`: delegated flows, which remedy identity-posture issues. */
export const defineFlows: DefineVerb = (program, run) => {
  const flows = withInheritedJson(
    program
      .command('flows')
      .description(
        'remedy identity-posture issues with delegated flows: run them, see their effects, undo them',
      ),
  );
  const plain = (parent: Command, name: string, about: string): Command =>
    withJson(
      withLocal(
        withConfig(
          parent
            .command(name, { isDefault: parent !== flows && name === 'list' })
            .description(about),
        ),
      ),
    );
  const verb = (name: string, about: string): Command => withAs(plain(flows, name, about));
  const startVerb = (name: string, about: string): Command =>
    withAs(
      withJson(withLocal(withConfig(flows.command(name).description(about)), LOCAL_STACK)),
    ).option('--detach', 'start the run without waiting for its end');

  verb('list', 'list the flows that you may see, with your permissions').action(
    (options: FlowsOptions) =>
      run(async (io) => (await import('./list.ts')).listFlows(io, options)),
  );
  verb('show', 'show a flow: its inputs, conditions, steps and undo steps')
    .argument('<flow>', FLOW, nonEmptyText)
    .action((flow: string, options: FlowsOptions) =>
      run(async (io) => (await import('./list.ts')).showFlow(io, flow, options)),
    );
  startVerb(
    'run',
    'run a flow on the account of an issue; submitting the same event again returns the same run',
  )
    .argument(
      '[flow]',
      `${FLOW}; "Event Hook" or omitted: routing.yaml selects the flow by product and title`,
      nonEmptyText,
    )
    .requiredOption(
      '--event <file>',
      'file with the event as JSON, or - for standard input',
      nonEmptyText,
    )
    .option('--input <name=value>', 'an input of the flow; can be repeated', several)
    .option('--dry-run', 'stop after planning: nothing is changed, and the event can still be run')
    .action((flow: string | undefined, options: RunOptions) =>
      run(async (io) => (await import('./run.ts')).runFlow(io, flow, options)),
    );
  defineHistory(verb('history', 'list runs, newest first, or show one run in full'), run);
  startVerb('undo', 'undo a run with a new run, subject to policy and approval')
    .argument('<run>', RUN, nonEmptyText)
    .option('--reason <text>', 'the reason, shown to approvers', nonEmptyText)
    .action((reference: string, options: UndoOptions & StartOptions) =>
      run(async (io) => (await import('./run.ts')).undoFlow(io, reference, options)),
    );
  for (const name of ['enable', 'disable'] as const) {
    verb(name, `${name} a flow, as a super administrator of Okta`)
      .argument('<flow>', FLOW, nonEmptyText)
      .action((flow: string, options: FlowsOptions) =>
        run(async (io) =>
          (await import('./switch.ts')).switchFlow(io, {
            flow,
            enabled: name === 'enable',
            options,
          }),
        ),
      );
  }
  defineSets(flows, run, (parent, name, about) => withAs(plain(parent, name, about)));
  verb('suggest', 'list the findings of the last check and sync as issues, with the flow for each')
    .option(
      '--save <directory>',
      'write an event file for each, for `arx flows run --event FILE`',
      nonEmptyText,
    )
    .action((options: SuggestOptions) =>
      run(async (io) => (await import('./suggest.ts')).suggestRuns(io, options)),
    );
};

const withAs = (command: Command): Command =>
  command.option(
    '--as <user>',
    'who you are, an Okta user; ARX_KEY must belong to this user (default: the owner of the key, or else user:anonymous, who has no permissions)',
    nonEmptyText,
  );

function defineHistory(command: Command, run: Runner): void {
  command
    .argument('[run]', `${RUN}, to show it in full`, nonEmptyText)
    .option(
      '--user <user>',
      'only runs requested by this user or service (agent:NAME)',
      nonEmptyText,
    )
    .option('--flow <flow>', 'only runs of this flow', nonEmptyText)
    .addOption(new Option('--outcome <outcome>', 'only runs with this outcome').choices(OUTCOMES))
    .option(
      '--since <time>',
      'only runs started at or after this time: a day, a time, or how long ago (36h)',
      timeAt('first'),
    )
    .option('--until <time>', 'only runs started at or before this time', timeAt('last'))
    .option('--limit <number>', 'maximum number of runs', whole(1, MAX_LISTED), 20)
    .action((reference: string | undefined, options: HistoryOptions) =>
      run(async (io) => {
        const { listHistory, showRun } = await import('./history.ts');
        return reference === undefined ? listHistory(io, options) : showRun(io, reference, options);
      }),
    );
}

function defineSets(
  flows: Command,
  run: Runner,
  verb: (parent: Command, name: string, about: string) => Command,
): void {
  const sets = withInheritedJson(
    flows
      .command('sets')
      .description('show and change who may see and run which flows (resource sets)'),
  );
  verb(
    sets,
    'list',
    'list the resource sets: all for a super administrator of Okta, or else those you are in',
  ).action((options: FlowsOptions) =>
    run(async (io) => (await import('./sets.ts')).listSets(io, options)),
  );
  verb(sets, 'put', 'create or replace a resource set, as a super administrator of Okta')
    .argument('<name>', 'name of the set', nonEmptyText)
    .requiredOption('--flow <flow>', 'name of a flow, or "*" for all; can be repeated', several)
    .requiredOption(
      '--member <member>',
      'user:LOGIN, group:NAME or key:NAME; can be repeated',
      several,
    )
    .requiredOption(
      '--permission <permission>',
      'view or run (which implies view); can be repeated',
      several,
    )
    .action((name: string, options: PutSetOptions) =>
      run(async (io) => (await import('./sets.ts')).putSet(io, name, options)),
    );
  verb(
    sets,
    'remove',
    'remove a resource set, as a super administrator of Okta; resource_sets.yaml does not restore it',
  )
    .argument('<name>', 'name of the set', nonEmptyText)
    .action((name: string, options: FlowsOptions) =>
      run(async (io) => (await import('./sets.ts')).removeSet(io, name, options)),
    );
}
