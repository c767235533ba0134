import { Context } from '@temporalio/activity';
import type { JsonObject } from '../../audit/types.ts';
import { ConnectorError, PolicyDeniedError } from '../../connectors/errors.ts';
import type { CallContext } from '../../connectors/types.ts';
import type { ActionRecord } from '../../store/governance-types.ts';
import type { MessageRow, StoreTransaction } from '../../store/types.ts';
import { settleMessage } from '../support/message-settling.ts';
import type { Posted } from '../support/message-settling.ts';
import type { GovernedDeps } from './deps.ts';
import { PEOPLE_READER } from './people.ts';
import { requestDraft } from './recording.ts';

/** Slack's action ids of the two buttons; the value of each is the request id. */
const BUTTONS = [
  { action_id: 'arx_approve', text: 'Approve', style: 'primary' },
  { action_id: 'arx_deny', text: 'Deny', style: 'danger' },
] as const;

/**
 * Tells the channels that the policies name. Whoever can't be told can still decide: a failure is
 * only recorded.
 */
export async function announce(deps: GovernedDeps, record: ActionRecord): Promise<void> {
  const [channel] = channelsOf(record);
  if (channel === undefined || (await isAnnounced(deps, record))) return;
  await quietly(deps, record, async () => {
    const input = {
      channel,
      ...messageOf(record, 'Approval needed', true),
      metadata: metadataOf(record),
    };
    const noting = (row: Pick<MessageRow, 'channel' | 'ts' | 'state'>) => (tx: StoreTransaction) =>
      deps.store.messages.put(tx, { run: messageKey(record), ...row, attempt: 1, missedAt: null });
    await deps.connectors.slack('chat:write', input, {
      ...contextOf<Posted>(record),
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
 * Whether the message that asks was posted; where an earlier attempt may still be at it, the
 * activity looks again later.
 */
async function isAnnounced(deps: GovernedDeps, record: ActionRecord): Promise<boolean> {
  const find = () => findMessage(deps, record);
  const known = await deps.store.messages.get(messageKey(record));
  if (known?.state !== 'intended') return (await find()) !== null;
  return (
    (await settleMessage(deps, known, { find, isOver: () => Promise.resolve(false) })) !== null
  );
}

/** A further message in the same channel. */
export async function remind(
  deps: GovernedDeps,
  record: ActionRecord,
  title: string,
): Promise<void> {
  const [channel] = channelsOf(record);
  if (channel === undefined) return;
  await quietly(deps, record, async () => {
    const input = { channel, ...messageOf(record, title, true), metadata: metadataOf(record) };
    await deps.connectors.slack('chat:write', input, contextOf(record));
  });
}

/** Puts the end into the message that asked, without its buttons. */
export async function announceEnd(deps: GovernedDeps, record: ActionRecord): Promise<void> {
  const message = await findMessage(deps, record);
  if (message) await updateMessage(deps, record, message);
}

/**
 * The message that asked: by the ledger, or by the audit trail where an attempt that was overtaken
 * posted it.
 */
async function findMessage({ store }: GovernedDeps, record: ActionRecord): Promise<Posted | null> {
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
  deps: GovernedDeps,
  record: ActionRecord,
  { channel, ts }: Posted,
): Promise<void> {
  await quietly(deps, record, async () => {
    const message = messageOf(record, `${record.approval?.state ?? 'CLOSED'}`, false);
    await deps.connectors.slack(
      'chat:update',
      { channel, ts, ...message, metadata: metadataOf(record) },
      contextOf(record),
    );
  });
}

function channelsOf({ obligations }: ActionRecord): string[] {
  return obligations.approvers.flatMap(({ hitlChannel }) => (hitlChannel ? [hitlChannel] : []));
}

/** Ledger key of the message that asks. */
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
  const { connector, operation, risk, principal, reason, target, requestId, approval } = record;
  const plain = (text: string): JsonObject => ({
    type: 'plain_text',
    text: text.slice(0, 2_000),
    emoji: false,
  });
  const lines = [
    `${connector}:${operation} (${risk})${target ? ` on ${target.kind} ${target.id}` : ''}`,
    `asked by ${principal}${reason === '' ? '' : `: ${reason}`}`,
    approval ? `until ${new Date(approval.deadline).toISOString()}` : '',
    `request ${requestId}`,
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

function contextOf<Output>({ requestId, run, workflowId }: ActionRecord): CallContext<Output> {
  const caller = {
    principal: PEOPLE_READER,
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

async function quietly(
  deps: GovernedDeps,
  record: ActionRecord,
  tell: () => Promise<void>,
): Promise<void> {
  try {
    await tell();
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
