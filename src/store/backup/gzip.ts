import { Readable } from 'node:stream';
import type { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';

/** Larger chunks than the default. */
const CHUNK = { chunkSize: 64 * 1024 };

/** Compresses texts as a stream. */
export const compress = (texts: AsyncIterable<string>): AsyncIterable<Uint8Array> =>
  through(texts, createGzip(CHUNK));

/** Decompresses to pieces of text. Throws errors of zlib (code `Z_…`) and of the source. */
export const decompress = (bytes: AsyncIterable<Uint8Array>): AsyncIterable<string> =>
  through(bytes, createGunzip(CHUNK).setEncoding('utf8'));

/** A failure of either end stops the other, and is thrown here. */
async function* through<Out>(
  source: AsyncIterable<unknown>,
  transform: Transform,
): AsyncGenerator<Out> {
  const flowing = pipeline(Readable.from(source, { highWaterMark: 1 }), transform);
  flowing.catch(() => undefined);
  for await (const piece of transform) yield piece as Out;
  await flowing;
}
