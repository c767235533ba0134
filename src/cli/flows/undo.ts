import type { ExitCode } from '../kit/exit.ts';
import type { Io } from '../kit/io.ts';
import { carryOut } from './carry-out.ts';
import type { UndoOptions } from './options.ts';

/** `arx flows undo`: takes a run back by a run of its own. Throws FlowRefusal. */
export const undoFlow = (io: Io, run: string, options: UndoOptions): Promise<ExitCode> =>
  carryOut(io, options, ({ desk, asker }) => desk.admitUndo(asker, run, options.reason));
