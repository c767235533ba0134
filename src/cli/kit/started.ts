import { describe } from '../../client.ts';
import type { StartedWorkflow } from '../../client.ts';
import { CliError } from './errors.ts';
import { EXIT } from './exit.ts';
import type { ExitCode } from './exit.ts';
import { print, say, writeJson } from './io.ts';
import type { Io } from './io.ts';
import type { Target } from './target.ts';

/**
 * The workflow that --attach names. Throws CliError with this code and remedy where there is none.
 */
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
 * What is said of a workflow that nobody waits for: a document with --json (else null), or its run
 * and how to go on.
 */
export async function tellDetached(
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
  say(io, `Started workflow ${workflowId}. ${next}`);
  if (target.local) say(io, 'The local stack stays running for it; end it with `arx up --stop`.');
  return EXIT.ok;
}
