import { Option } from 'commander';
import type { Store } from '../../store/types.ts';
import type { RunRecord } from '../../store/run-types.ts';
import type { RunUserRow } from '../../mfa/document.ts';
import { EXIT } from '../kit/exit.ts';
import type { Io } from '../kit/io.ts';
import { printNote } from '../kit/io.ts';
import { printPaged } from '../kit/pager.ts';
import { nonEmptyText, withConfig, withJson, withLocal } from '../kit/options.ts';
import type { DefineVerb } from '../kit/verb.ts';

/** Formats of a report. */
const FORMATS = ['table', 'json', 'csv', 'html'] as const;
type Format = (typeof FORMATS)[number];

interface ReportOptions {
  format?: Format;
  out?: string;
  users: boolean;
  all?: boolean;
  config?: string;
  json?: boolean;
  local?: boolean;
}

/** `arx report RUN`: one run as a table, JSON, CSV or an HTML page. */
export const defineReport: DefineVerb = (program, run) => {
  const command = program
    .command('report')
    .description('show one run as a table, JSON, CSV or a self-contained HTML page')
    .argument('<run>', 'run id, the beginning of one, workflow id, or `latest`', nonEmptyText);
  withJson(withLocal(withConfig(command)))
    .addOption(
      new Option(
        '--format <format>',
        'format of the report (default: table; json with --json)',
      ).choices(FORMATS),
    )
    .option('--out <file>', 'write to this file instead of standard output', nonEmptyText)
    .option('--all', 'list every user in the table, not only those who need attention')
    .option('--no-users', 'omit the users')
    .action((reference: string, options: ReportOptions) =>
      run((io) => report(io, reference, options)),
    );
};

async function report(io: Io, reference: string, options: ReportOptions) {
  const { withStore } = await import('../kit/store.ts');
  const { writeOutput } = await import('../kit/files.ts');
  const { removalText: removedText } = await import('../kit/words.ts');
  const [{ findRun }, { checksNow }] = await Promise.all([
    import('./find-run.ts'),
    import('../kit/ended-runs.ts'),
  ]);
  const format = options.format ?? (options.json ? 'json' : 'table');
  await withStore(io, async (store) => {
    const [record] = await checksNow(io, store, [await findRun(store, reference)], options);
    if (record === undefined) return;
    if (format === 'csv' && record.removedAt) printNote(io, removedText(record.removedAt));
    const colors =
      options.out === undefined
        ? io.colors.out
        : (await import('picocolors')).default.createColors(false);
    const source = { store, record, users: options.users, all: options.all ?? false, colors };
    if (format === 'table' && options.out === undefined)
      return printPaged(io, await reportText(source));
    await writeOutput(io, await WRITERS[format](source), options.out);
  });
  if (options.out !== undefined) printNote(io, `Report written to ${options.out}`);
  return EXIT.ok;
}

interface ReportSource {
  store: Store;
  record: RunRecord;
  users: boolean;
  all: boolean;
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
  table: async (source) => [`${await reportText(source)}\n`],
};

async function reportText(source: ReportSource): Promise<string> {
  const { reportTable } = await import('../kit/table.ts');
  const users = source.users ? (source.all ? 'all' : 'attention') : 'none';
  return reportTable(await wholeDocument(source), source.colors, { users });
}

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
