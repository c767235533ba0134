import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Hono } from 'hono';
import type { Context } from 'hono';
import type { Secret } from '../../config/env/secret.ts';
import { messageOf } from '../../governance/words.ts';
import type { Background } from '../background.ts';
import { bodySizeLimit } from '../body-limit.ts';
import { Problem } from '../problem.ts';
import { RefusalTrail } from '../refusals.ts';
import type { ServerParts } from '../types.ts';
import { clickIn } from './payload.ts';
import type { Click } from './payload.ts';
import { MAX_AGE_S, signatureFault } from './signature.ts';
import type { SignatureFault } from './signature.ts';

const MAX_BYTES = 256 * 1024;
/** Slack waits three seconds. */
const ANSWER_WITHIN_MS = 2_500;

/**
 * `POST /slack/interactions`: clicks on the buttons of our messages. Each is accepted once, and
 * only with a valid signature of Slack.
 */
export function slackRoutes(parts: ServerParts, background: Background): Hono {
  const app = new Hono();
  const trail = new RefusalTrail(parts);
  const limit = bodySizeLimit(MAX_BYTES, { message: 'The body is larger than Slack sends.' });
  app.post('/interactions', limit, async (context) => {
    const secret = parts.slackSecret ?? throwNotSetUp();
    const body = new Uint8Array(await context.req.arrayBuffer());
    const fault = await faultOf(parts, secret, { context, body });
    const click = clickIn(body);
    if (fault !== null) {
      parts.counters.count('arx_server_slack_refused_total', { code: fault });
      await trail.write(click?.requestId ?? null, fault, null);
      throw signatureProblem(fault);
    }
    // Slack also reports clicks that mean nothing to us, for example on links.
    if (click === null) return context.body(null, 200);
    const work = handleClick(parts, trail, click);
    background.add(work);
    const text = await Promise.race([work, delay(ANSWER_WITHIN_MS, null, { ref: false })]);
    return text === null
      ? context.body(null, 200)
      : context.json({ response_type: 'ephemeral', replace_original: false, text });
  });
  return app;
}

type Fault = SignatureFault | 'replayed';

async function faultOf(
  { store, now }: ServerParts,
  secret: Secret,
  { context, body }: { context: Context; body: Uint8Array },
): Promise<Fault | null> {
  const timestamp = context.req.header('x-slack-request-timestamp');
  const signature = context.req.header('x-slack-signature');
  const at = now();
  const fault = signatureFault(secret, { timestamp, signature, body }, at);
  if (fault !== null) return fault;
  // Valid until its own time plus the window; that time may be ahead of ours by the window.
  const expiresAt = new Date((Number(timestamp) + MAX_AGE_S + 1) * 1000).toISOString();
  const hash = createHash('sha256').update(`${signature}`).digest('hex');
  return (await store.signatures.takeOnce(hash, { at: at.toISOString(), expiresAt }))
    ? null
    : 'replayed';
}

/** Carries out the decision of a click and returns the text of its outcome. Never rejects. */
async function handleClick(parts: ServerParts, trail: RefusalTrail, click: Click): Promise<string> {
  const { counters, log } = parts;
  const outcome = await decideAs(parts, trail, click).catch((thrown: unknown) => {
    log.error({ error: (thrown as Error).name }, 'a click could not be handled');
    return { accepted: false, code: 'not_now' };
  });
  counters.count('arx_server_decisions_total', { surface: 'slack', code: outcome.code });
  return `${outcome.accepted ? '' : 'Refused: '}${messageOf(outcome.code)}.`;
}

async function decideAs(
  { store, findUserBySlackId, decide, now }: ServerParts,
  trail: RefusalTrail,
  { requestId, verdict, user, decisionId }: Click,
): Promise<{ accepted: boolean; code: string }> {
  const at = now().getTime();
  const record = await store.requests.get(requestId);
  if (!record?.approval) return { accepted: false, code: 'no_such_request' };
  const person = await findUserBySlackId(user);
  if (person === null) {
    await trail.write(requestId, 'unmapped', user);
    return { accepted: false, code: 'unmapped' };
  }
  const proven = {
    verdict,
    decisionId,
    person: person.id,
    surface: 'slack',
    authenticatedBy: 'slack',
    at,
  } as const;
  const answer = await decide({ ...record, approval: record.approval }, proven);
  return answer ?? { accepted: true, code: 'unanswered' };
}

const signatureProblem = (fault: Fault): Problem =>
  new Problem(401, fault, {
    message: `Refused: ${messageOf(fault)}.`,
    remedy:
      'Compare SLACK_SIGNING_SECRET with the signing secret of the Slack app, and check the clock of this machine.',
  });

function throwNotSetUp(): never {
  throw new Problem(503, 'slack_not_set_up', {
    message: 'Buttons in Slack are not set up here.',
    remedy: 'Set SLACK_SIGNING_SECRET to the signing secret of the Slack app.',
  });
}
