import type { Command } from 'commander';
import type { Io } from './io.ts';
import type { ExitCode } from './exit.ts';

/**
 * Runs a command; resolves to its exit code, throws CliError and the coded errors of other rooms.
 */
export type Action<Options, Args extends unknown[] = []> = (
  io: Io,
  options: Options,
  ...args: Args
) => Promise<ExitCode>;

/** Hands a loaded action's outcome to the program; see `bind`. */
export type Runner = (task: (io: Io) => Promise<ExitCode>) => Promise<void>;

/**
 * Adds one verb to the tree. Heavy modules are imported inside the action, never by the verb's
 * file.
 */
export type DefineVerb = (program: Command, run: Runner) => void;
