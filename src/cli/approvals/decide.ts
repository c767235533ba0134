/** Decides a request for approval, or signs a decision without sending it. */

import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { approvalId } from '../../workflows/messages.ts';
import type { DecisionAnswer } from '../../workflows/messages.ts';
import { createSignedDecision } from '../../services/approvals/signed-decision.ts';
import type { ApprovalRequest, SignedDecision } from '../../services/approvals/signed-decision.ts';
import { signingKey } from '../../services/approvals/signing-key.ts';
import type { Store } from '../../store/types.ts';
import { approvalServer } from './server.ts';
import type { ApprovalServer } from './server.ts';
import { workflowEnds } from '../../client/flow-ends.ts';
import { closeEndedBy } from './close-ended.ts';
import type { DecideOptions } from './command.ts';
import { CliError, usageError } from '../kit/errors.ts';
import { EXIT } from '../kit/exit.ts';
import type { ExitCode } from '../kit/exit.ts';
import { print, printNote, writeJson } from '../kit/io.ts';
import type { Io } from '../kit/io.ts';
import { loadSettings } from '../kit/settings.ts';
import type { Settings } from '../kit/settings.ts';
import { withStore } from '../kit/store.ts';
import { openTarget } from '../kit/target.ts';
import { approvalDocument } from '../../services/approvals/approval-document.ts';
import type { ApprovalDocument } from '../../services/approvals/approval-document.ts';
import { identifyPerson, isOwnStack } from '../kit/identity.ts';
import { activeUser } from '../kit/active-user.ts';
import { findApproval, isEnded } from '../kit/requests.ts';
import { messageOf } from '../../governance/words.ts';

/** A decision from the command line. */
interface DecisionRequest {
  request: string;
  verdict: 'approve' | 'deny';
  options: DecideOptions;
}

type ApprovalRecord = ApprovalRequest;

/**
 * The answer to a decision; null if no worker has answered, so that the outcome is not known yet.
 */
type DecisionOutcome = DecisionAnswer | null;

/** `arx approvals approve|deny`: decides as the proven user and waits for the outcome. */
export async function decideRequest(io: Io, decided: DecisionRequest): Promise<ExitCode> {
  const { options } = decided;
  const server = approvalServer(io, options);
  if (server) return decideOnServer(io, server, decided);
  const settings = await loadSettings(io, options);
  await requireOwnStack(settings, options);
  if (!options.local && settings.arx.databaseUrl === null)
    throw noServer('ARX_SERVER_URL is not set.');
  const target = await openTarget(io, settings, { local: options.local, dryRun: true });
  try {
    await closeEndedBy(
      workflowEnds(async () => target.link),
      target.store,
      decided.request,
    );
    const record = await findApproval(target.store, decided.request);
    const signed = await sign(io, { settings, store: target.store, record, decided });
    const { deliver } = await import('../../services/approvals/decisions.ts');
    const answer = await deliver(target.link, record, { ...signed, verdict: decided.verdict });
    const read = async (): Promise<ApprovalDocument> =>
      approvalDocument(await findApproval(target.store, record.requestId));
    const document = await waitForEnd(read, answer);
    const { decisionId } = signed;
    await printDecision(io, { document, answer, decisionId, json: options.json ?? false });
    return exitOf(answer);
  } finally {
    await target.close();
  }
}

/** The server proves who decides, signs the decision and sends it. */
async function decideOnServer(
  io: Io,
  server: ApprovalServer,
  { request, verdict, options }: DecisionRequest,
): Promise<ExitCode> {
  const { as, reason, json = false } = options;
  if (as !== undefined)
    throw usageError(
      '--as cannot be used with ARX_SERVER_URL.',
      'Omit it: the server takes the owner of ARX_KEY.',
    );
  const decision = { verdict, reason, decisionId: randomUUID() };
  const { answer, decisionId } = await server.decide(request, decision);
  const document = await waitForEnd(() => server.show(request), answer);
  await printDecision(io, { document, answer, decisionId, json });
  return exitOf(answer);
}

