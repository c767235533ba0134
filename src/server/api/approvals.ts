import { createHash, randomUUID } from 'node:crypto';
import { Hono } from 'hono';
import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { z } from 'zod';
import { approvalDocument } from '../../services/approvals/approval-document.ts';
import { approvalHistory } from '../../services/approvals/history.ts';
import type { ApprovalRequest } from '../../services/approvals/signed-decision.ts';
import { messageOf } from '../../governance/words.ts';
import type { DecisionAnswer } from '../../workflows/messages.ts';
import { bodySizeLimit } from '../body-limit.ts';
import { Problem } from '../problem.ts';
import { DECISION_BODY, LIST_QUERY } from './approvals-inputs.ts';
import type { ActiveUser, ServerParts } from '../types.ts';
import { userOfKey } from './key-person.ts';
import { KeyLimits } from './key-limits.ts';
import { checkLimit } from './key-access.ts';
import type { KeyAccess, KeyEnv as Env } from './key-access.ts';

const MAX_BYTES = 16 * 1024;
// Requests without an approval lie between those listed here.
const MAX_SCANNED = 2_000;

const LIMIT = { what: 'sent more requests', setting: 'approvals.requests_per_minute' };

type DecisionBody = z.infer<typeof DECISION_BODY>;

/** The approvals API, for holders of an access key: list, show and decide. */
export function approvalRoutes(parts: ServerParts, access: KeyAccess): Hono<Env> {
  const app = new Hono<Env>();
  const limits = new KeyLimits(parts.approvalsPerMinute, parts.now);
  app.use(async (context, next) => {
    const key = await access.authenticate(context);
    access.checkScope(context, key);
    checkLimit(limits, key, LIMIT);
    context.set('key', key);
    await next();
  });
  app.get('/', async (context) => {
    const { state, limit } = parseAs(LIST_QUERY, context.req.query());
    const states = state === 'pending' ? (['pending'] as const) : undefined;
    const stored = await parts.store.requests.list({ states, limit: MAX_SCANNED });
    const records = await parts.closeEnded(stored.filter(({ approval }) => approval !== null));
    const asked = records.filter(
      (record) => states === undefined || record.approval?.state === 'PENDING',
    );
    const ordered = state === 'pending' ? asked.toReversed() : asked;
    return context.json({
      schema: 'arx.approvals/v1',
      items: ordered.slice(0, limit).map(approvalDocument),
    });
  });
  app.get('/:id', async (context) => {
    const record = await findApproval(parts, context.req.param('id'));
    return context.json({ schema: 'arx.approval/v1', ...approvalDocument(record) });
  });
  app.get('/:id/history', async (context) => {
    const record = await findApproval(parts, context.req.param('id'));
    const story = await approvalHistory(parts.store, record);
    return context.json({ schema: 'arx.approval/v1', ...approvalDocument(record), story });
  });
  app.post('/:id/decisions', bodySizeLimit(MAX_BYTES), (context) =>
    decide(parts, context, context.req.param('id')),
  );
  return app;
}

async function decide(parts: ServerParts, context: Context<Env>, id: string): Promise<Response> {
  const at = parts.now().getTime();
  const body = parseAs(DECISION_BODY, await jsonOf(context));
  const { verdict, reason } = body;
  const person = await userOfKey(parts, context.get('key'));
  const record = await findApproval(parts, id);
  const decisionId = decisionIdOf(record, person, body);
  const proven = {
    verdict,
    decisionId,
    person: person.id,
    surface: 'api',
    authenticatedBy: 'key',
    at,
    reason,
  } as const;
  const answer = await parts.decide(record, proven);
  parts.counters.count('arx_server_decisions_total', {
    surface: 'api',
    code: answer?.code ?? 'unanswered',
  });
  const { status, document } = responseFor(answer, record);
  return context.json({ request: record.requestId, decisionId, ...document }, status);
}

/**
 * The id of a decision. An id given by the caller is bound to this person and request, so that it
 * cannot clash with the ids of others.
 */
function decisionIdOf(
  { requestId }: ApprovalRequest,
  { id }: ActiveUser,
  { decisionId }: DecisionBody,
): string {
  const parts = JSON.stringify([requestId, id, decisionId ?? randomUUID()]);
  return `api-${createHash('sha256').update(parts).digest('hex').slice(0, 32)}`;
}

async function findApproval(
  { store, closeEnded }: ServerParts,
  id: string,
): Promise<ApprovalRequest> {
  const isId = /^[\w.:-]{1,100}$/.test(id);
  const stored = isId ? await store.requests.get(id) : null;
  const [record] = stored ? await closeEnded([stored]) : [];
  if (record?.approval) return { ...record, approval: record.approval };
  throw new Problem(404, 'no_such_approval', {
    message: isId ? `There is no approval ${id}.` : 'There is no approval with this id.',
    remedy: 'List the pending approvals: GET /v1/approvals.',
  });
}

const CONFLICTS: ReadonlySet<string> = new Set([
  'closed',
  'operation_ended',
  'too_late',
  'already_voted',
  'from_the_future',
]);

function responseFor(
  answer: DecisionAnswer | null,
  { requestId, approval }: ApprovalRequest,
): { status: ContentfulStatusCode; document: object } {
  const schema = 'arx.answer/v1';
  if (answer === null)
    return {
      status: 202,
      document: { schema, accepted: false, code: 'unanswered', state: approval.state },
    };
  if (answer.accepted) return { status: 200, document: { schema, ...answer } };
  const remedy = `See GET /v1/approvals/${requestId} for the state and who may decide.`;
  const error = { schema: 'arx.error/v1', ...answer, message: messageOf(answer.code), remedy };
  return { status: CONFLICTS.has(answer.code) ? 409 : 403, document: error };
}

async function jsonOf({ req }: Context): Promise<unknown> {
  if (!/^application\/json(\s*;|$)/i.test(req.header('content-type') ?? ''))
    throw invalidRequest('the body is not sent as JSON', 'Send Content-Type: application/json.');
  try {
    return JSON.parse(await req.text()) as unknown;
  } catch (thrown) {
    throw thrown instanceof Problem ? thrown : invalidRequest('the body is not valid JSON');
  }
}

function parseAs<Schema extends z.ZodObject>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success && !hasProto(value)) return parsed.data;
  const wrong = parsed.error?.issues.filter(({ path }) => path.length > 0) ?? [];
  const fields = wrong.map(({ path, message }) => `${path.join('.')} (expected ${message})`);
  throw invalidRequest(
    fields.length > 0
      ? `no valid value for ${[...new Set(fields)].join(', ')}`
      : `expected an object with only the fields ${Object.keys(schema.shape).join(', ')}`,
  );
}

const hasProto = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, '__proto__');

const invalidRequest = (what: string, remedy = 'See docs/server.md for the fields.'): Problem =>
  new Problem(400, 'invalid_argument', {
    message: `The request is malformed: ${what}.`,
    remedy,
  });
