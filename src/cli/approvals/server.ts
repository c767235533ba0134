/** The approvals of the HTTP server of ARX_SERVER_URL, as the owner of ARX_KEY. */

import { z } from 'zod';
import { accessKey } from '../../config/env/identity-keys.ts';
import { serverUrl } from '../../config/env/server-url.ts';
import type { ApprovalDocument } from '../../services/approvals/approval-document.ts';
import type { HistoryEntry } from '../../services/approvals/history.ts';
import type { DecisionAnswer } from '../../workflows/messages.ts';
import { CliError, authenticationError, interruptionError } from '../kit/errors.ts';
import { EXIT } from '../kit/exit.ts';
import type { ExitCode } from '../kit/exit.ts';
import type { Io } from '../kit/io.ts';
import { readEnvironment } from '../kit/settings.ts';

/** How long the server may take: a decision waits for a worker, several times. */
const TIMEOUT_MS = 60_000;
const MOST_ITEMS = 500;

/** A decision to send. */
interface SentDecision {
  verdict: 'approve' | 'deny';
  reason?: string | undefined;
  decisionId: string;
}

/** The approvals of a server. Each call throws CliError. */
export interface ApprovalServer {
  list: (query: { all: boolean; limit: number }) => Promise<ApprovalDocument[]>;
  show: (reference: string) => Promise<ApprovalDocument>;
  history: (reference: string) => Promise<ApprovalDocument & { story: HistoryEntry[] }>;
  /** `answer` is null if no worker has answered yet. */
  decide: (
    reference: string,
    decision: SentDecision,
  ) => Promise<{ decisionId: string; answer: DecisionAnswer | null }>;
}

/**
 * The server of ARX_SERVER_URL; null if that is not set, or the command is to use the local stack.
 * Throws ConfigError, and CliError `unauthenticated` if there is no ARX_KEY.
 */
export function approvalServer(io: Io, options: { local?: boolean }): ApprovalServer | null {
  const { arx } = readEnvironment(io);
  const url = options.local ? null : serverUrl(arx);
  if (url === null) return null;
  const key = accessKey(arx);
  if (key === null)
    throw authenticationError(
      'ARX_KEY is not set, so the server does not know who you are.',
      'Set ARX_KEY to your own access key (`arx keys create --name NAME --for LOGIN`).',
    );
  const send = createSender(io, url, key.reveal());
  const of = (reference: string): string =>
    `v1/approvals/${encodeURIComponent(reference.replace(/^approval\//, ''))}`;
  return {
    list: async ({ all, limit }) => {
      const query = `state=${all ? 'all' : 'pending'}&limit=${Math.min(limit, MOST_ITEMS)}`;
      return (await send(LIST, { path: `v1/approvals?${query}` })).items;
    },
    show: (reference) => send(APPROVAL, { path: of(reference) }),
    history: (reference) => send(HISTORY, { path: `${of(reference)}/history` }),
    decide: async (reference, decision) => {
      const body = JSON.stringify(decision);
      const sent = await send(ANSWER, { path: `${of(reference)}/decisions`, body });
      const { decisionId, ...answer } = sent;
      return { decisionId, answer: answer.code === 'unanswered' ? null : answer };
    },
  };
}

/** Sends a GET, or a POST if there is a body, and returns an answer of this schema. */
type Sender = <Shape>(
  schema: z.ZodType<Shape>,
  request: { path: string; body?: string },
) => Promise<Shape>;

/** A redirection is an error, because the key must not be sent to another server. */
function createSender(io: Io, base: URL, key: string): Sender {
  const root = base.href.replace(/\/*$/, '/');
  return async (schema, { path, body }) => {
    const response = await fetch(`${root}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body }),
      signal: AbortSignal.any([io.signal, AbortSignal.timeout(TIMEOUT_MS)]),
      redirect: 'error',
    }).catch(() => null);
    if (io.signal.aborted)
      throw interruptionError('Interrupted.', 'A decision that was sent may still take effect.');
    const document: unknown = await response?.json().catch(() => null);
    const parsed = schema.safeParse(document);
    if (parsed.success) return parsed.data;
    throw refusal(base, response?.status ?? 0, document);
  };
}

const STATES = ['PENDING', 'APPROVED', 'DENIED', 'EXPIRED', 'CANCELLED'] as const;
const ANSWER = z.object({
  decisionId: z.string(),
  accepted: z.boolean(),
  code: z.string(),
  state: z.enum(STATES),
});

/** Server and command line are of one version: only what a rendering would stumble over is checked. */
const isApproval = (value: unknown): boolean =>
  z
    .object({ request: z.string(), action: z.string(), votes: z.array(z.unknown()) })
    .safeParse(value).success;
const APPROVAL = z.custom<ApprovalDocument>(isApproval);
const HISTORY = z.custom<ApprovalDocument & { story: HistoryEntry[] }>(
  (value) =>
    isApproval(value) && z.object({ story: z.array(z.unknown()) }).safeParse(value).success,
);
const LIST = z.object({ items: z.array(APPROVAL) });
const ERROR = z.object({ code: z.string(), message: z.string(), remedy: z.string() });

const EXITS: Readonly<Record<number, ExitCode>> = {
  400: EXIT.usage,
  401: EXIT.authentication,
  403: EXIT.denied,
};

function refusal(base: URL, status: number, document: unknown): CliError {
  const error = ERROR.safeParse(document);
  if (!error.success) return unreachable(base);
  return new CliError({ ...error.data, exit: EXITS[status] ?? EXIT.error });
}

const unreachable = (base: URL): CliError =>
  new CliError({
    code: 'server_unreachable',
    message: `The server ${base.origin} does not answer as an arx server.`,
    remedy: 'Check ARX_SERVER_URL, and that `npm run server` runs there.',
  });
