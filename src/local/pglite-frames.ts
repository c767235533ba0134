/**
 * The part of PostgreSQL's wire protocol that a front end must know: where messages end, and which
 * belong together.
 */

const SSL_REQUEST = 80877103;
const GSS_REQUEST = 80877104;
const CANCEL_REQUEST = 80877102;

/** Longest message accepted from a client, in bytes. */
const MAX_LENGTH = 256 * 1024 * 1024;

/**
 * The message types that end a unit of messages: Query, Sync, FunctionCall, Flush, CopyDone,
 * CopyFail.
 */
const ENDS = new Set([...'QSFHcf'].map((letter) => letter.charCodeAt(0)));
const PASSWORD = 'p'.charCodeAt(0);
/** Longest startup and password message, as in PostgreSQL; nothing else is read before the login. */
const MAX_LOGIN = 10_000;
const TERMINATE = 'X'.charCodeAt(0);
const FLUSH = 'H'.charCodeAt(0);

/**
 * A frame from a client: `refuse` is answered with N (no encryption here), `end` closes the
 * connection, and `unit` is executed in one piece. After an `open` unit the client keeps the
 * backend until the rest has followed. `startup` is a first message that must be answered by asking
 * for the password, and `password` what was sent then.
 */
export type Frame =
  | { kind: 'refuse' }
  | { kind: 'end' }
  | { kind: 'startup' | 'password'; bytes: Uint8Array }
  | { kind: 'unit'; bytes: Uint8Array; open: boolean };

/**
 * Splits the bytes of one client into frames. The messages of the extended protocol stay together
 * up to their Sync.
 */
export class FrameReader {
  #buffer: Buffer = Buffer.alloc(0);
  #scanned = 0;
  #state: 'start' | 'password' | 'open' = 'start';
  readonly #asksPassword: boolean;

  constructor(asksPassword = false) {
    this.#asksPassword = asksPassword;
  }

  push(chunk: Buffer): Frame[] {
    this.#buffer = this.#buffer.length === 0 ? chunk : Buffer.concat([this.#buffer, chunk]);
    const frames: Frame[] = [];
    for (let frame = this.#next(); frame !== null; frame = this.#next()) {
      frames.push(frame);
      if (frame.kind === 'end') break;
    }
    return frames;
  }

  #next(): Frame | null {
    if (this.#state === 'open') return this.#nextUnit();
    return this.#state === 'start' ? this.#nextStart() : this.#nextPassword();
  }

  #nextStart(): Frame | null {
    if (this.#buffer.length < 8) return null;
    const length = this.#buffer.readInt32BE(0);
    const code = this.#buffer.readInt32BE(4);
    if (code === CANCEL_REQUEST || !fits(length, 8, MAX_LOGIN)) return { kind: 'end' };
    if (this.#buffer.length < length) return null;
    const bytes = this.#cut(length);
    if (code === SSL_REQUEST || code === GSS_REQUEST) return { kind: 'refuse' };
    this.#state = this.#asksPassword ? 'password' : 'open';
    return this.#asksPassword ? { kind: 'startup', bytes } : { kind: 'unit', bytes, open: false };
  }

  #nextPassword(): Frame | null {
    if (this.#buffer.length < 5) return null;
    const length = this.#buffer.readInt32BE(1);
    if (this.#buffer[0] !== PASSWORD || !fits(length, 5, MAX_LOGIN)) return { kind: 'end' };
    if (this.#buffer.length < 1 + length) return null;
    this.#state = 'open';
    // Type and length before it, and a zero byte after it.
    return { kind: 'password', bytes: this.#cut(1 + length).subarray(5, -1) };
  }

  #nextUnit(): Frame | null {
    while (this.#buffer.length >= this.#scanned + 5) {
      const type = this.#buffer[this.#scanned] ?? 0;
      const length = this.#buffer.readInt32BE(this.#scanned + 1);
      if (!fits(length, 4)) return { kind: 'end' };
      if (this.#buffer.length < this.#scanned + 1 + length) return null;
      if (type === TERMINATE) return { kind: 'end' };
      this.#scanned += 1 + length;
      if (ENDS.has(type))
        return { kind: 'unit', bytes: this.#cut(this.#scanned), open: type === FLUSH };
    }
    return null;
  }

  /** A copy, because the buffer takes new bytes while the database works on these. */
  #cut(length: number): Uint8Array {
    const bytes = Uint8Array.from(this.#buffer.subarray(0, length));
    this.#buffer = this.#buffer.subarray(length);
    this.#scanned = 0;
    return bytes;
  }
}

function fits(length: number, least: number, most = MAX_LENGTH): boolean {
  return length >= least && length <= most;
}
