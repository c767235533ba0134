import { WorkflowEndedError } from '../../client.ts';
import { flowRunDocument } from '../../services/flows/documents.ts';
import type { FlowRunDocument } from '../../services/flows/documents.ts';
import { startFlow } from '../../client/delegated-flow.ts';
import type { OpenedRun } from '../../services/flows/types.ts';
import type { FlowRunRecord } from '../../store/flow-types.ts';
import { failure } from '../kit/errors.ts';
import { EXIT } from '../kit/exit.ts';
import type { ExitCode } from '../kit/exit.ts';
import type { FlowOutcome } from '../../flows/types.ts';
import { print, printNote, writeJson } from '../kit/io.ts';
import type { Io } from '../kit/io.ts';
import { loadSettings } from '../kit/settings.ts';
import { openTarget } from '../kit/target.ts';
import type { Target } from '../kit/target.ts';
import { openFlowService } from './flow-service.ts';
import type { FlowAccess } from './flow-service.ts';
import { followFlow } from './follow.ts';
import type { StartOptions } from './options.ts';

/**
 * Opens a run, starts its workflow, follows it to its end unless detached, and prints the outcome.
 */
export async function carryOut(
  io: Io,
  options: StartOptions,
  open: (at: FlowAccess) => Promise<OpenedRun>,
): Promise<ExitCode> {
  const settings = await loadSettings(io, options);
  // Only the steps show which vendors a flow needs besides Okta, so the settings of vendors that
  // are set must be valid.
  const target = await openTarget(io, settings, { local: options.local, dryRun: true });
  let keep = false;
  try {
    const opened = await open(
      await openFlowService(io, { settings, store: target.store, options }),
    );
    if (!opened.created) printNote(io, io.colors.err.dim(repeatNotice(opened.record)));
    const started = await startFlow(target.link, opened.record);
    keep = (options.detach ?? false) && started !== null;
    if (started && !options.detach)
      await followFlow(io, { target, started, run: opened.record.run }).catch(toFailure);
    const document = await documentOf(target, opened.record);
    await printOutcome(io, { options, local: target.local, created: opened.created, document });
    return exitOf(document);
  } finally {
    await target.close({ keep });
  }
}

const repeatNotice = ({ run, state }: FlowRunRecord): string =>
  state === 'ended'
    ? `run ${run} has already handled this event; not repeated`
    : `run ${run} is already handling this event; not repeated`;

/** Converts the failure of the workflow to a CliError. */
function toFailure(thrown: unknown): never {
  throw thrown instanceof WorkflowEndedError ? failure(thrown.type, thrown.message) : thrown;
}

async function documentOf({ store }: Target, opened: FlowRunRecord): Promise<FlowRunDocument> {
  const record = (await store.flows.get(opened.run)) ?? opened;
  return flowRunDocument(store, { record, children: await store.flows.children(record.run) });
}

interface Outcome {
  options: StartOptions;
  local: boolean;
  created: boolean;
  document: FlowRunDocument;
}

async function printOutcome(io: Io, { options, local, created, document }: Outcome): Promise<void> {
  if (options.json) return writeJson(io, { ...document, created });
  const { flowRunText } = await import('./render-run.ts');
  await print(io, flowRunText(document, io.colors.out, { local }));
  if (document.state === 'ended') return;
  printNote(io, `See its outcome with \`arx flows history ${document.run}\`.`);
  if (local) printNote(io, 'The local stack keeps running for it. Stop it with `arx up --stop`.');
}

const EXITS: Readonly<Record<FlowOutcome, ExitCode>> = {
  succeeded: EXIT.ok,
  already_in_state: EXIT.ok,
  unrouted: EXIT.ok,
  manual: EXIT.ok,
  planned: EXIT.ok,
  denied: EXIT.denied,
  rejected: EXIT.approval,
  expired: EXIT.approval,
  stale: EXIT.error,
  failed: EXIT.error,
  unverified: EXIT.error,
};

/** The exit code for the outcome of a run; a run that continues is not a failure. */
export const exitOf = ({ outcome }: Pick<FlowRunDocument, 'outcome'>): ExitCode =>
  outcome === null ? EXIT.ok : EXITS[outcome];
