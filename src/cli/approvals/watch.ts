import { setTimeout as delay } from 'node:timers/promises';
import type { ApprovalOptions } from './command.ts';
import { EXIT } from '../kit/exit.ts';
import type { ExitCode } from '../kit/exit.ts';
import { print, printNote, write } from '../kit/io.ts';
import type { Io } from '../kit/io.ts';
import { loadSettings } from '../kit/settings.ts';
import { openTarget } from '../kit/target.ts';
import { workflowEnds } from '../../client/flow-ends.ts';
import type { FlowEnds } from '../../client/flow-ends.ts';
import type { Store } from '../../store/types.ts';
import { closeEndedBy } from './close-ended.ts';
import { pendingApprovals } from './list.ts';
import { approvalServer } from './server.ts';
import type { ApprovalDocument } from '../../services/approvals/approval-document.ts';

const POLL_MS = 1_000;
const MOST_WATCHED = 500;
/** How often Temporal is asked whether the workflows of waiting requests were ended there. */
const ASK_EVERY_MS = 10_000;

/**
 * `arx approvals watch`: prints requests that start or stop waiting for a decision, until
 * interrupted.
 */
export async function watchApprovals(io: Io, options: ApprovalOptions): Promise<ExitCode> {
  io.holdInterrupts();
  const server = approvalServer(io, options);
  if (server) return follow(io, options, () => server.list({ all: false, limit: MOST_WATCHED }));
  const settings = await loadSettings(io, options);
  // An own embedded store would be locked for all others meanwhile, so without a server the stack
  // is joined.
  const local = options.local ?? settings.arx.databaseUrl === null;
  const target = await openTarget(io, settings, { local, dryRun: true });
  try {
    const ends = workflowEnds(async () => target.link);
    return await follow(io, options, pendingReader(target.store, ends));
  } finally {
    await target.close();
  }
}

/**
 * Reads the requests that wait for a decision, oldest first. It asks Temporal at the first reading and
 * then now and then whether their workflows were ended there, and closes those requests.
 */
export function pendingReader(
  store: Store,
  ends: FlowEnds,
  clock: () => number = () => performance.now(),
): () => Promise<ApprovalDocument[]> {
  let askAt = -Infinity;
  return async () => {
    if (clock() >= askAt) {
      await closeEndedBy(ends, store);
      askAt = clock() + ASK_EVERY_MS;
    }
    return pendingApprovals(store);
  };
}

async function follow(
  io: Io,
  options: ApprovalOptions,
  read: () => Promise<ApprovalDocument[]>,
): Promise<ExitCode> {
  if (!options.json) printNote(io, io.colors.err.dim('watching until Ctrl-C'));
  let before: ApprovalDocument[] | null = null;
  while (!io.signal.aborted) {
    const now = await read();
    await printChanges(io, { before, now, json: options.json ?? false });
    before = now;
    await delay(POLL_MS, undefined, { signal: io.signal }).catch(() => undefined);
  }
  return EXIT.interrupted;
}

interface Change {
  before: ApprovalDocument[] | null;
  now: ApprovalDocument[];
  json: boolean;
}

async function printChanges(io: Io, { before, now, json }: Change): Promise<void> {
  const known = new Set(before?.map(({ request }) => request));
  const open = new Set(now.map(({ request }) => request));
  const added = now.filter(({ request }) => !known.has(request));
  const removed = (before ?? []).filter(({ request }) => !open.has(request));
  if (json) {
    const changed = before === null || JSON.stringify(before) !== JSON.stringify(now);
    if (changed)
      await write(io.out, `${JSON.stringify({ schema: 'arx.approvals/v1', items: now })}\n`);
    return;
  }
  const { approvalText } = await import('./render.ts');
  for (const document of added) await print(io, `${approvalText(document, io.colors.out)}\n`);
  for (const { request } of removed)
    await print(io, `${request} no longer waits for a decision: arx approvals why ${request}`);
}
