import { Readable } from 'node:stream';
import type { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';

/** Bytes at a time: fewer and larger than by default. */
const CHUNK = { chunkSize: 64 * 1024 };

/** Texts, compressed as they come. */
export const compress = (texts: AsyncIterable<string>): AsyncIterable<Uint8Array> =>
  through(texts, createGzip(CHUNK));

/**
 * What was compressed, as text in pieces; throws errors of zlib (code `Z_…`) and those of the
 * source.
 */
export const decompress = (bytes: AsyncIterable<Uint8Array>): AsyncIterable<string> =>
  through(bytes, createGunzip(CHUNK).setEncoding('utf8'));

/** Either end's failure ends the other, and is thrown here. */
async function* through<Out>(
  source: AsyncIterable<unknown>,
  transform: Transform,
): AsyncGenerator<Out> {
  const flowing = pipeline(Readable.from(source, { highWaterMark: 1 }), transform);
  flowing.catch(() => undefined);
  for await (const piece of transform) yield piece as Out;
  await flowing;
}
