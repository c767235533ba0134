import { Context } from '@temporalio/activity';
import { objectOf, textOf } from '../../audit/outcome.ts';
import type { JsonObject } from '../../audit/types.ts';
import { ConnectorError, PolicyDeniedError } from '../../connectors/errors.ts';
import type { CallContext } from '../../connectors/types.ts';
import { requestLines, viewOf } from '../../governance/request-text.ts';
import type { ActionRecord } from '../../store/governance-types.ts';
import type { MessageRow, StoreTransaction } from '../../store/types.ts';
import { settleMessage } from '../support/message-settling.ts';
import type { PostedMessage } from '../support/message-settling.ts';
import type { UsesClock, UsesConnectors, UsesStore } from '../support/parts.ts';
import { USER_READER } from './user-reader.ts';
import { requestDraft } from './recording.ts';

type NoticeDeps = UsesStore<'audit' | 'journal' | 'messages'> & UsesConnectors<'slack'> & UsesClock;

const MOST_CHARACTERS = 2_900;

/** The action ids of the two buttons in Slack; the value of each is the request id. */
const BUTTONS = [
  { action_id: 'arx_approve', text: 'Approve', style: 'primary' },
  { action_id: 'arx_deny', text: 'Deny', style: 'danger' },
] as const;

/**
 * Posts the request to the channel that the policies name. A failure is only recorded, because
 * approvers can decide without the message.
 */
export async function announce(deps: NoticeDeps, record: ActionRecord): Promise<void> {
  const [channel] = channelsOf(record);
  if (channel === undefined || (await isAnnounced(deps, record))) return;
  await recordFailure(deps, record, async () => {
    const input = {
      channel,
      ...messageOf(record, 'Approval needed', true),
      metadata: metadataOf(record),
    };
    const noting = (row: Pick<MessageRow, 'channel' | 'ts' | 'state'>) => (tx: StoreTransaction) =>
      deps.store.messages.put(tx, { run: messageKey(record), ...row, attempt: 1, missedAt: null });
    await deps.connectors.slack('chat:write', input, {
      ...contextOf<PostedMessage>(record),
      intent: { kind: 'action.started', effect: noting({ channel, ts: null, state: 'intended' }) },
      record: (outcome) => {
        if (!outcome.ok) return null;
        const { channel: channelId, ts } = outcome.output;
        const effect = noting({ channel: channelId, ts, state: 'posted' });
        return { kind: 'approval.notified', outcome: { channel, channelId, ts }, effect };
      },
    });
  });
}

/**
 * Whether the request was posted. As long as an earlier attempt may still post it, throws a failure
 * that makes the activity check again.
 */
async function isAnnounced(deps: NoticeDeps, record: ActionRecord): Promise<boolean> {
  const find = () => findMessage(deps, record);
  const known = await deps.store.messages.get(messageKey(record));
  if (known?.state !== 'intended') return (await find()) !== null;
  return (await settleMessage(deps, known, { find })) !== null;
}

/** A further message in the same channel. */
export async function remind(
  deps: UsesStore<'journal'> & UsesConnectors<'slack'> & UsesClock,
  record: ActionRecord,
  title: string,
): Promise<void> {
  const [channel] = channelsOf(record);
  if (channel === undefined) return;
  await recordFailure(deps, record, async () => {
    const input = { channel, ...messageOf(record, title, true), metadata: metadataOf(record) };
    await deps.connectors.slack('chat:write', input, contextOf(record));
  });
}

/** Shows the outcome in the message that asked for approval, and removes its buttons. */
export async function announceEnd(deps: NoticeDeps, record: ActionRecord): Promise<void> {
  const message = await findMessage(deps, record);
  if (message) await updateMessage(deps, record, message);
}

/** Shows in the message that asked for approval how the approved call failed. */
export async function announceFailure(deps: NoticeDeps, record: ActionRecord): Promise<void> {
  if (record.approval?.state === 'APPROVED') await announceEnd(deps, record);
}

/**
 * The message that asked for approval: from the stored messages, or from the audit trail if an
 * earlier attempt recorded it too late.
 */
async function findMessage(
  { store }: UsesStore<'audit' | 'messages'>,
  record: ActionRecord,
): Promise<PostedMessage | null> {
  const known = await store.messages.get(messageKey(record));
  if (known?.ts) return { channel: known.channel, ts: known.ts };
  const { run, requestId } = record;
  for (const { entry } of await store.audit.list({
    run,
    kind: 'approval.notified',
    subject: requestId,
  })) {
    const { channelId, ts } = entry.outcome ?? {};
    if (typeof channelId === 'string' && typeof ts === 'string') return { channel: channelId, ts };
  }
  return null;
}

