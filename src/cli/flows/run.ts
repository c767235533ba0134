import type { ExitCode } from '../kit/exit.ts';
import type { Io } from '../kit/io.ts';
import { carryOut } from './carry-out.ts';
import { parseInputs, addFile, readEvent } from './event.ts';
import { explainFlow, flowRunId, withGroupIds } from './references.ts';
import type { RunOptions, UndoOptions } from './options.ts';

/**
 * `arx flows run`: admits an event, follows its run (new or existing) to the end and prints the
 * outcome.
 */
export async function runFlow(
  io: Io,
  flow: string | undefined,
  options: RunOptions,
): Promise<ExitCode> {
  const inputs = parseInputs(options.input ?? []);
  const event = await readEvent(io, options.event);
  return carryOut(io, options, async (access) => {
    const { service, requester, store } = access;
    const admission = {
      requester,
      event,
      inputs: await withGroupIds(io, store, inputs),
      dryRun: options.dryRun ?? false,
      ...(flow === undefined ? {} : { flow }),
    };
    return explainFlow(access, flow, () =>
      service.admit(admission).catch((thrown: unknown) => {
        throw addFile(thrown, options.event);
      }),
    );
  });
}

/** `arx flows undo`: undoes a run with a new run. Throws FlowRefusal. */
export const undoFlow = (io: Io, run: string, options: UndoOptions): Promise<ExitCode> =>
  carryOut(io, options, async (access) =>
    access.service.admitUndo(access.requester, await flowRunId(access, run), options.reason),
  );
