/** Verifies the signatures of votes, from the trail and the public keys alone. */

import type { VerifiedVote } from '../../governance/verify-votes.ts';
import { messageOf } from '../../governance/words.ts';
import { verifyVotes } from '../../services/approvals/verify-votes.ts';
import { usageError } from '../kit/errors.ts';
import { EXIT } from '../kit/exit.ts';
import type { ExitCode } from '../kit/exit.ts';
import { print, writeJson } from '../kit/io.ts';
import type { Io } from '../kit/io.ts';
import { linesOf } from '../kit/lines.ts';
import { withStore } from '../kit/store.ts';
import { grid } from '../kit/grid.ts';
import type { Column } from '../kit/grid.ts';
import { shortIds } from '../kit/ids.ts';
import { plural } from '../kit/text.ts';
import { whenText } from '../kit/when.ts';

/** Options of `arx audit votes`. */
export interface VotesOptions {
  request?: string;
  file?: string;
  key?: string[];
  json?: boolean;
}

const PAGE = 1_000;

/** `arx audit votes`: verifies each vote in the trail against the public key that it names. */
export async function showVotes(io: Io, options: VotesOptions): Promise<ExitCode> {
  const { file, key } = options;
  const query = {
    ...(options.request !== undefined && { request: options.request.replace(/^approval\//, '') }),
    ...(key && { publicKeys: key.map(publicKeyIn) }),
  };
  const votes =
    file === undefined
      ? await withStore(io, (store) => verifyVotes(store.audit.pages(PAGE), query))
      : await verifyVotes(linesOf(file), query).catch((thrown: unknown) => {
          throw unreadableError(file, thrown);
        });
  const ok = votes.every((vote) => vote.ok);
  if (options.json) await writeJson(io, { schema: 'arx.votes/v1', ok, items: votes });
  else await print(io, votesText(io, votes));
  return ok ? EXIT.ok : EXIT.error;
}

const COLUMNS: readonly Column[] = [
  { name: 'request', long: 'keep' },
  { name: 'person', least: 20 },
  { name: 'vote', long: 'keep' },
  { name: 'time', long: 'keep' },
  { name: 'surface', drop: 2 },
  { name: 'key', drop: 3 },
  { name: 'signature', tone: (cell, { green, red }) => (cell === 'proven' ? green : red) },
];

function votesText(io: Io, votes: readonly VerifiedVote[]): string {
  if (votes.length === 0) return 'No votes.';
  const shorten = shortIds(
    votes.map(({ request }) => request),
    io.colors.out,
  );
  const rows = votes.map(({ request, person, verdict, at, surface, key, fault }) => [
    shorten(request),
    person ?? '',
    verdict ?? '',
    whenText(at, io.colors.out),
    surface,
    key ?? '',
    fault === null ? 'proven' : messageOf(fault),
  ]);
  const bad = votes.filter(({ ok }) => !ok).length;
  const end = bad === 0 ? 'all proven' : `${bad} not proven`;
  return `${grid(COLUMNS, rows, io.colors.out)}\n${plural(votes.length, 'vote')}, ${end}`;
}

function publicKeyIn(text: string): string {
  if (/^[0-9a-f]{64}$/.test(text)) return text;
  throw usageError(
    '--key needs a public key as 64 hex digits.',
    '`arx keys decision` shows the key; `arx audit list --kind key.created` shows earlier ones.',
  );
}

function unreadableError(file: string, thrown: unknown): unknown {
  const { code } = thrown as NodeJS.ErrnoException;
  if (code === undefined) return thrown;
  return usageError(
    `${file} cannot be read (${code}).`,
    'Name a file written by `arx audit export --format jsonl`.',
  );
}
