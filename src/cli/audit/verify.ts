/** Verifies an exported audit trail against a checkpoint kept outside the store. */

import { verifyChain } from '../../audit/chain.ts';
import { verifyTrail } from '../../audit/trail.ts';
import { externalRoot } from '../../services/audit/verify-store.ts';
import type { ExternalCheckpoint, Verdict } from '../../services/audit/verify-store.ts';
import { CliError } from '../kit/errors.ts';
import { EXIT } from '../kit/exit.ts';
import { linesOf } from '../kit/lines.ts';
import { readExtract } from './extract.ts';

/** The error of the chain where entries are missing. */
const BREAK = 'does not follow the entry before it';

/** A file with missing entries may be an extract. If it is, checks the entries that it contains. */
async function extractVerdict(file: string, found: Verdict): Promise<Verdict> {
  const extract = await readExtract(file);
  if (extract === null || found.ok) return found;
  const { run: extractOf, entries, firstBad } = extract;
  if (firstBad !== null) return { ...found, firstBad, extractOf };
  const reason =
    `follows an entry that is not in the file: it is an extract with only the entries of run ${extractOf}, which cannot ` +
    `be verified alone (each of its ${entries} entries has the hash it states, but only the whole trail shows whether ` +
    'entries are missing: export it without --run)';
  return { ...found, firstBad: { ...found.firstBad, reason }, extractOf };
}

/** Recomputes the chain and tree of an exported JSONL file. Throws CliError `no_file`. */
export async function verifyExport(
  file: string,
  outside: ExternalCheckpoint | null,
): Promise<Verdict> {
  const root = outside ? externalRoot(outside) : null;
  const signed = root && 'root' in root ? [root] : [];
  try {
    const report = outside
      ? await verifyTrail({ pages: linesOf(file), signed })
      : await verifyChain(linesOf(file));
    const firstBad = report.firstBad ?? (root && 'reason' in root ? root : null);
    const checkpoints = signed.length;
    if (report.firstBad?.reason === BREAK)
      return await extractVerdict(file, { ...report, checkpoints });
    return firstBad ? { ...report, ok: false, firstBad, checkpoints } : { ...report, checkpoints };
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === undefined) throw thrown;
    throw new CliError({
      code: 'no_file',
      message: `${file} cannot be read (${code}).`,
      remedy: 'Name a file written by `arx audit export --format jsonl`.',
      exit: EXIT.usage,
    });
  }
}
