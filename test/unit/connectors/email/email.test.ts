import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import fc from 'fast-check';
import { SMTPServer } from 'smtp-server';
import type { SMTPServerOptions } from 'smtp-server';
import { afterEach, describe, expect, it } from 'vitest';
import { Secret } from '../../../../src/config/env/secret.ts';
import { InvalidArgumentError } from '../../../../src/connectors/errors.ts';
import type { ConnectorError } from '../../../../src/connectors/errors.ts';
import { accountHarness } from '../support/accounts.ts';
import { context, failureOf } from '../support/harness.ts';
import { assertProperty } from '../../../support/properties.ts';

const PASSWORD = 'password-canary-79';
const MESSAGE = {
  to: ['ann@northwind.example'],
  subject: 'Account suspended — Grüße',
  text: 'Line one\n.\nFrom here on\n',
};

const open: { close: () => void }[] = [];
afterEach(() => open.splice(0).forEach((one) => one.close()));

interface Mail {
  from: string;
  to: string[];
  text: string;
  user: unknown;
}

/** A mail server on loopback that accepts one login, and keeps the messages. */
async function mailServer(options: SMTPServerOptions = {}) {
  const mails: Mail[] = [];
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    authMethods: ['PLAIN', 'LOGIN'],
    allowInsecureAuth: true,
    logger: false,
    onAuth: ({ username, password }, _session, done) =>
      password === PASSWORD
        ? done(null, { user: username })
        : done(new Error('canary: no such user')),
    onData: (stream, { envelope, user }, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const from = envelope.mailFrom ? envelope.mailFrom.address : '';
        mails.push({
          from,
          to: envelope.rcptTo.map(({ address }) => address),
          text: Buffer.concat(chunks).toString(),
          user: user as unknown,
        });
        done();
      });
    },
    ...options,
  });
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push({ close: () => server.close() });
  return { mails, ...mailing((server.server.address() as AddressInfo).port) };
}

/** Connectors that send through the server on a loopback port. */
function mailing(
  port: number,
  more: { password?: string; timeoutMs?: number; plain?: boolean } = {},
) {
  const { password = PASSWORD, timeoutMs = 5_000, plain = true } = more;
  const login = { user: 'robot', password: new Secret(password) };
  const email = {
    host: '127.0.0.1',
    port,
    secure: false,
    plain,
    login,
    from: 'arx@northwind.example',
  };
  const made = accountHarness('http://127.0.0.1:9', { email, timeoutMs });
  return {
    ...made,
    port,
    send: (message: object = MESSAGE) =>
      made.connectors.email('email:send', message as never, context()),
  };
}

