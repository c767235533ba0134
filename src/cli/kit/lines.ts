import { createReadStream } from 'node:fs';
import type { StoredText } from '../../audit/chain.ts';

/**
 * The lines of a file, unmodified. Only the line feed separates lines, so that every other byte is
 * verified.
 */
export async function* linesOf(file: string): AsyncGenerator<StoredText[]> {
  let index = 0;
  let rest = '';
  for await (const piece of createReadStream(file, { encoding: 'utf8' })) {
    const lines = (rest + String(piece)).split('\n');
    rest = lines.pop() ?? '';
    yield lines.map((text) => ({ index: index++, text }));
  }
  if (rest !== '') yield [{ index: index++, text: rest }];
}
