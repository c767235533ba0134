import { gunzipSync } from 'node:zlib';
import { NetworkFailure } from './network.ts';

const DECODER = new TextDecoder();

/** What is asked of the headers of an answer; the platform's own have it too. */
export type ReadableHeaders = Pick<Headers, 'get'> & Iterable<[string, string]>;

/**
 * The headers of an answer, at a tenth of what the platform's cost. Repeated ones are joined by
 * commas: a limit that is told twice is not taken for the one or the other.
 */
export class AnswerHeaders implements ReadableHeaders {
  readonly #values: Readonly<Record<string, string | string[] | undefined>>;

  /** `values`: by names in lower case. */
  constructor(values: Readonly<Record<string, string | string[] | undefined>>) {
    this.#values = values;
  }

  get(name: string): string | null {
    const low = name.toLowerCase();
    return Object.hasOwn(this.#values, low) ? joinValues(this.#values[low]) : null;
  }

  *[Symbol.iterator](): Generator<[string, string]> {
    for (const name of Object.keys(this.#values)) yield [name, this.get(name) ?? ''];
  }
}

const joinValues = (value: string | string[] | undefined): string | null =>
  Array.isArray(value) ? value.join(', ') : (value ?? null);

/** Gathers what is read of an answer, up to a limit. */
export class BodyReader {
  readonly #maxBytes: number;
  #chunks: Buffer[] = [];
  #size = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** False where this is more than is read. */
  take(chunk: Buffer): boolean {
    this.#size += chunk.byteLength;
    if (this.#size > this.#maxBytes) return false;
    this.#chunks.push(chunk);
    return true;
  }

  /**
   * The text when all of it has come. Throws NetworkFailure `too_large` where it unpacks to more
   * than the limit.
   */
  text(status: number, encoding: string | null): string {
    const packed = this.#chunks.length === 1 ? this.#chunks[0]! : Buffer.concat(this.#chunks);
    const isGzip = encoding !== null && /^(x-)?gzip$/i.test(encoding) && packed.byteLength > 0;
    return DECODER.decode(isGzip ? unpack(packed, status, this.#maxBytes) : packed);
  }
}

function unpack(packed: Buffer, status: number, maxBytes: number): Buffer {
  try {
    return gunzipSync(packed, { maxOutputLength: maxBytes });
  } catch (error) {
    const tooLarge =
      error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
    throw new NetworkFailure(tooLarge ? 'too_large' : 'cut', tooLarge ? status : null);
  }
}