async function updateMessage(
  deps: UsesStore<'journal'> & UsesConnectors<'slack'> & UsesClock,
  record: ActionRecord,
  { channel, ts }: PostedMessage,
): Promise<void> {
  await recordFailure(deps, record, async () => {
    const message = messageOf(record, endTitle(record), false);
    await deps.connectors.slack(
      'chat:update',
      { channel, ts, ...message, metadata: metadataOf(record) },
      contextOf(record),
    );
  });
}

const FAILED: Partial<Record<ActionRecord['state'], string>> = {
  failed: 'FAILED',
  unknown: 'OUTCOME UNKNOWN',
};

/** How the approval ended, and how the call failed after it. */
function endTitle({ approval, state }: ActionRecord): string {
  const ended = approval?.state ?? 'CLOSED';
  const failed = FAILED[state];
  return failed === undefined ? ended : `${ended}, then ${failed}`;
}

/** What happened to a call that failed, in the words of arx and the vendor, and what to do. */
function failureLines({ state, outcome }: ActionRecord): string[] {
  if (FAILED[state] === undefined) return [];
  const remedy = textOf(objectOf(outcome, 'error'), 'remedy');
  return [textOf(outcome, 'message') ?? '', remedy === null ? '' : `remedy: ${remedy}`];
}

function channelsOf({ obligations }: ActionRecord): string[] {
  return obligations.approvers.flatMap(({ hitlChannel }) => (hitlChannel ? [hitlChannel] : []));
}

/** The key of the message among the stored messages. */
function messageKey({ requestId }: ActionRecord): string {
  return `approval/${requestId}`;
}

function metadataOf({ requestId }: ActionRecord): { eventType: string; payload: JsonObject } {
  return { eventType: 'arx_approval', payload: { request: requestId } };
}

function messageOf(
  record: ActionRecord,
  title: string,
  open: boolean,
): { text: string; blocks: JsonObject[] } {
  const { connector, operation, requestId, approval } = record;
  const plain = (text: string): JsonObject => ({
    type: 'plain_text',
    text: cut(text, requestId),
    emoji: false,
  });
  const lines = [
    `request ${requestId}`,
    approval ? `until ${new Date(approval.deadline).toISOString()}` : '',
    ...failureLines(record),
    ...requestLines(viewOf(record)).map(([name, text]) => `${name}: ${text}`),
  ];
  const buttons = BUTTONS.map(({ text, ...button }) => ({
    type: 'button',
    ...button,
    text: plain(text),
    value: requestId,
  }));
  const blocks: JsonObject[] = [
    { type: 'header', text: plain(title) },
    { type: 'section', text: plain(lines.filter((line) => line !== '').join('\n')) },
    ...(open ? [{ type: 'actions', block_id: 'arx_decision', elements: buttons }] : []),
  ];
  return { text: `${title}: ${connector}:${operation}`, blocks };
}

/** Slack accepts 3,000 characters. What does not fit is named, so that nobody decides on a part. */
function cut(text: string, requestId: string): string {
  const characters = [...text];
  if (characters.length <= MOST_CHARACTERS) return text;
  const shown = characters.slice(0, MOST_CHARACTERS - 100).join('');
  return `${shown}…\nMORE IS NOT SHOWN HERE: arx approvals show ${requestId}`;
}

function contextOf<Output>({ requestId, run, workflowId }: ActionRecord): CallContext<Output> {
  const caller = {
    principal: USER_READER,
    authenticatedBy: 'worker',
    surface: 'workflow',
    workflowId,
    run,
  } as const;
  return {
    caller,
    subject: requestId,
    priority: 'interactive',
    signal: Context.current().cancellationSignal,
  };
}

/** Runs `post`, and records a failure instead of throwing it. */
async function recordFailure(
  deps: UsesStore<'journal'> & UsesClock,
  record: ActionRecord,
  post: () => Promise<void>,
): Promise<void> {
  try {
    await post();
  } catch (error) {
    if (!(error instanceof ConnectorError) && !(error instanceof PolicyDeniedError)) throw error;
    const outcome = {
      told: false,
      code: error instanceof ConnectorError ? error.code : 'policy_denied',
    };
    await deps.store.journal.append([
      requestDraft(record, { kind: 'approval.notified', at: deps.now(), outcome }),
    ]);
  }
}
