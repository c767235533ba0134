import type { Command } from 'commander';
import type { Io } from './io.ts';
import type { ExitCode } from './exit.ts';

/** Runs an action and passes its exit code to the program. */
export type Runner = (task: (io: Io) => Promise<ExitCode>) => Promise<void>;

/**
 * Adds one verb to the command tree. The verb's file must load quickly, so it imports heavy modules
 * inside the action.
 */
export type DefineVerb = (program: Command, run: Runner) => void;
