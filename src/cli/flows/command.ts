import { Option } from 'commander';
import type { Command } from 'commander';
import { OUTCOMES } from '../../flows/outcome.ts';
import { MOST_LISTED } from './options.ts';
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
const RUN = 'id of the run';

/** `arx flows`: delegated flows, which remedy an issue of identity posture. */
export const defineFlows: DefineVerb = (program, run) => {
  const flows = withInheritedJson(
    program
      .command('flows')
      .description(
        'remedy identity-posture issues by delegated flows: run them, see what they did, take it back',
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
  const verb = (name: string, about: string): Command => asking(plain(flows, name, about));
  const starting = (name: string, about: string): Command =>
    asking(
      withJson(withLocal(withConfig(flows.command(name).description(about)), LOCAL_STACK)),
    ).option('--detach', 'start the run and do not wait for its end');

  verb('list', 'list the flows that you may see, and what you may do with each').action(
    (options: FlowsOptions) =>
      run(async (io) => (await import('./list.ts')).listFlows(io, options)),
  );
  verb('show', 'show a flow: its inputs, conditions, steps and how it is taken back')
    .argument('<flow>', FLOW, nonEmptyText)
    .action((flow: string, options: FlowsOptions) =>
      run(async (io) => (await import('./show.ts')).showFlow(io, flow, options)),
    );
  starting(
    'run',
    'run a flow on the account that an issue is about; the same event gives the same run',
  )
    .argument(
      '[flow]',
      `${FLOW}; "Event Hook", or none: the one that routing.yaml names for product and title`,
      nonEmptyText,
    )
    .requiredOption('--event <file>', 'the event as JSON, - for standard input', nonEmptyText)
    .option('--input <name=value>', 'an input of the flow; may be repeated', several)
    .option(
      '--dry-run',
      'stop after the plan: nothing is changed, and the event may be run afterwards',
    )
    .action((flow: string | undefined, options: RunOptions) =>
      run(async (io) => (await import('./run.ts')).runFlow(io, flow, options)),
    );
  defineHistory(verb('history', 'list runs, newest first, or tell one of them whole'), run);
  starting('undo', 'take a run back, by a run of its own with policy and approval')
    .argument('<run>', RUN, nonEmptyText)
    .option('--reason <text>', 'why; approvers see it', nonEmptyText)
    .action((reference: string, options: UndoOptions & StartOptions) =>
      run(async (io) => (await import('./undo.ts')).undoFlow(io, reference, options)),
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
  defineSets(flows, run, (parent, name, about) => asking(plain(parent, name, about)));
  verb(
    'suggest',
    'list what the last check and sync found as issues, and the flow that each would take',
  )
    .option(
      '--save <directory>',
      'write an event file for each, to be run with `arx flows run --event FILE`',
      nonEmptyText,
    )
    .action((options: SuggestOptions) =>
      run(async (io) => (await import('./suggest.ts')).suggestRuns(io, options)),
    );
};

const asking = (command: Command): Command =>
  command.option(
    '--as <user>',
    'the Okta user who asks, proven by ARX_KEY (default: whose key it is, else user:anonymous, who may do nothing)',
    nonEmptyText,
  );

function defineHistory(command: Command, run: Runner): void {
  command
    .argument('[run]', `${RUN}: everything about it`, nonEmptyText)
    .option(
      '--user <user>',
      'only runs that this user or service (agent:NAME) asked for',
      nonEmptyText,
    )
    .option('--flow <flow>', 'only runs of this flow', nonEmptyText)
    .addOption(new Option('--outcome <outcome>', 'only runs that ended so').choices(OUTCOMES))
    .option(
      '--since <time>',
      'only runs begun then or later: a day, a time, or how long ago (36h)',
      timeAt('first'),
    )
    .option('--until <time>', 'only runs begun then or earlier', timeAt('last'))
    .option('--limit <number>', 'how many', whole(1, MOST_LISTED), 20)
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
      .description('see and change who may see and run which flows (resource sets)'),
  );
  verb(
    sets,
    'list',
    'list the resource sets: all for a super administrator of Okta, else those you are in',
  ).action((options: FlowsOptions) =>
    run(async (io) => (await import('./sets.ts')).listSets(io, options)),
  );
  verb(
    sets,
    'put',
    'make a resource set, or put another in its place, as a super administrator of Okta',
  )
    .argument('<name>', 'what the set is called', nonEmptyText)
    .requiredOption('--flow <flow>', 'a flow by its name, or "*" for all; may be repeated', several)
    .requiredOption(
      '--member <member>',
      'user:LOGIN, group:NAME or key:NAME; may be repeated',
      several,
    )
    .requiredOption(
      '--permission <permission>',
      'view or run (which implies view); may be repeated',
      several,
    )
    .action((name: string, options: PutSetOptions) =>
      run(async (io) => (await import('./sets.ts')).putSet(io, name, options)),
    );
  verb(
    sets,
    'remove',
    'remove a resource set, as a super administrator of Okta; resource_sets.yaml does not bring it back',
  )
    .argument('<name>', 'what the set is called', nonEmptyText)
    .action((name: string, options: FlowsOptions) =>
      run(async (io) => (await import('./sets.ts')).removeSet(io, name, options)),
    );
}
