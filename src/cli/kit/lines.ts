import { createReadStream } from 'node:fs';
import type { StoredText } from '../../audit/chain.ts';

/**
 * Lines of a file as they stand: only the line feed separates, so that every other byte is looked
 * at.
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
