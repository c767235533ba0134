import { describe } from '../../client.ts';
import type { StartedWorkflow } from '../../client.ts';
import { CliError } from './errors.ts';
import { EXIT } from './exit.ts';
import type { ExitCode } from './exit.ts';
import { print, printNote, writeJson } from './io.ts';
import type { Io } from './io.ts';
import type { Target } from './target.ts';

/** The workflow that --attach names. Throws CliError with this code and remedy if there is none. */
export async function findStarted(
  { link }: Target,
  workflowId: string,
  missing: { code: string; remedy: string },
): Promise<StartedWorkflow> {
  const known = await describe(link, workflowId);
  if (known) return known;
  const message = `There is no workflow ${workflowId} in namespace ${link.namespace}.`;
  throw new CliError({ ...missing, message });
}

/**
 * Prints the document of a detached workflow (null without --json), or its run and the next
 * command.
 */
export async function printDetached(
  io: Io,
  { target, started }: { target: Target; started: StartedWorkflow },
  { document, next }: { document: { schema: string } | null; next: string },
): Promise<ExitCode> {
  const { run, workflowId } = started;
  if (document) {
    const { schema, ...rest } = document;
    await writeJson(io, { schema, run, workflowId, status: 'running', ...rest });
    return EXIT.ok;
  }
  await print(io, run);
  printNote(io, `Started workflow ${workflowId}. ${next}`);
  if (target.local)
    printNote(io, 'The local stack keeps running for it. Stop it with `arx up --stop`.');
  return EXIT.ok;
}
