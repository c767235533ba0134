import { CliError } from '../kit/errors.ts';
import { EXIT } from '../kit/exit.ts';
import type { ExitCode } from '../kit/exit.ts';
import { writeOutput } from '../kit/files.ts';
import type { Io } from '../kit/io.ts';
import { printNote } from '../kit/io.ts';
import { COLUMNS } from './columns.ts';
import type { Column } from './columns.ts';
import {
  csvChunks,
  emptyText,
  jsonChunks,
  markdownChunks,
  MORE,
  moreChangesText,
  tableChunks,
} from './render.ts';
import type { Listed } from './render.ts';
import {
  changesField,
  changesMarkdown,
  changesTable,
  countMoreChanges,
  printChangesHint,
} from './changes.ts';
import { checkFilters } from './filters.ts';
import type { ListOptions } from './options.ts';
import { noTwinText, withTwin } from './reading.ts';
import type { NoTwin, OpenTwin } from './reading.ts';
import { takeItems, MOST_HITS, VIEWS } from '../../services/twin/views.ts';
import type { ViewItems, ViewName } from '../../services/twin/views.ts';

/** Default number of rows in a table. */
const TABLE_ROWS = 100;

/** `arx twin facts|gaps|events|users|apps|timeline|search`: writes a list of the twin. */
export async function listTwin(io: Io, view: ViewName, options: ListOptions): Promise<ExitCode> {
  const format = options.format ?? (options.json ? 'json' : 'table');
  await withTwin(io, options, {
    task: async (reading) => {
      await checkFilters(reading, view, options);
      await writeOutput(io, chunksOf(io, { reading, view, format, options }), options.out);
    },
    none: (twin) => writeOutput(io, emptyOutput(view, format, twin), options.out),
  });
  if (options.out !== undefined && !options.json) printNote(io, `Written to ${options.out}`);
  return EXIT.ok;
}

type Format = NonNullable<ListOptions['format']>;

/** The output without a twin: an empty document for scripts, or a sentence for the terminal. */
function emptyOutput(view: ViewName, format: Format, twin: NoTwin): Iterable<string> {
  if (format === 'json') {
    const document = { schema: 'arx.twin/v1', view, org: twin.org, sync: null, items: [] };
    return [`${JSON.stringify(document, null, 2)}\n`];
  }
  if (format === 'table') return [`${noTwinText(twin)}\n`];
  throw new CliError({ code: 'no_sync', message: noTwinText(twin), remedy: 'Run the sync first.' });
}

interface ListRequest {
  reading: OpenTwin;
  view: ViewName;
  format: Format;
  options: ListOptions;
}

async function* chunksOf(io: Io, request: ListRequest): AsyncGenerator<string> {
  const { reading, view, format, options } = request;
  const limit =
    options.limit ?? (format === 'table' ? TABLE_ROWS : view === 'search' ? MOST_HITS : Infinity);
  let isCut = false;
  // The types match, because both tables have the same keys.
  const pages = VIEWS[view](reading, options) as AsyncIterable<readonly ViewItems[ViewName][]>;
  const columns = COLUMNS[view] as readonly Column<ViewItems[ViewName]>[];
  const listed: Listed<ViewItems[ViewName]> = {
    pages: takeItems(pages, limit, () => (isCut = true)),
    columns,
  };
  if (format === 'csv') yield* csvChunks(listed);
  else if (format === 'md') yield* markdownChunks(listed);
  else if (format === 'json') yield* jsonChunks(await headOf(request), listed);
  else {
    const left = view === 'changes' ? await countMoreChanges(reading, limit) : null;
    const more = (): string | null =>
      left === null ? (isCut ? MORE : null) : moreChangesText(left);
    const colors = await colorsFor(io, options);
    yield* tableChunks(listed, { colors, empty: emptyText(view, reading.sync.status), more });
  }
  if (view === 'timeline') yield* changesAfterTimeline(io, request);
}

async function* changesAfterTimeline(
  io: Io,
  { reading, format, options }: ListRequest,
): AsyncGenerator<string> {
  const { limit } = options;
  if (format === 'md') yield* changesMarkdown(reading, limit);
  else if (format === 'csv') await printChangesHint(io, reading);
  else if (format === 'table')
    yield* changesTable(reading, { colors: await colorsFor(io, options), limit });
}

const colorsFor = async (io: Io, { out }: ListOptions): Promise<Io['colors']['out']> =>
  out === undefined ? io.colors.out : (await import('picocolors')).default.createColors(false);

async function headOf({ reading, view, options }: ListRequest): Promise<object> {
  const { run, status, startedAt, finishedAt } = reading.sync;
  const changes = view === 'timeline' ? await changesField(reading, options.limit) : {};
  return {
    schema: 'arx.twin/v1',
    view,
    org: reading.org,
    sync: { run, status, startedAt, finishedAt },
    ...changes,
  };
}
