import type { PGlite } from '@electric-sql/pglite';

/**
 * How long a client may leave the one backend idle in its transaction (milliseconds) before its
 * connection is closed.
 */
const IDLE_IN_TRANSACTION = 30_000;

/** A client of the gate. */
export interface GateClient {
  send(answer: Buffer): void;
  /** Ends the connection. */
  cut(): void;
}

interface Waiting {
  client: GateClient;
  bytes: Uint8Array;
  open: boolean;
}

/**
 * Lets many clients share PGlite's one backend: a client inside a transaction (or between Parse and
 * Sync) keeps it, the others wait in order. The gate of @electric-sql/pglite-socket 0.2 mixes the
 * messages of parameterised statements of several clients and then stops answering, hence this one.
 */
export class PgliteGate {
  readonly #db: PGlite;
  readonly #fail: (error: Error) => void;
  readonly #idleMs: number;
  #queue: Waiting[] = [];
  #owner: GateClient | null = null;
  #ownerOpen = false;
  #working = false;
  #settled: Promise<void> = Promise.resolve();
  #idle: NodeJS.Timeout | undefined;

  /** `fail` is called if the backend itself fails; nothing is executed after that. */
  constructor(db: PGlite, fail: (error: Error) => void, idleMs = IDLE_IN_TRANSACTION) {
    this.#db = db;
    this.#fail = fail;
    this.#idleMs = idleMs;
  }

  execute(client: GateClient, bytes: Uint8Array, open: boolean): void {
    this.#queue.push({ client, bytes, open });
    this.#wake();
  }

  /**
   * The client has disconnected: its waiting messages are dropped and its transaction is rolled
   * back.
   */
  async leave(client: GateClient): Promise<void> {
    this.#queue = this.#queue.filter((waiting) => waiting.client !== client);
    await this.#settled;
    if (this.#owner !== client) return;
    const silent: GateClient = { send: () => undefined, cut: () => undefined };
    this.#owner = silent;
    if (this.#ownerOpen) this.execute(silent, SYNC, false);
    this.execute(silent, ROLLBACK, false);
    await this.#settled;
  }

  #wake(): void {
    if (this.#working) return;
    this.#working = true;
    this.#settled = this.#work().catch((error: Error) => this.#fail(error));
  }

  /** A backend that threw is not used again: `#working` stays true. */
  async #work(): Promise<void> {
    for (let waiting = this.#take(); waiting; waiting = this.#take()) {
      clearTimeout(this.#idle);
      const answer = await this.#run(waiting.bytes);
      const held = waiting.open || this.#db.isInTransaction();
      this.#owner = held ? waiting.client : null;
      this.#ownerOpen = waiting.open;
      waiting.client.send(answer);
      if (held) this.#watch(waiting.client);
    }
    this.#working = false;
  }

  #take(): Waiting | undefined {
    const next = this.#owner ? this.#queue.findIndex(({ client }) => client === this.#owner) : 0;
    return next === -1 ? undefined : this.#queue.splice(next, 1)[0];
  }

  async #run(bytes: Uint8Array): Promise<Buffer> {
    const parts: Buffer[] = [];
    const onRawData = (data: Uint8Array): number => parts.push(Buffer.from(data));
    await this.#db.runExclusive(() => this.#db.execProtocolRawStream(bytes, { onRawData }));
    return parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts);
  }

  #watch(client: GateClient): void {
    this.#idle = setTimeout(() => client.cut(), this.#idleMs);
    this.#idle.unref();
  }
}

const SYNC = message('S', '');
const ROLLBACK = message('Q', 'rollback\0');

function message(type: string, body: string): Uint8Array {
  const bytes = Buffer.alloc(5 + body.length);
  bytes.write(type + '\0\0\0\0' + body, 'latin1');
  bytes.writeInt32BE(4 + body.length, 1);
  return Uint8Array.from(bytes);
}
