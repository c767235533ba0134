import { Option } from 'commander';
import type { Store } from '../../store/types.ts';
import type { RunRecord } from '../../store/run-types.ts';
import type { RunUserRow } from '../../mfa/document.ts';
import { CliError } from '../kit/errors.ts';
import { EXIT } from '../kit/exit.ts';
import type { Io } from '../kit/io.ts';
import { printNote } from '../kit/io.ts';
import { nonEmptyText, withJson, withLocal } from '../kit/options.ts';
import type { DefineVerb } from '../kit/verb.ts';

/** Formats of a report. */
const FORMATS = ['table', 'json', 'csv', 'html'] as const;
type Format = (typeof FORMATS)[number];

interface ReportOptions {
  format?: Format;
  out?: string;
  users: boolean;
  json?: boolean;
  local?: boolean;
}

/** `arx report RUN`: one run as a table, JSON, CSV or an HTML page. */
export const defineReport: DefineVerb = (program, run) => {
  const command = program
    .command('report')
    .description('show one run as a table, JSON, CSV or a self-contained HTML page')
    .argument('<run>', 'run id, workflow id, or `latest`', nonEmptyText);
  withJson(withLocal(command))
    .addOption(
      new Option(
        '--format <format>',
        'format of the report (default: table; json with --json)',
      ).choices(FORMATS),
    )
    .option('--out <file>', 'write to this file instead of standard output', nonEmptyText)
    .option('--no-users', 'omit the users')
    .action((reference: string, options: ReportOptions) =>
      run((io) => report(io, reference, options)),
    );
};

async function report(io: Io, reference: string, options: ReportOptions) {
  const { withStore } = await import('../kit/store.ts');
  const { writeOutput } = await import('../kit/files.ts');
  const { removalText: removedText } = await import('../kit/words.ts');
  const format = options.format ?? (options.json ? 'json' : 'table');
  await withStore(io, async (store) => {
    const record = await findRun(store, reference);
    if (format === 'csv' && record.removedAt) printNote(io, removedText(record.removedAt));
    const colors =
      options.out === undefined
        ? io.colors.out
        : (await import('picocolors')).default.createColors(false);
    await writeOutput(
      io,
      await WRITERS[format]({ store, record, users: options.users, colors }),
      options.out,
    );
  });
  if (options.out !== undefined) printNote(io, `Report written to ${options.out}`);
  return EXIT.ok;
}

/**
 * The run with this id or workflow id, or `latest`. Throws CliError `no_such_run` if there is none.
 */
export async function findRun(store: Store, reference: string): Promise<RunRecord> {
  const record = await store.runs.find(reference);
  if (record) return record;
  throw new CliError({
    code: 'no_such_run',
    message: reference === 'latest' ? 'There are no runs yet.' : `There is no run ${reference}.`,
    remedy:
      'List the runs of the same store with `arx runs`; start one with `arx run mfa-enforcement-check`. The store is that of DATABASE_URL if set, or else of ARX_HOME.',
  });
}

interface ReportSource {
  store: Store;
  record: RunRecord;
  users: boolean;
  colors: Io['colors']['out'];
}
type Chunks = AsyncIterable<string> | Iterable<string>;

const WRITERS: Record<Format, (source: ReportSource) => Promise<Chunks>> = {
  json: async ({ store, record, users }) => {
    const [{ runSummary, runUsers }, { runJson }] = await Promise.all([
      import('../../services/checks/run-document.ts'),
      import('../../services/checks/run-json.ts'),
    ]);
    return runJson(await runSummary(store, record), users ? runUsers(store, record) : null);
  },
  csv: async ({ store, record, users }) => {
    const [{ runUsers }, csv] = await Promise.all([
      import('../../services/checks/run-document.ts'),
      import('../kit/csv.ts'),
    ]);
    return csvChunks(csv, users ? runUsers(store, record) : null);
  },
  html: async (job) => {
    const { reportHtml } = await import('./html.ts');
    return [reportHtml(await wholeDocument(job))];
  },
  table: async (job) => {
    const { reportTable } = await import('../kit/table.ts');
    return [`${reportTable(await wholeDocument(job), job.colors, { users: job.users })}\n`];
  },
};

async function wholeDocument({ store, record, users }: ReportSource) {
  const { runDocument, runSummary } = await import('../../services/checks/run-document.ts');
  return users ? runDocument(store, record) : { ...(await runSummary(store, record)), users: [] };
}

async function* csvChunks(
  { csvHeader, csvUser }: typeof import('../kit/csv.ts'),
  pages: AsyncIterable<RunUserRow[]> | null,
): AsyncGenerator<string> {
  yield csvHeader();
  for await (const page of pages ?? []) yield page.map(csvUser).join('');
}
