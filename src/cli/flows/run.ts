import type { ExitCode } from '../kit/exit.ts';
import type { Io } from '../kit/io.ts';
import { carryOut } from './carry-out.ts';
import { parseInputs, inFile, readEvent } from './event.ts';
import type { RunOptions } from './options.ts';

/**
 * `arx flows run`: admits an event, follows the run that it opened (or had before) to its end, and
 * tells it.
 */
export async function runFlow(
  io: Io,
  flow: string | undefined,
  options: RunOptions,
): Promise<ExitCode> {
  const inputs = parseInputs(options.input ?? []);
  const event = await readEvent(io, options.event);
  return carryOut(io, options, ({ desk, asker }) =>
    desk
      .admit({
        requester: asker,
        event,
        inputs,
        dryRun: options.dryRun ?? false,
        ...(flow === undefined ? {} : { flow }),
      })
      .catch((thrown: unknown) => {
        throw inFile(thrown, options.event);
      }),
  );
}
