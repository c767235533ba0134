import type { ExitCode } from '../kit/exit.ts';
import type { Io } from '../kit/io.ts';
import { carryOut } from './carry-out.ts';
import { parseInputs, addFile, readEvent } from './event.ts';
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
  return carryOut(io, options, ({ service, requester }) =>
    service
      .admit({
        requester,
        event,
        inputs,
        dryRun: options.dryRun ?? false,
        ...(flow === undefined ? {} : { flow }),
      })
      .catch((thrown: unknown) => {
        throw addFile(thrown, options.event);
      }),
  );
}

/** `arx flows undo`: undoes a run with a new run. Throws FlowRefusal. */
export const undoFlow = (io: Io, run: string, options: UndoOptions): Promise<ExitCode> =>
  carryOut(io, options, ({ service, requester }) =>
    service.admitUndo(requester, run, options.reason),
  );