/** `arx approvals sign`: prints the signed payload of a signal, to be sent by other means. */
export async function signRequest(io: Io, decided: DecisionRequest): Promise<ExitCode> {
  const { verdict, options } = decided;
  const settings = await loadSettings(io, options);
  await requireOwnStack(settings, options);
  const { workflowId, payload } = await withStore(io, async (store) => {
    const record = await findApproval(store, decided.request);
    if (record.approval.state !== 'PENDING') throw notPendingError(record);
    return {
      workflowId: approvalId(record.requestId),
      payload: await sign(io, { settings, store, record, decided }),
    };
  });
  if (options.json)
    await writeJson(io, { schema: 'arx.signal/v1', signal: verdict, workflowId, payload });
  else {
    const input = shellWord(JSON.stringify(payload));
    await print(
      io,
      `temporal workflow signal --workflow-id ${workflowId} --name ${verdict} --input ${input}`,
    );
    printNote(
      io,
      'In the Temporal UI: choose Send a Signal, with this name, and the text after --input as JSON.',
    );
  }
  return EXIT.ok;
}

interface Signing {
  settings: Settings;
  store: Store;
  record: ApprovalRecord;
  decided: DecisionRequest;
}

async function sign(
  io: Io,
  { settings, store, record, decided }: Signing,
): Promise<SignedDecision> {
  const { verdict, options } = decided;
  const identity = await identifyPerson(io, {
    settings,
    store,
    as: options.as,
    local: options.local,
    scope: 'approvals:decide',
  });
  const { id } = await activeUser(settings, store, identity.person);
  const key = await signingKey({ env: settings.arx, store, actor: identity });
  const at = Date.now();
  const { reason } = options;
  const decision = {
    verdict,
    decisionId: randomUUID(),
    person: id,
    surface: 'cli',
    authenticatedBy: identity.authenticatedBy === 'key' ? 'key' : 'cli',
    at,
    reason,
  } as const;
  return createSignedDecision(record, decision, key);
}

const MAX_WAIT_MS = 15_000;

/** Gives the approved call some time to end, so that its outcome can be printed. */
async function waitForEnd(
  read: () => Promise<ApprovalDocument>,
  answer: DecisionOutcome,
): Promise<ApprovalDocument> {
  let document = await read();
  if (!answer?.accepted || answer.state === 'PENDING') return document;
  for (const until = Date.now() + MAX_WAIT_MS; !isEnded(document.action) && Date.now() < until;) {
    await delay(200);
    document = await read();
  }
  return document;
}

interface ShownDecision {
  document: ApprovalDocument;
  answer: DecisionOutcome;
  decisionId: string;
  json: boolean;
}

async function printDecision(
  io: Io,
  { document, answer, decisionId, json }: ShownDecision,
): Promise<void> {
  const refused = answer !== null && !answer.accepted;
  if (json) {
    const error = refused ? { error: { code: answer.code, message: messageOf(answer.code) } } : {};
    return writeJson(io, { schema: 'arx.approval/v1', ...document, decisionId, answer, ...error });
  }
  const { approvalText } = await import('./render.ts');
  if (answer === null)
    printNote(
      io,
      'No worker has answered. The decision is queued on the server and may still take effect.',
    );
  else if (refused) printNote(io, `${io.colors.err.red('refused:')} ${messageOf(answer.code)}`);
  else printNote(io, messageOf(answer.code));
  await print(io, approvalText(document, io.colors.out));
}

/**
 * Decisions are signed here only for the user's own embedded stack. On a shared store, access to the
 * database would otherwise be enough to decide as several people.
 */
async function requireOwnStack(
  settings: Settings,
  { local = false }: DecideOptions,
): Promise<void> {
  if (await isOwnStack({ settings, local })) return;
  throw noServer(
    'Decisions on a shared store are made through the HTTP server, not with DATABASE_URL.',
  );
}

const noServer = (message: string): CliError =>
  new CliError({
    code: 'server_needed',
    message,
    remedy:
      'Set ARX_SERVER_URL to the server, and ARX_KEY to your own access key. For the stack of this machine, use --local without DATABASE_URL.',
    exit: EXIT.usage,
  });

const CLOSED_CODES: ReadonlySet<string> = new Set(['closed', 'too_late', 'operation_ended']);

function exitOf(answer: DecisionOutcome): ExitCode {
  if (answer === null) return EXIT.incomplete;
  if (answer.accepted) return EXIT.ok;
  return CLOSED_CODES.has(answer.code) ? EXIT.approval : EXIT.denied;
}

const notPendingError = ({ requestId, approval }: ApprovalRecord): CliError =>
  new CliError({
    code: 'closed',
    message: `The approval of request ${requestId} is ${approval.state}: a decision would have no effect.`,
    remedy: `See \`arx approvals why ${requestId}\`.`,
    exit: EXIT.approval,
  });

/** Text as one word of a POSIX shell. */
const shellWord = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;
