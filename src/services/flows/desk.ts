import type { FlowRunFilter, FlowRunRecord } from '../../store/flow-types.ts';
import { admit } from './admit.ts';
import { Askers } from './askers.ts';
import { openChildren } from './children.ts';
import { newRunId } from './ids.ts';
import { MOST_LOOKED_UP, closeEndedRuns } from './left-open.ts';
import { FlowRefusal, refusal } from './refusal.ts';
import { Session } from './session.ts';
import { needSuperAdministrator, putSet, removeSet, switchFlow } from './settings.ts';
import { deskDraft } from './trail.ts';
import type { FlowAsk, FlowAsker, FlowDesk, FlowDeskParts, VisibleFlow } from './types.ts';
import { admitUndo } from './undo.ts';
import type { ResourceSet } from '../../flows/types.ts';

/**
 * Everything that is done with flows from outside. What is refused stands in the trail. Throws
 * FlowRefusal, AskerUnreadableError, AuditUnavailableError and what the store throws.
 */
export function createFlowDesk(parts: FlowDeskParts): FlowDesk {
  const askers = new Askers(parts);
  const desk = new Desk(parts, askers);
  return {
    list: (asker) => desk.at(asker, 'flow', visible),
    scope: (asker) =>
      desk.at(asker, 'flow', (session) => ({
        flows: visible(session),
        unnamed: session.seesUnnamed,
      })),
    show: (asker, name) =>
      desk.at(asker, name, (session) => {
        const flow = session.need(name, 'show');
        return { flow, permissions: session.permissionsOn(flow.name) };
      }),
    admit: (ask: FlowAsk) =>
      desk.at(ask.asker, ask.flow ?? 'event', (session) => admit(parts, session, ask)),
    openChildren: (parent) => openChildren(parts, askers, parent),
    admitUndo: (asker, run, reason) =>
      desk.at(asker, 'undo', (session) => admitUndo(parts, session, { run, reason })),
    history: (asker, filter) =>
      desk.at(asker, 'history', (session) => history(parts, session, filter)),
    run: (asker, run) =>
      desk.at(asker, 'history', (session) => runWithChildren(parts, session, run)),
    sets: (asker) => desk.at(asker, 'sets', (session) => desk.sets(session)),
    putSet: (asker, set) => desk.asAdministrator(asker, (session) => putSet(parts, session, set)),
    removeSet: (asker, name) =>
      desk.asAdministrator(asker, (session) => removeSet(parts, session, name)),
    switch: (asker, name, enabled) =>
      desk.asAdministrator(asker, (session) => switchFlow(parts, session, { name, enabled })),
  };
}

class Desk {
  readonly #parts: FlowDeskParts;
  readonly #askers: Askers;

  constructor(parts: FlowDeskParts, askers: Askers) {
    this.#parts = parts;
    this.#askers = askers;
  }

  /** Does something for somebody; a refusal is put on record before it is thrown on. */
  async at<Answer>(
    asker: FlowAsker,
    about: string,
    work: (session: Session) => Answer | Promise<Answer>,
  ): Promise<Answer> {
    const session = await Session.open(this.#parts, this.#askers, asker);
    try {
      return await work(session);
    } catch (thrown) {
      if (thrown instanceof FlowRefusal) await this.#recordRefusal(session, about, thrown);
      throw thrown;
    }
  }

  asAdministrator(asker: FlowAsker, work: (session: Session) => Promise<void>): Promise<void> {
    return this.at(asker, 'settings', async (session) => {
      await needSuperAdministrator(this.#askers, session);
      await work(session);
    });
  }

  /** All of them for super administrators, their own for others: sets name people. */
  async sets(session: Session): Promise<ResourceSet[]> {
    if (await this.#askers.isSuperAdministrator(session.asker)) return [...session.sets];
    return session.sets.filter((set) => session.isIn(set));
  }

  async #recordRefusal(session: Session, about: string, { code }: FlowRefusal): Promise<void> {
    const { journal } = this.#parts.store;
    const id = (this.#parts.newId ?? newRunId)();
    // What somebody typed may be a person's name: only flows that there are, are named.
    const subject = ABOUT.has(about) ? about : (session.flowNamed(about)?.name ?? 'flow');
    const entry = {
      kind: 'flow.refused',
      subject,
      caller: session.standing.caller,
      outcome: { code },
    } as const;
    await journal.append([deskDraft(id, this.#parts.now().toISOString(), entry)]);
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

const visible = (session: Session): VisibleFlow[] =>
  session.flows
    .map((flow) => ({ flow, permissions: session.permissionsOn(flow.name) }))
    .filter(({ permissions }) => permissions.length > 0);

async function history(
  parts: FlowDeskParts,
  session: Session,
  filter: Omit<FlowRunFilter, 'flows'>,
): Promise<FlowRunRecord[]> {
  const flow =
    filter.flow === undefined ? undefined : (session.flowNamed(filter.flow)?.name ?? filter.flow);
  if (flow !== undefined) session.needPermission(flow, 'history');
  const asked: FlowRunFilter = { ...filter, withoutFlow: session.seesUnnamed };
  if (flow !== undefined) asked.flow = flow;
  if (!session.seesEvery) asked.flows = session.seenFlows;
  const { flows } = parts.store;
  if (asked.outcome !== undefined) {
    // A run that is still to be closed has no outcome to be found by.
    const { outcome: _outcome, ...any } = asked;
    await closeEndedRuns(parts, await flows.list({ ...any, limit: MOST_LOOKED_UP }));
  }
  return closeEndedRuns(parts, await flows.list(asked));
}

async function runWithChildren(
  parts: FlowDeskParts,
  session: Session,
  run: string,
): Promise<{ record: FlowRunRecord; children: FlowRunRecord[] }> {
  const { flows } = parts.store;
  const found = await flows.get(run);
  if (found === null || !session.sees(found)) throw refusal('no_run');
  const children = (await flows.children(run)).filter((child) => session.sees(child));
  const [record = found] = await closeEndedRuns(parts, [found]);
  return { record, children: await closeEndedRuns(parts, children) };
}
