import { PassThrough } from 'node:stream';
import { main } from '../../../../src/cli/main.ts';
import { createIo } from '../../../../src/cli/kit/io.ts';

/** What a command line printed and how it ended. */
export interface Outcome {
  code: number;
  out: string;
  err: string;
}

/** Runs a command line in this process, with an environment of its own. */
export async function arx(
  argv: readonly string[],
  env: Record<string, string> = {},
): Promise<Outcome> {
  const out = collector();
  const err = collector();
  const io = createIo({
    out: out.stream,
    err: err.stream,
    env,
    signal: new AbortController().signal,
  });
  const code = await main(argv, io);
  return { code, out: out.text(), err: err.text() };
}

function collector() {
  const stream = new PassThrough();
  const pieces: string[] = [];
  stream.on('data', (piece: Buffer) => pieces.push(piece.toString('utf8')));
  return { stream, text: () => pieces.join('') };
}
