/** Decides a request for approval, or signs a decision without sending it. */

import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { approvalId } from '../../workflows/messages.ts';
import type { DecisionAnswer } from '../../workflows/messages.ts';
import { createSignedDecision } from '../../services/approvals/signed-decision.ts';
import type { ApprovalRequest, SignedDecision } from '../../services/approvals/signed-decision.ts';
import { signingKey } from '../../services/approvals/signing-key.ts';
import type { Store } from '../../store/types.ts';
import type { DecideOptions } from './command.ts';
import { CliError } from '../kit/errors.ts';
import { EXIT } from '../kit/exit.ts';
import type { ExitCode } from '../kit/exit.ts';
import { print, printNote, writeJson } from '../kit/io.ts';
import type { Io } from '../kit/io.ts';
import { loadSettings } from '../kit/settings.ts';
import type { Settings } from '../kit/settings.ts';
import { withStore } from '../kit/store.ts';
import { openTarget } from '../kit/target.ts';
import { approvalDocument } from '../../services/approvals/approval-document.ts';
import { identifyPerson } from '../kit/identity.ts';
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
  const settings = await loadSettings(io, options);
  const target = await openTarget(io, settings, { local: options.local, dryRun: true });
  try {
    const record = await findApproval(target.store, decided.request);
    const signed = await sign(io, { settings, store: target.store, record, decided });
    const { deliver } = await import('../../services/approvals/decisions.ts');
    const answer = await deliver(target.link, record, { ...signed, verdict: decided.verdict });
    await waitForEnd(target.store, record, answer);
    const now = await findApproval(target.store, record.requestId);
    await printDecision(io, {
      record: now,
      answer,
      decisionId: signed.decisionId,
      json: options.json ?? false,
    });
    return exitOf(answer);
  } finally {
    await target.close();
  }
}

/** `arx approvals sign`: prints the signed payload of a signal, to be sent by other means. */
export async function signRequest(io: Io, decided: DecisionRequest): Promise<ExitCode> {
  const { verdict, options } = decided;
  const settings = await loadSettings(io, options);
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
  store: Store,
  { requestId }: ApprovalRecord,
  answer: DecisionOutcome,
): Promise<void> {
  if (!answer?.accepted || answer.state === 'PENDING') return;
  const until = Date.now() + MAX_WAIT_MS;
  for (
    let record = await store.requests.get(requestId);
    record && !isEnded(record) && Date.now() < until;
  ) {
    await delay(200);
    record = await store.requests.get(requestId);
  }
}

interface ShownDecision {
  record: ApprovalRecord;
  answer: DecisionOutcome;
  decisionId: string;
  json: boolean;
}

async function printDecision(
  io: Io,
  { record, answer, decisionId, json }: ShownDecision,
): Promise<void> {
  const document = approvalDocument(record);
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

const CLOSED_CODES: ReadonlySet<string> = new Set(['closed', 'too_late']);

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
