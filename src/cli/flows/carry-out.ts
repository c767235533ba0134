import { WorkflowEndedError } from '../../client.ts';
import { flowRunDocument } from '../../services/flows/documents.ts';
import type { FlowRunDocument } from '../../services/flows/documents.ts';
import { startFlow } from '../../client/delegated-flow.ts';
import type { OpenedRun } from '../../services/flows/types.ts';
import type { FlowRunRecord } from '../../store/flow-types.ts';
import { failure } from '../kit/errors.ts';
import type { ExitCode } from '../kit/exit.ts';
import { print, printNote, writeJson } from '../kit/io.ts';
import type { Io } from '../kit/io.ts';
import { loadSettings } from '../kit/settings.ts';
import { openTarget } from '../kit/target.ts';
import type { Target } from '../kit/target.ts';
import { atDesk } from './desk.ts';
import type { AtDesk } from './desk.ts';
import { followFlow } from './follow.ts';
import type { StartOptions } from './options.ts';
import { exitOf } from './outcome.ts';

/**
 * Opens a run at the desk, has it carried out, follows it to its end unless detached, and tells
 * what became of it.
 */
export async function carryOut(
  io: Io,
  options: StartOptions,
  open: (at: AtDesk) => Promise<OpenedRun>,
): Promise<ExitCode> {
  const settings = await loadSettings(io, options);
  // Which vendors a flow needs beside Okta only its steps tell: of those that are set, the settings
  // must be right.
  const target = await openTarget(io, settings, { local: options.local, dryRun: true });
  let keep = false;
  try {
    const opened = await open(await atDesk(io, { settings, store: target.store, options }));
    if (!opened.created) printNote(io, io.colors.err.dim(repeatNotice(opened.record)));
    const started = await startFlow(target.link, opened.record);
    keep = (options.detach ?? false) && started !== null;
    if (started && !options.detach)
      await followFlow(io, { target, started, run: opened.record.run }).catch(asFailure);
    const document = await documentOf(target, opened.record);
    await tell(io, { options, local: target.local, created: opened.created, document });
    return exitOf(document);
  } finally {
    await target.close({ keep });
  }
}

const repeatNotice = ({ run, state }: FlowRunRecord): string =>
  `run ${run} was ${state === 'ended' ? 'made' : 'begun'} for this before: nothing is done twice`;

/** What the workflow failed with, as the command line tells it. */
function asFailure(thrown: unknown): never {
  throw thrown instanceof WorkflowEndedError ? failure(thrown.type, thrown.message) : thrown;
}

async function documentOf({ store }: Target, opened: FlowRunRecord): Promise<FlowRunDocument> {
  const record = (await store.flows.get(opened.run)) ?? opened;
  return flowRunDocument(store, { record, children: await store.flows.children(record.run) });
}

interface Told {
  options: StartOptions;
  local: boolean;
  created: boolean;
  document: FlowRunDocument;
}

async function tell(io: Io, { options, local, created, document }: Told): Promise<void> {
  if (options.json) return writeJson(io, { ...document, created });
  const { flowRunText } = await import('./render-run.ts');
  await print(io, flowRunText(document, io.colors.out, { local }));
  if (document.state === 'ended') return;
  printNote(io, `See what becomes of it: \`arx flows history ${document.run}\`.`);
  if (local) printNote(io, 'The local stack stays running for it; end it with `arx up --stop`.');
}
