import { PGlite } from '@electric-sql/pglite';
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { claimDataDir } from './data-dir.ts';
import { prepareDataDir } from './data-template.ts';
import { FrameReader } from './pglite-frames.ts';
import type { Frame } from './pglite-frames.ts';
import { PgliteGate } from './pglite-gate.ts';
import type { GateClient } from './pglite-gate.ts';
import { ASK_PASSWORD, LOGIN_MS, WRONG_PASSWORD, isPassword } from './pglite-login.ts';

export interface ServeOptions {
  /** Data directory, created if missing; null keeps everything in memory. */
  dataDir: string | null;
  /** Default: a free port. */
  port?: number;
  /** Loopback only, because nothing is encrypted. */
  host?: '127.0.0.1' | '::1';
  /** What clients must send; default: every local process may connect. */
  password?: string;
  /**
   * Cache of the user with an empty database, so that a new directory is ready sooner; default:
   * none.
   */
  cacheDir?: string;
  /**
   * How long a client may be idle in a transaction before its connection is closed; default 30 s.
   */
  idleInTransactionMs?: number;
}

/** An embedded PostgreSQL that listens on loopback until closed. */
export interface ServedPglite {
  databaseUrl: string;
  close(): Promise<void>;
  /** Resolves with the reason if the database fails by itself; its process should then end. */
  failed: Promise<Error>;
}

/**
 * Starts PGlite behind a socket. Throws DataDirInUseError if a live process already serves the
 * directory.
 */
export async function servePglite(options: ServeOptions): Promise<ServedPglite> {
  const { dataDir, port = 0, host = '127.0.0.1', cacheDir, idleInTransactionMs } = options;
  const { password = null } = options;
  const releaseDataDir = dataDir === null ? async () => undefined : await claimDataDir(dataDir);
  const { promise: failed, resolve: fail } = Promise.withResolvers<Error>();
  try {
    if (dataDir !== null && cacheDir !== undefined) await prepareDataDir(dataDir, cacheDir);
    const db = await PGlite.create(dataDir === null ? {} : { dataDir });
    const server = new PgliteServer(new PgliteGate(db, fail, idleInTransactionMs), password);
    void failed.then(() => server.cutAll());
    await server.listen(port, host);
    const close = async (): Promise<void> => {
      await server.close();
      if (!db.closed) await db.close();
      await releaseDataDir();
    };
    return { databaseUrl: server.databaseUrl, close, failed };
  } catch (error) {
    await releaseDataDir();
    throw error;
  }
}

/** The listening side: sockets in, frames to the gate. */
class PgliteServer {
  readonly #gate: PgliteGate;
  readonly #password: string | null;
  readonly #server: Server;
  readonly #sockets = new Map<Socket, Promise<void>>();

  constructor(gate: PgliteGate, password: string | null) {
    this.#gate = gate;
    this.#password = password;
    this.#server = createServer({ noDelay: true }, (socket) => this.#accept(socket));
  }

  get databaseUrl(): string {
    const { address, port, family } = this.#server.address() as AddressInfo;
    const password = this.#password === null ? '' : `:${this.#password}`;
    return `postgres://postgres${password}@${family === 'IPv6' ? `[${address}]` : address}:${port}/postgres`;
  }

  async listen(port: number, host: string): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject).listen({ port, host }, resolve);
    });
  }

  /** Disconnects all clients, and waits until their open transactions are rolled back. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.cutAll();
    await Promise.all(this.#sockets.values());
    await closed;
  }

  cutAll(): void {
    for (const socket of this.#sockets.keys()) socket.destroy();
  }

  #accept(socket: Socket): void {
    const connection = new Connection(socket, this.#gate, this.#password);
    const { promise: left, resolve: leave } = Promise.withResolvers<void>();
    this.#sockets.set(socket, left);
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk: Buffer) => connection.receive(chunk));
    socket.on('close', () => {
      void connection.leave().then(() => {
        this.#sockets.delete(socket);
        leave();
      });
    });
  }
}

/** One client: nothing that it sends reaches the gate before it has sent the password. */
class Connection {
  readonly #socket: Socket;
  readonly #gate: PgliteGate;
  readonly #password: string | null;
  readonly #client: GateClient;
  readonly #reader: FrameReader;
  readonly #loginLimit: NodeJS.Timeout | undefined;
  #startup: Uint8Array = new Uint8Array();
  #refused = false;

  constructor(socket: Socket, gate: PgliteGate, password: string | null) {
    this.#socket = socket;
    this.#gate = gate;
    this.#password = password;
    this.#client = {
      send: (answer) => void socket.write(answer),
      cut: () => void socket.destroy(),
    };
    this.#reader = new FrameReader(password !== null);
    if (password !== null) this.#loginLimit = setTimeout(() => socket.destroy(), LOGIN_MS);
  }

  receive(chunk: Buffer): void {
    if (this.#refused) return;
    for (const frame of this.#reader.push(chunk)) {
      if (!this.#refused) this.#take(frame);
    }
  }

  leave(): Promise<void> {
    clearTimeout(this.#loginLimit);
    return this.#gate.leave(this.#client);
  }

  #take(frame: Frame): void {
    if (frame.kind === 'unit') this.#gate.execute(this.#client, frame.bytes, frame.open);
    else if (frame.kind === 'refuse') this.#socket.write('N');
    else if (frame.kind === 'startup') {
      this.#startup = frame.bytes;
      this.#socket.write(ASK_PASSWORD);
    } else if (frame.kind === 'password') this.#logIn(frame.bytes);
    else this.#socket.destroy();
  }

  #logIn(given: Uint8Array): void {
    clearTimeout(this.#loginLimit);
    if (isPassword(given, this.#password ?? '')) {
      this.#gate.execute(this.#client, this.#startup, false);
      return;
    }
    this.#refused = true;
    this.#socket.end(WRONG_PASSWORD, () => this.#socket.destroy());
  }
}
