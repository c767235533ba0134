import type { ExitCode } from '../kit/exit.ts';
import type { Io } from '../kit/io.ts';
import { carryOut } from './carry-out.ts';
import type { UndoOptions } from './options.ts';

/** `arx flows undo`: undoes a run with a new run. Throws FlowRefusal. */
export const undoFlow = (io: Io, run: string, options: UndoOptions): Promise<ExitCode> =>
  carryOut(io, options, ({ service, requester }) =>
    service.admitUndo(requester, run, options.reason),
  );
