import { flowRunDocument, flowRunItem } from '../../services/flows/documents.ts';
import { historyFilter } from '../../services/flows/history-filter.ts';
import type { FlowRunFilter } from '../../store/flow-types.ts';
import { EXIT } from '../kit/exit.ts';
import type { ExitCode } from '../kit/exit.ts';
import { print, writeJson } from '../kit/io.ts';
import type { Io } from '../kit/io.ts';
import { printPaged } from '../kit/pager.ts';
import { withFlowService } from './flow-service.ts';
import { MAX_LISTED } from './options.ts';
import type { FlowsOptions, HistoryOptions } from './options.ts';
import { auditTrailOf } from './audit-trail.ts';
import { flowRunId } from './references.ts';

/**
 * `arx flows history`: lists runs of the flows that the requester may see, newest first. Throws
 * FlowRefusal not_found.
 */
export async function listHistory(io: Io, options: HistoryOptions): Promise<ExitCode> {
  const records = await withFlowService(io, options, ({ service, requester }) =>
    service.history(requester, filterOf(options)),
  );
  const items = records.map(flowRunItem);
  if (options.json) await writeJson(io, { schema: 'arx.flows/v1', items });
  else {
    const { noRunsText, runsTable } = await import('./render.ts');
    await printPaged(io, items.length > 0 ? runsTable(items, io.colors.out) : noRunsText());
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
  historyFilter({ user, flow, outcome, since, until, limit: String(limit) }, MAX_LISTED);

/** `arx flows history RUN`: shows one run in full. Throws FlowRefusal not_found. */
export async function showRun(io: Io, run: string, options: FlowsOptions): Promise<ExitCode> {
  const document = await withFlowService(io, options, async (access) => {
    const { service, requester, store } = access;
    const found = await service.run(requester, await flowRunId(access, run));
    const [fields, trail, undone] = await Promise.all([
      flowRunDocument(store, found),
      auditTrailOf(store, found.record),
      store.flows.undoOf(found.record.run),
    ]);
    return { ...fields, undoneBy: undone?.run ?? null, ...trail };
  });
  if (options.json) await writeJson(io, document);
  else {
    const { flowRunText, trailText } = await import('./render-run.ts');
    const text = flowRunText(document, io.colors.out, { local: options.local ?? false });
    await print(io, `${text}\n${trailText(document, io.colors.out)}`);
  }
  return EXIT.ok;
}
