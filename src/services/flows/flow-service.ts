import type { FlowRunFilter, FlowRunRecord } from '../../store/flow-types.ts';
import { admit } from './admit.ts';
import { RequesterLookup } from './requester-lookup.ts';
import { openChildren } from './children.ts';
import { newRunId } from './ids.ts';
import { MAX_LOOKUPS, closeEndedRuns } from './close-ended-runs.ts';
import { FlowRefusal, refusal } from './refusal.ts';
import { Session } from './session.ts';
import { requireSuperAdministrator, putSet, removeSet, switchFlow } from './settings.ts';
import { requestDraft } from './audit-entries.ts';
import type {
  RunRequest,
  FlowRequester,
  FlowService,
  FlowServiceParts,
  VisibleFlow,
} from './types.ts';
import { admitUndo } from './undo.ts';
import type { ResourceSet } from '../../flows/types.ts';

/**
 * The flow service: every use of flows from outside goes through it, and every refusal is recorded
 * in the audit trail. Throws FlowRefusal, RequesterUnreadableError, AuditUnavailableError and the
 * errors of the store.
 */
export function createFlowService(parts: FlowServiceParts): FlowService {
  const requesters = new RequesterLookup(parts);
  const sessions = new Sessions(parts, requesters);
  return {
    list: (requester) => sessions.run(requester, 'flow', visibleFlows),
    scope: (requester) =>
      sessions.run(requester, 'flow', (session) => ({
        flows: visibleFlows(session),
        unnamed: session.seesRunsWithoutFlow,
      })),
    show: (requester, name) =>
      sessions.run(requester, name, (session) => {
        const flow = session.requireFlow(name, 'show');
        return { flow, permissions: session.permissionsOn(flow.name) };
      }),
    admit: (request: RunRequest) =>
      sessions.run(request.requester, request.flow ?? 'event', (session) =>
        admit(parts, session, request),
      ),
    openChildren: (parent) => openChildren(parts, requesters, parent),
    admitUndo: (requester, run, reason) =>
      sessions.run(requester, 'undo', (session) => admitUndo(parts, session, { run, reason })),
    history: (requester, filter) =>
      sessions.run(requester, 'history', (session) => history(parts, session, filter)),
    run: (requester, run) =>
      sessions.run(requester, 'history', (session) => runWithChildren(parts, session, run)),
    sets: (requester) =>
      sessions.run(requester, 'sets', (session) => sessions.visibleSets(session)),
    putSet: (requester, set) =>
      sessions.runAsAdministrator(requester, (session) => putSet(parts, session, set)),
    removeSet: (requester, name) =>
      sessions.runAsAdministrator(requester, (session) => removeSet(parts, session, name)),
    switch: (requester, name, enabled) =>
      sessions.runAsAdministrator(requester, (session) =>
        switchFlow(parts, session, { name, enabled }),
      ),
  };
}

class Sessions {
  readonly #parts: FlowServiceParts;
  readonly #requesters: RequesterLookup;

  constructor(parts: FlowServiceParts, requesters: RequesterLookup) {
    this.#parts = parts;
    this.#requesters = requesters;
  }

  /** Runs `work` in a session of the requester; a refusal is recorded before it is thrown on. */
  async run<Answer>(
    requester: FlowRequester,
    about: string,
    work: (session: Session) => Answer | Promise<Answer>,
  ): Promise<Answer> {
    const session = await Session.open(this.#parts, this.#requesters, requester);
    try {
      return await work(session);
    } catch (thrown) {
      if (thrown instanceof FlowRefusal) await this.#recordRefusal(session, about, thrown);
      throw thrown;
    }
  }

  runAsAdministrator(
    requester: FlowRequester,
    work: (session: Session) => Promise<void>,
  ): Promise<void> {
    return this.run(requester, 'settings', async (session) => {
      await requireSuperAdministrator(this.#requesters, session);
      await work(session);
    });
  }

  /** All sets for super administrators, their own sets for others, because sets name people. */
  async visibleSets(session: Session): Promise<ResourceSet[]> {
    if (await this.#requesters.isSuperAdministrator(session.requester)) return [...session.sets];
    return session.sets.filter((set) => session.isIn(set));
  }

  async #recordRefusal(session: Session, about: string, { code }: FlowRefusal): Promise<void> {
    const { journal } = this.#parts.store;
    const id = (this.#parts.newId ?? newRunId)();
    // The text given may be a person's name, so only known flows are named.
    const subject = ABOUT.has(about) ? about : (session.flowNamed(about)?.name ?? 'flow');
    const entry = {
      kind: 'flow.refused',
      subject,
      caller: session.identity.caller,
      outcome: { code },
    } as const;
    await journal.append([requestDraft(id, this.#parts.now().toISOString(), entry)]);
  }
}

const ABOUT: ReadonlySet<string> = new Set([
  'flow',
  'event',
  'undo',
  'history',
  'sets',
  'settings',
]);

const visibleFlows = (session: Session): VisibleFlow[] =>
  session.flows
    .map((flow) => ({ flow, permissions: session.permissionsOn(flow.name) }))
    .filter(({ permissions }) => permissions.length > 0);

async function history(
  parts: FlowServiceParts,
  session: Session,
  filter: Omit<FlowRunFilter, 'flows'>,
): Promise<FlowRunRecord[]> {
  const flow =
    filter.flow === undefined ? undefined : (session.flowNamed(filter.flow)?.name ?? filter.flow);
  if (flow !== undefined) session.requirePermission(flow, 'history');
  const query: FlowRunFilter = { ...filter, withoutFlow: session.seesRunsWithoutFlow };
  if (flow !== undefined) query.flow = flow;
  if (!session.seesEvery) query.flows = session.seenFlows;
  const { flows } = parts.store;
  if (query.outcome !== undefined) {
    // A run that still has to be closed has no outcome to filter by.
    const { outcome: _outcome, ...any } = query;
    await closeEndedRuns(parts, await flows.list({ ...any, limit: MAX_LOOKUPS }));
  }
  return closeEndedRuns(parts, await flows.list(query));
}

async function runWithChildren(
  parts: FlowServiceParts,
  session: Session,
  run: string,
): Promise<{ record: FlowRunRecord; children: FlowRunRecord[] }> {
  const { flows } = parts.store;
  const stored = await flows.get(run);
  if (stored === null || !session.sees(stored)) throw refusal('no_run');
  const children = (await flows.children(run)).filter((child) => session.sees(child));
  const [record = stored] = await closeEndedRuns(parts, [stored]);
  return { record, children: await closeEndedRuns(parts, children) };
}
