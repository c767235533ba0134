/** Headers and bodies of HTTP responses. */

import { gunzipSync } from 'node:zlib';
import { NetworkFailure } from './network.ts';

const DECODER = new TextDecoder();

/** The part of the platform's Headers that is used. */
export type ReadableHeaders = Pick<Headers, 'get'> & Iterable<[string, string]>;

/**
 * The headers of a response, at a tenth of the cost of the platform's. Repeated headers are joined
 * by commas, so that a limit reported twice is not mistaken for either of the two.
 */
export class ResponseHeaders implements ReadableHeaders {
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

/** Collects the body of a response, up to a limit. */
export class BodyReader {
  readonly #maxBytes: number;
  #chunks: Buffer[] = [];
  #size = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Adds a chunk; false if the limit is exceeded. */
  take(chunk: Buffer): boolean {
    this.#size += chunk.byteLength;
    if (this.#size > this.#maxBytes) return false;
    this.#chunks.push(chunk);
    return true;
  }

  /**
   * The text of the complete body. Throws NetworkFailure `too_large` if it decompresses to more
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
