const BLOCK = 64 * 1024;

/**
 * An answer of text that is sent as it is read, in blocks of at least 64 KB, so that a million users
 * need not fit into memory. If reading fails, the connection ends without the rest.
 */
export function inBlocks(chunks: AsyncIterable<string>, type = 'application/json'): Response {
  const blocks = blocksOf(chunks);
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await blocks.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await blocks.return(undefined);
    },
  });
  return new Response(body, { headers: { 'content-type': type } });
}

async function* blocksOf(chunks: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  let block = '';
  for await (const chunk of chunks) {
    block += chunk;
    if (block.length < BLOCK) continue;
    yield encoder.encode(block);
    block = '';
  }
  if (block !== '') yield encoder.encode(block);
}
