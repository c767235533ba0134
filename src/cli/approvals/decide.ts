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
import { personOf } from '../kit/person.ts';
import { findApproval, isEnded } from '../kit/requests.ts';
import { messageOf } from '../../governance/words.ts';

/** A decision as given on the command line. */
export interface Decided {
  request: string;
  verdict: 'approve' | 'deny';
  options: DecideOptions;
}

type Asked = ApprovalRequest;

/** What became of a decision: null where no worker has answered, so that it is not known yet. */
type Became = DecisionAnswer | null;

/** `arx approvals approve|deny`: decides as the proven person, and waits for what comes of it. */
export async function decideRequest(io: Io, decided: Decided): Promise<ExitCode> {
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
    await tell(io, {
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

/** `arx approvals sign`: the payload of a signal, signed, for whoever sends it. */
export async function signRequest(io: Io, decided: Decided): Promise<ExitCode> {
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
      'In the Temporal UI: Send a Signal, with this name and what follows --input as JSON.',
    );
  }
  return EXIT.ok;
}

interface Signing {
  settings: Settings;
  store: Store;
  record: Asked;
  decided: Decided;
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
  });
  const { id, login } = await personOf(settings, store, identity.person);
  const key = await signingKey({ env: settings.arx, store, actor: identity });
  const at = Date.now();
  const { reason } = options;
  const proven = {
    verdict,
    decisionId: randomUUID(),
    person: id,
    login,
    surface: 'cli',
    at,
    reason,
  } as const;
  return createSignedDecision(record, proven, key);
}

const SETTLING_MS = 15_000;

/** Gives what an approval released some time to come to its end, so that the end can be told. */
async function waitForEnd(store: Store, { requestId }: Asked, answer: Became): Promise<void> {
  if (!answer?.accepted || answer.state === 'PENDING') return;
  const until = Date.now() + SETTLING_MS;
  for (
    let record = await store.requests.get(requestId);
    record && !isEnded(record) && Date.now() < until;
  ) {
    await delay(200);
    record = await store.requests.get(requestId);
  }
}

interface Told {
  record: Asked;
  answer: Became;
  decisionId: string;
  json: boolean;
}

async function tell(io: Io, { record, answer, decisionId, json }: Told): Promise<void> {
  const document = approvalDocument(record);
  const refused = answer !== null && !answer.accepted;
  if (json) {
    const error = refused ? { error: { code: answer.code, message: messageOf(answer.code) } } : {};
    return writeJson(io, { schema: 'arx.approval/v1', ...document, decisionId, answer, ...error });
  }
  const { approvalText } = await import('./render.ts');
  if (answer === null)
    printNote(io, 'No worker has answered: the decision waits on the server and may still count.');
  else if (refused) printNote(io, `${io.colors.err.red('refused:')} ${messageOf(answer.code)}`);
  else printNote(io, messageOf(answer.code));
  await print(io, approvalText(document, io.colors.out));
}

const LATE: ReadonlySet<string> = new Set(['closed', 'too_late']);

function exitOf(answer: Became): ExitCode {
  if (answer === null) return EXIT.incomplete;
  if (answer.accepted) return EXIT.ok;
  return LATE.has(answer.code) ? EXIT.approval : EXIT.denied;
}

const notPendingError = ({ requestId, approval }: Asked): CliError =>
  new CliError({
    code: 'closed',
    message: `The approval of request ${requestId} is ${approval.state}: a decision would change nothing.`,
    remedy: `See \`arx approvals why ${requestId}\`.`,
    exit: EXIT.approval,
  });

/** Text as one word of a POSIX shell. */
const shellWord = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;
