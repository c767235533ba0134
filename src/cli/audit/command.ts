import { Option } from 'commander';
import type { Command } from 'commander';
import { EXIT } from '../kit/exit.ts';
import type { Io } from '../kit/io.ts';
import { print, printNote, writeJson } from '../kit/io.ts';
import {
  nonEmptyText,
  several,
  whole,
  withConfig,
  withInheritedJson,
  withJson,
  withLocal,
} from '../kit/options.ts';
import type { DefineVerb, Runner } from '../kit/verb.ts';
import type { ListOptions } from './filter.ts';
import type { VotesOptions } from './votes.ts';

interface VerifyOptions {
  file?: string;
  checkpoint?: string;
  key?: string;
  sink?: boolean;
  json?: boolean;
  local?: boolean;
}
interface ExportOptions {
  format: 'jsonl' | 'ocsf' | 'csv';
  run?: string;
  out?: string;
  json?: boolean;
  local?: boolean;
}

/** `arx audit`: lists the entries of the audit trail, verifies and exports it. */
export const defineAudit: DefineVerb = (program, run) => {
  const audit = withInheritedJson(
    program.command('audit').description('list, verify and export the audit trail'),
  );
  defineList(audit, run);
  defineVerify(audit, run);
  withJson(
    withLocal(
      audit
        .command('votes')
        .description(
          'verify the signature of each vote with the public keys in the trail; exit code 1 if a vote is not proven',
        ),
    ),
  )
    .option('--request <request>', 'only votes on this request', nonEmptyText)
    .option('--file <export>', 'verify an exported JSONL file instead of the store', nonEmptyText)
    .option(
      '--key <key>',
      'accept only this public key, as `arx keys decision` shows it; can be repeated',
      (value: string, before: string[] | undefined) => [...(before ?? []), value],
    )
    .action((options: VotesOptions) =>
      run(async (io) => (await import('./votes.ts')).showVotes(io, options)),
    );
  const entryCommand = (name: string, about: string) =>
    withJson(withLocal(audit.command(name).description(about))).argument(
      '<entry>',
      'index of the entry, its id, or the beginning of its hash',
      nonEmptyText,
    );
  entryCommand('show', 'show one entry').action((entry: string, options: { json?: boolean }) =>
    run(async (io) => (await import('./prove.ts')).show(io, entry, options)),
  );
  entryCommand(
    'prove',
    'prove with a signed checkpoint that an entry is in the audit trail',
  ).action((entry: string, options: { json?: boolean }) =>
    run(async (io) => (await import('./prove.ts')).prove(io, entry, options)),
  );
  withJson(
    withLocal(
      audit
        .command('key')
        .description('print the verifier key, with which others verify checkpoints'),
    ),
  ).action((options: { json?: boolean }) =>
    run(async (io) => (await import('./key.ts')).showKey(io, options)),
  );
  withJson(
    withLocal(
      audit
        .command('export')
        .description('export the entries as stored, as OCSF events, or as CSV'),
    ),
  )
    .addOption(
      new Option('--format <format>', 'format of the export')
        .choices(['jsonl', 'ocsf', 'csv'])
        .default('jsonl'),
    )
    .option('--run <run>', 'only entries of this run', nonEmptyText)
    .option('--out <file>', 'write to this file instead of standard output', nonEmptyText)
    .action((options: ExportOptions) => run((io) => exportEntries(io, options)));
};

function defineList(audit: Command, run: Runner): void {
  const command = audit
    .command('list')
    .description('list who did what to whom and when, newest first; or follow the trail');
  withJson(withLocal(withConfig(command)))
    .option(
      '--since <time>',
      'only entries from a day, a time or a while ago (36h, 7d)',
      nonEmptyText,
    )
    .option('--until <time>', 'only entries up to a day, a time or a while ago', nonEmptyText)
    .option(
      '--actor <who>',
      'only entries of this login, e-mail address, id or principal',
      nonEmptyText,
    )
    .option(
      '--operation <operation>',
      'only entries of this operation; * is any text',
      nonEmptyText,
    )
    .option(
      '--target <what>',
      'only entries about this login, e-mail address, name or id',
      nonEmptyText,
    )
    .option(
      '--outcome <word>',
      'only this outcome, such as failed, denied, approved; can be repeated',
      several,
    )
    .option(
      '--run <run>',
      'only entries of this run: id, beginning of one, or `latest`',
      nonEmptyText,
    )
    .option('--kind <kind>', 'only entries of this kind, such as user.checked', nonEmptyText)
    .option('--subject <subject>', 'only entries about this id', nonEmptyText)
    .option('--limit <number>', 'maximum number of entries', whole(1, 10_000), 100)
    .option('--after <index>', 'only entries after this index', whole(0, Number.MAX_SAFE_INTEGER))
    .addOption(
      new Option(
        '--order <order>',
        'order of the entries (default: newest first; oldest first with --json or --after)',
      ).choices(['newest', 'oldest']),
    )
    .option('--follow', 'print the last entries, then new ones as they are written, until Ctrl-C')
    .action((options: ListOptions) =>
      run(async (io) => (await import('./list.ts')).listEntries(io, options)),
    );
}

function defineVerify(audit: Command, run: Runner): void {
  withJson(
    withLocal(
      audit
        .command('verify')
        .description(
          'recompute the hash chain and tree and compare them with the checkpoints; exit code 1 and the first bad entry on failure',
        ),
    ),
  )
    .option(
      '--checkpoint <file>',
      'a checkpoint kept outside the store, for example from Slack',
      nonEmptyText,
    )
    .option(
      '--key <key>',
      'accept only this verifier key for --checkpoint: its text, or a file',
      nonEmptyText,
    )
    .option(
      '--file <export>',
      'verify an exported JSONL file instead of the store; an export made with --run cannot be verified alone',
      nonEmptyText,
    )
    .option(
      '--sink',
      'also compare every entry with the sink of arx.yaml (`audit.sink`), which finds entries that were changed or cut off in the store',
    )
    .action((options: VerifyOptions) => run((io) => verify(io, options)));
}

async function verify(io: Io, options: VerifyOptions) {
  const { verifySource: verdictOn } = await import('./verdict.ts');
  const verdict = await verdictOn(io, options);
  if (options.json) await writeJson(io, { schema: 'arx.verify/v1', ...verdict });
  else {
    const { verifyText } = await import('./render.ts');
    await print(io, verifyText(verdict, io.colors.out));
  }
  return verdict.ok ? EXIT.ok : EXIT.error;
}

async function exportEntries(io: Io, options: ExportOptions) {
  const { withStore } = await import('../kit/store.ts');
  const { writeOutput } = await import('../kit/files.ts');
  const { exportChunks: exportPieces } = await import('../../services/audit/export-trail.ts');
  let written = 0;
  await withStore(io, async (store) => {
    const { resolveRun } = await import('../kit/references.ts');
    const { run } = options;
    const filter = run === undefined ? undefined : { run: (await resolveRun(store, run)) ?? run };
    const pages = store.audit.pages(500, filter);
    await writeOutput(
      io,
      exportPieces(options.format, pages, (entries) => void (written += entries)),
      options.out,
    );
  });
  if (options.out !== undefined) {
    if (options.json)
      await writeJson(io, {
        schema: 'arx.export/v1',
        entries: written,
        format: options.format,
        out: options.out,
      });
    else printNote(io, `${written} entries written to ${options.out}`);
  }
  return EXIT.ok;
}
