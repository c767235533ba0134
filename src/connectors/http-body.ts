import type { IncomingMessage } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { NetworkFailure } from './network.ts';

const DECODER = new TextDecoder();

/** The text of an answer, read to its end. Throws NetworkFailure `too_large` above `maxBytes`, packed or unpacked. */
export async function readText(response: IncomingMessage, maxBytes: number): Promise<string> {
  const packed = await readBytes(response, maxBytes);
  const isGzip = /^(x-)?gzip$/i.test(response.headers['content-encoding'] ?? '') && packed.byteLength > 0;
  return DECODER.decode(isGzip ? unpack(packed, response, maxBytes) : packed);
}

function readBytes(response: IncomingMessage, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    response.on('data', (chunk: Buffer) => {
      size += chunk.byteLength;
      if (size > maxBytes) reject(new NetworkFailure('too_large', response.statusCode));
      else chunks.push(chunk);
    });
    response.on('end', () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)));
    response.on('error', reject);
  });
}

function unpack(packed: Buffer, response: IncomingMessage, maxBytes: number): Buffer {
  try {
    return gunzipSync(packed, { maxOutputLength: maxBytes });
  } catch (error) {
    const tooLarge = error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
    throw new NetworkFailure(tooLarge ? 'too_large' : 'cut', tooLarge ? response.statusCode : null);
  }
}