/** A server that sends scripted responses, one per received line, and ignores the lines. */
async function scripted(answer: (line: string, socket: Socket) => void): Promise<number> {
  const sockets: Socket[] = [];
  const server: Server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.write('220 scripted\r\n');
    socket.on('data', (chunk) =>
      chunk
        .toString()
        .split('\r\n')
        .filter(Boolean)
        .forEach((line) => answer(line, socket)),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push({ close: () => (sockets.forEach((socket) => socket.destroy()), server.close()) });
  return (server.address() as AddressInfo).port;
}

/** The usual dialogue up to the message; `then` receives every later line. */
const upToData =
  (then: (line: string, socket: Socket) => void) =>
  (line: string, socket: Socket): void => {
    const usual = [
      [/^EHLO/, '250-scripted\r\n250 AUTH PLAIN'],
      [/^AUTH/, '235 ok'],
      [/^(MAIL|RCPT)/, '250 ok'],
      [/^DATA/, '354 go on'],
    ] as const;
    const reply = usual.find(([begin]) => begin.test(line))?.[1];
    if (reply) socket.write(`${reply}\r\n`);
    else then(line, socket);
  };

const fieldsOf = async (promise: Promise<unknown>) =>
  ((await failureOf(promise)) as ConnectorError).fields;

describe('email:send', () => {
  it('sends one message with the configured account, and returns its Message-ID', async () => {
    const { mails, send, journal, events } = await mailServer();
    const { output } = await send({
      ...MESSAGE,
      to: ['ann@northwind.example', 'bob@northwind.example'],
    });
    expect(output).toEqual({
      id: expect.stringMatching(/^<[0-9a-f-]{36}@northwind\.example>$/) as string,
      refused: 0,
    });
    expect(mails).toHaveLength(1);
    const [mail] = mails;
    expect(mail).toMatchObject({
      from: 'arx@northwind.example',
      to: ['ann@northwind.example', 'bob@northwind.example'],
      user: 'robot',
    });
    const [headers = '', body = ''] = mail?.text.split('\r\n\r\n') ?? [];
    expect(headers).toContain(`Message-ID: ${output.id}`);
    expect(headers).toContain('Auto-Submitted: auto-generated');
    expect(headers).toMatch(/^Subject: =\?UTF-8\?/m);
    expect(body).toBe('Line one\r\n.\r\nFrom here on\r\n');
    expect(
      events.map(({ connector, operation, status }) => [connector, operation, status]),
    ).toEqual([['email', 'email:send', 250]]);
    expect(journal.drafts.map(({ kind, args }) => [kind, args])).toEqual([
      ['action.started', { recipients: 2, characters: MESSAGE.text.length }],
      ['action.succeeded', { recipients: 2, characters: MESSAGE.text.length }],
    ]);
    expect(JSON.stringify([journal.drafts, events])).not.toMatch(/ann@|bob@|Grüße|Line one/);
  });

  it('counts refused recipients, and fails if all are refused', async () => {
    const { send } = await mailServer({
      onRcptTo: ({ address }, _session, done) =>
        done(address.startsWith('bob') ? new Error('canary: no such mailbox') : null),
    });
    expect(
      (await send({ ...MESSAGE, to: ['ann@northwind.example', 'bob@northwind.example'] })).output
        .refused,
    ).toBe(1);
    const error = await failureOf(send({ ...MESSAGE, to: ['bob@northwind.example'] }));
    expect((error as ConnectorError).fields).toMatchObject({
      code: 'invalid',
      status: 550,
      ambiguous: false,
    });
    expect(JSON.stringify([error, error.stack])).not.toContain('canary');
  });

  it('reports that the login was refused, without quoting it', async () => {
    const { port, mails } = await mailServer();
    const { send } = mailing(port, { password: 'wrong-canary' });
    const error = await failureOf(send());
    expect((error as ConnectorError).fields).toMatchObject({
      code: 'unauthenticated',
      status: 535,
      ambiguous: false,
    });
    expect([JSON.stringify([error, error.stack]).includes('canary'), mails]).toEqual([false, []]);
  });

  it('does not send without TLS except on loopback', async () => {
    const { port, mails } = await mailServer();
    expect(await fieldsOf(mailing(port, { plain: false }).send())).toMatchObject({
      code: 'invalid',
      ambiguous: false,
      message: expect.stringMatching(/not offer TLS/) as string,
    });
    expect(mails).toEqual([]);
  });

  it.each<[string, (line: string, socket: Socket) => void, object]>([
    [
      'greylisted',
      upToData((line, socket) => line === '.' && socket.write('451 4.7.1 canary later\r\n')),
      { code: 'unavailable', status: 451, vendorCode: '4.7.1', ambiguous: false },
    ],
    [
      'refused as spam',
      upToData((line, socket) => line === '.' && socket.write('554 5.7.1 canary spam\r\n')),
      { code: 'invalid', status: 554, ambiguous: false },
    ],
    [
      'disconnected after the message',
      upToData((line, socket) => line === '.' && socket.destroy()),
      { code: 'unavailable', status: null, ambiguous: true },
    ],
    [
      'disconnected within the message',
      upToData((_, socket) => socket.destroy()),
      { code: 'unavailable', ambiguous: true },
    ],
    [
      'disconnected before the message',
      (line, socket) =>
        /^EHLO/.test(line) ? socket.write('250 AUTH PLAIN\r\n') : socket.destroy(),
      { code: 'unavailable', ambiguous: false },
    ],
    [
      'shut down',
      (_, socket) => socket.write('421 4.3.2 canary\r\n'),
      { code: 'unavailable', ambiguous: false },
    ],
  ])('is %s', async (_what, answer, expected) => {
    const { send, journal } = mailing(await scripted(answer));
    const error = await failureOf(send());
    expect((error as ConnectorError).fields).toMatchObject(expected);
    expect(JSON.stringify([error, error.stack])).not.toMatch(/canary|northwind/);
    expect(journal.kinds.at(-1)).toBe(
      (error as ConnectorError).fields.ambiguous ? 'action.unknown' : 'action.failed',
    );
  });

  it.each<[string, (line: string, socket: Socket) => void, boolean]>([
    ['after the message', upToData(() => undefined), true],
    ['before the message', () => undefined, false],
  ])('ends at the timeout if the server stops responding %s', async (_what, answer, ambiguous) => {
    const { send } = mailing(await scripted(answer), { timeoutMs: 400 });
    expect(await fieldsOf(send())).toMatchObject({ code: 'unavailable', ambiguous });
  });

  it('is cancelled when its caller is cancelled', async () => {
    const leaving = new AbortController();
    const port = await scripted(upToData((line) => line === '.' && leaving.abort()));
    const { connectors } = mailing(port);
    const call = connectors.email('email:send', MESSAGE, context({ signal: leaving.signal }));
    expect(await fieldsOf(call)).toMatchObject({ code: 'cancelled', ambiguous: true });
  });

  it('sends nothing if its caller is already cancelled', async () => {
    const { mails, connectors } = await mailServer();
    const call = connectors.email('email:send', MESSAGE, context({ signal: AbortSignal.abort() }));
    expect(await fieldsOf(call)).toMatchObject({ code: 'cancelled', ambiguous: false });
    expect(mails).toEqual([]);
  });

  it('reports an unreachable server', async () => {
    const port = await scripted(() => undefined);
    open.splice(0).forEach((one) => one.close());
    expect(await fieldsOf(mailing(port).send())).toMatchObject({
      code: 'unavailable',
      ambiguous: false,
    });
  });

  it('prevents injection of headers, recipients and commands', async () => {
    const { mails, connectors } = await mailServer();
    const breaks = fc.constantFrom('\r\n', '\n', '\r', '\u0000', '\u2028', '\u0085', '\r\n.\r\n');
    const place = fc.constantFrom('to', 'subject');
    await assertProperty(
      fc.asyncProperty(breaks, place, fc.string({ maxLength: 20 }), async (broken, name, rest) => {
        const value = `ann@x.example${broken}Bcc: eve@evil.example${rest}`;
        const message = { ...MESSAGE, [name]: name === 'to' ? [value] : value };
        expect(await failureOf(connectors.email('email:send', message, context()))).toBeInstanceOf(
          InvalidArgumentError,
        );
      }),
      { numRuns: 100 },
    );
    expect(mails).toEqual([]);
  });

  it.each<[string, object]>([
    ['no recipient', { to: [] }],
    ['too many recipients', { to: Array.from({ length: 21 }, (_, at) => `a${at}@x.example`) }],
    ['a list in one address', { to: ['a@x.example, b@x.example'] }],
    ['a name in an address', { to: ['Ann <ann@x.example>'] }],
    ['an option in an address', { to: ['ann@x.example> SIZE=1'] }],
    ['no subject', { subject: '' }],
    ['a long subject', { subject: 'x'.repeat(201) }],
    ['a long text', { text: 'x'.repeat(20_001) }],
    ['control characters in the text', { text: 'a\u0007b' }],
    ['an extra header', { headers: { Bcc: 'eve@evil.example' } }],
    ['an attachment', { attachments: [{ path: '/etc/passwd' }] }],
  ])('refuses a message with %s', async (_what, wrong) => {
    const { connectors } = mailing(9);
    expect(
      await failureOf(connectors.email('email:send', { ...MESSAGE, ...wrong }, context())),
    ).toBeInstanceOf(InvalidArgumentError);
  });
});
