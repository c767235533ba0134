import { createHash } from 'node:crypto';
import { z } from 'zod';

const ts = z.string().regex(/^\d{1,12}(\.\d{1,6})?$/);
const button = z.object({
  action_id: z.enum(['arx_approve', 'arx_deny']),
  block_id: z.literal('arx_decision'),
  value: z.string().regex(/^[\w.:-]{1,100}$/),
  action_ts: ts.optional(),
});
const click = z.object({
  type: z.literal('block_actions'),
  user: z.object({ id: z.string().regex(/^[UW][A-Z0-9]{1,40}$/) }),
  container: z.object({ message_ts: ts, channel_id: z.string().max(50) }),
  actions: z.tuple([button]),
});

/** A click on one of our two buttons. */
export interface Click {
  requestId: string;
  verdict: 'approve' | 'deny';
  /** Slack's id of the user. */
  user: string;
  /** The same for each delivery of one click. */
  decisionId: string;
}

/** The click in the body of an interaction; null if it is not a click on one of our buttons. */
export function clickIn(body: Uint8Array): Click | null {
  const parsed = click.safeParse(payloadIn(body));
  if (!parsed.success) return null;
  const { user, container, actions } = parsed.data;
  const [{ action_id: action, value, action_ts: at = '' }] = actions;
  const parts = [container.channel_id, container.message_ts, user.id, action, value, at];
  return {
    requestId: value,
    verdict: action === 'arx_approve' ? 'approve' : 'deny',
    user: user.id,
    decisionId: `slack-${createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32)}`,
  };
}

function payloadIn(body: Uint8Array): unknown {
  try {
    const [payload, ...others] = new URLSearchParams(new TextDecoder().decode(body)).getAll(
      'payload',
    );
    return payload === undefined || others.length > 0 ? null : (JSON.parse(payload) as unknown);
  } catch {
    return null;
  }
}
