/** A transport that sends messages by SMTP. */

import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { ResponseHeaders } from '../transport/http-body.ts';
import { NetworkFailure } from '../transport/network.ts';
import { messageInput } from './inputs.ts';
import type SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { Secret } from '../../config/env/secret.ts';
import type { HttpResponse, Transport } from '../transport/http.ts';
import type { Message } from './inputs.ts';

/** A mail server and the sender. */
export interface EmailAccess {
  host: string;
  port: number;
  /** TLS from the start; otherwise STARTTLS, without which nothing is sent. */
  secure: boolean;
  /** Without TLS; for loopback only. */
  plain: boolean;
  /** Null: the server requires none. */
  login: { user: string; password: Secret } | null;
  /** E-mail address of the sender. */
  from: string;
}

const DEFAULT_TIMEOUT_MS = 30_000;
const CONNECT_TIMEOUT_MS = 10_000;

/**
 * The result of a session, as the text of a response: the Message-ID, or the stage at which the
 * server refused.
 */
interface SessionEnd {
  id?: string;
  refused?: number;
  stage?: 'tls' | 'auth' | 'message';
  /** Enhanced status code such as 5.7.8 (RFC 3463). */
  enhanced?: string | null;
}

/**
 * Sends the message in the body of a request and returns the server's final reply as a response,
 * with its reply code as the status. Throws only NetworkFailure; `cut` and `timed_out` only after
 * sending of the message has begun.
 */
export const smtpTransport =
  (access: EmailAccess, timeoutMs = DEFAULT_TIMEOUT_MS): Transport =>
  async ({ body = '' }, signal) => {
    const message = messageInput.parse(JSON.parse(body));
    const id = `<${randomUUID()}@${access.from.split('@')[1]}>`;
    const raw = await compose(access, message, id);
    const connection = await connectionTo(access, timeoutMs);
    return within({ connection, timeoutMs, signal }, (began) =>
      converse(connection, { access, message, raw, id, began }),
    );
  };

async function compose(
  { from }: EmailAccess,
  { to, subject, text }: Message,
  id: string,
): Promise<Buffer> {
  const { default: MailComposer } = await import('nodemailer/lib/mail-composer');
  return new MailComposer({
    from,
    to: [...to],
    subject,
    text,
    messageId: id,
    headers: { 'Auto-Submitted': 'auto-generated' },
    disableFileAccess: true,
    disableUrlAccess: true,
  })
    .compile()
    .build();
}

// The library takes time to load, so it is loaded only when mail is sent.
async function connectionTo(
  { host, port, secure, plain }: EmailAccess,
  timeoutMs: number,
): Promise<SMTPConnection> {
  const { default: Connection } = await import('nodemailer/lib/smtp-connection');
  return new Connection({
    host,
    port,
    secure,
    name: 'arx.invalid',
    logger: false,
    ...(!secure && (plain ? { ignoreTLS: true } : { requireTLS: true })),
    connectionTimeout: Math.min(CONNECT_TIMEOUT_MS, timeoutMs),
    greetingTimeout: Math.min(CONNECT_TIMEOUT_MS, timeoutMs),
    socketTimeout: timeoutMs,
  });
}

interface Limits {
  connection: SMTPConnection;
  timeoutMs: number;
  signal: AbortSignal | undefined;
}

/** Whether sending of the message has begun; only then may it have been accepted. */
interface Progress {
  began: boolean;
}

async function within(
  { connection, timeoutMs, signal }: Limits,
  task: (progress: Progress) => Promise<HttpResponse>,
): Promise<HttpResponse> {
  const progress: Progress = { began: false };
  const { promise: ended, reject } = Promise.withResolvers<never>();
  const cancel = (): void =>
    reject(new NetworkFailure(progress.began ? 'cancelled_midway' : 'cancelled'));
  const timer = setTimeout(
    () => reject(new NetworkFailure(progress.began ? 'timed_out' : 'unreachable')),
    timeoutMs,
  );
  signal?.addEventListener('abort', cancel, { once: true });
  if (signal?.aborted) cancel();
  // Also handles errors of the socket after the session, which are irrelevant.
  connection.on('error', reject);
  try {
    return await Promise.race([task(progress), ended]);
  } catch (error) {
    return refusalAnswer(error, progress);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', cancel);
    connection.close();
  }
}

interface Conversation {
  access: EmailAccess;
  message: Message;
  raw: Buffer;
  id: string;
  began: Progress;
}

async function converse(
  connection: SMTPConnection,
  { access, message, raw, id, began }: Conversation,
): Promise<HttpResponse> {
  await step((done) => connection.connect(done));
  const { login } = access;
  if (login) {
    const credentials = { user: login.user, pass: login.password.reveal() };
    await step((done) => connection.login({ credentials }, done));
  }
  const envelope = { from: access.from, to: [...message.to] };
  const sent = await new Promise<{ rejected: string[] }>((resolve, reject) => {
    connection.send(envelope, messageStream(raw, began), (error, info) =>
      error ? reject(error) : resolve(info),
    );
  });
  return responseOf(250, { id, refused: sent.rejected.length });
}

const step = (run: (done: (error?: Error | null) => void) => void): Promise<void> =>
  new Promise((resolve, reject) => run((error) => (error ? reject(error) : resolve())));

/**
 * The message as a stream that records when it is first read, which is after the server has agreed
 * to receive it.
 */
function messageStream(raw: Buffer, progress: Progress): Readable {
  return new Readable({
    read() {
      progress.began = true;
      this.push(raw);
      this.push(null);
    },
  });
}

interface SmtpError {
  code?: string;
  command?: string;
  responseCode?: number;
  response?: string;
}

/** The server's own refusal as a response; throws any other error. */
function refusalAnswer(error: unknown, progress: Progress): HttpResponse {
  if (error instanceof NetworkFailure) throw error;
  const { code = '', responseCode = 0, response = '' } = error as SmtpError;
  if (responseCode < 400 || responseCode > 599) throw failureOf(error, progress);
  const enhanced = /^\d{3}[ -](\d\.\d{1,3}\.\d{1,3})\b/.exec(response)?.[1] ?? null;
  return responseOf(responseCode, { stage: STAGES[code] ?? 'message', enhanced });
}

const STAGES: Readonly<Record<string, SessionEnd['stage']>> = {
  ETLS: 'tls',
  EAUTH: 'auth',
  ENOAUTH: 'auth',
};

function failureOf(error: unknown, { began }: Progress): NetworkFailure {
  if (!began) return new NetworkFailure('unreachable');
  return new NetworkFailure((error as SmtpError).code === 'ETIMEDOUT' ? 'timed_out' : 'cut');
}

const responseOf = (status: number, end: SessionEnd): HttpResponse => ({
  status,
  headers: new ResponseHeaders({}),
  text: JSON.stringify(end),
});
