import { flowRunDocument, flowRunItem } from '../../services/flows/documents.ts';
import { historyFilter } from '../../services/flows/history-filter.ts';
import type { FlowRunFilter } from '../../store/flow-types.ts';
import { EXIT } from '../kit/exit.ts';
import type { ExitCode } from '../kit/exit.ts';
import { print, writeJson } from '../kit/io.ts';
import type { Io } from '../kit/io.ts';
import { withDesk } from './desk.ts';
import { MOST_LISTED } from './options.ts';
import type { FlowsOptions, HistoryOptions } from './options.ts';
import { trailOf } from './trail.ts';

/**
 * `arx flows history`: runs of flows that whoever asks may see, newest first. Throws FlowRefusal
 * not_found.
 */
export async function listHistory(io: Io, options: HistoryOptions): Promise<ExitCode> {
  const records = await withDesk(io, options, ({ desk, asker }) =>
    desk.history(asker, filterOf(options)),
  );
  const items = records.map(flowRunItem);
  if (options.json) await writeJson(io, { schema: 'arx.flows/v1', items });
  else {
    const { noRunsText, runsTable } = await import('./render.ts');
    await print(io, items.length > 0 ? runsTable(items, io.colors.out) : noRunsText());
  }
  return EXIT.ok;
}

const filterOf = ({
  user,
  flow,
  outcome,
  since,
  until,
  limit,
}: HistoryOptions): Omit<FlowRunFilter, 'flows'> =>
  historyFilter({ user, flow, outcome, since, until, limit: String(limit) }, MOST_LISTED);

/** `arx flows history RUN`: everything about one run. Throws FlowRefusal not_found. */
export async function showRun(io: Io, run: string, options: FlowsOptions): Promise<ExitCode> {
  const document = await withDesk(io, options, async ({ desk, asker, store }) => {
    const found = await desk.run(asker, run);
    const [told, trail, undone] = await Promise.all([
      flowRunDocument(store, found),
      trailOf(store, found.record),
      store.flows.undoOf(found.record.run),
    ]);
    return { ...told, undoneBy: undone?.run ?? null, ...trail };
  });
  if (options.json) await writeJson(io, document);
  else {
    const { flowRunText, trailText } = await import('./render-run.ts');
    const text = flowRunText(document, io.colors.out, { local: options.local ?? false });
    await print(io, `${text}\n${trailText(document, io.colors.out)}`);
  }
  return EXIT.ok;
}
