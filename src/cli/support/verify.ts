import { createReadStream } from 'node:fs';
import { verifyChain } from '../../audit/chain.ts';
import type { ChainReport, StoredText } from '../../audit/chain.ts';
import type { Store } from '../../store/types.ts';
import { CliError } from './errors.ts';
import { EXIT } from './exit.ts';

const PAGE = 1_000;
const ATTEMPTS = 5;

/** Recomputes the chain of a store and compares its end with the recorded one; a trail that grows meanwhile is looked at again. */
export async function verifyStore(store: Store): Promise<ChainReport> {
  for (let attempt = 1; ; attempt += 1) {
    const before = await store.audit.head();
    const report = await verifyChain(store.audit.pages(PAGE), before);
    const grown = !report.ok && (await store.audit.head()).entries > before.entries;
    if (!grown || attempt === ATTEMPTS) return report;
  }
}

/** Recomputes the chain of an exported JSONL file. Throws CliError `no_file`. */
export async function verifyExport(file: string): Promise<ChainReport> {
  try {
    return await verifyChain(linesOf(file));
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === undefined) throw thrown;
    throw new CliError({
      code: 'no_file',
      message: `${file} cannot be read (${code}).`,
      remedy: 'Name a file made by `arx audit export --format jsonl`.',
      exit: EXIT.usage,
    });
  }
}

/** Lines as they stand: only the line feed separates, so that every other byte is looked at. */
async function* linesOf(file: string): AsyncGenerator<StoredText[]> {
  let index = 0;
  let rest = '';
  for await (const piece of createReadStream(file, { encoding: 'utf8' })) {
    const lines = (rest + String(piece)).split('\n');
    rest = lines.pop() ?? '';
    yield lines.map((text) => ({ index: index++, text }));
  }
  if (rest !== '') yield [{ index: index++, text: rest }];
}
