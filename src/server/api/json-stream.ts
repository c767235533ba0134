const BLOCK = 64 * 1024;

/**
 * An answer of text that is sent as it is read, in blocks of at least 64 KB, so that a million users
 * need not fit into memory. If reading fails, the connection ends without the rest.
 */
export const inBlocks = (chunks: AsyncIterable<string>, type = 'application/json'): Response =>
  streamText(() => blocksOf(chunks), { 'content-type': type });

/**
 * An answer of text that is sent chunk by chunk. `generate` gets a signal that is aborted when the
 * reader is gone; `end` is called once, when nothing more is sent.
 */
export function streamText(
  generate: (gone: AbortSignal) => AsyncGenerator<string>,
  headers: Readonly<Record<string, string>>,
  end: () => void = () => undefined,
): Response {
  const gone = new AbortController();
  const encoder = new TextEncoder();
  const chunks = untilEnd(generate(gone.signal), end);
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await chunks.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    async cancel() {
      gone.abort();
      await chunks.return(undefined);
    },
  });
  return new Response(body, { headers });
}

async function* untilEnd(chunks: AsyncGenerator<string>, end: () => void): AsyncGenerator<string> {
  try {
    yield* chunks;
  } finally {
    end();
  }
}

async function* blocksOf(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  let block = '';
  for await (const chunk of chunks) {
    block += chunk;
    if (block.length < BLOCK) continue;
    yield block;
    block = '';
  }
  if (block !== '') yield block;
}
