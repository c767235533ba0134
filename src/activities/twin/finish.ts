import { Context } from '@temporalio/activity';
import type { JsonObject } from '../../audit/types.ts';
import type { SyncStream } from '../../store/twin-sync-types.ts';
import type { StoreTransaction } from '../../store/types.ts';
import { DRIFT_KINDS } from '../../twin/types.ts';
import type { OktaSyncResult } from '../../workflows/messages.ts';
import type { RunStatus } from '../../mfa/types.ts';
import type { UsesClock, UsesStore } from '../support/parts.ts';
import type { SyncDeps } from './deps.ts';
import { judgeTwin } from './judging.ts';
import type { Judgement } from './judging.ts';
import { syncDraft, syncOf } from './plan.ts';
import type { Sync } from './plan.ts';
import { exceptionsIn, findUnprovedStreams } from './exceptions.ts';
import { streamOf } from './streams.ts';
import type { SyncAccount } from './streams.ts';
import type { SyncActivities } from './types.ts';

type FinishInput = Parameters<SyncActivities['finishSync']>[0];

/** Exceptions of a stream in the result of the workflow; the store has all of them. */
const MOST_IN_RESULT = 50;

const LISTINGS = ['users', 'groups', 'apps', 'assignees', 'logs'];

type FinishDeps = UsesStore<'calls' | 'journal' | 'twin'> &
  UsesClock &
  Pick<SyncDeps, 'flushCalls' | 'rules'>;

/**
 * `finishSync`: derives facts, gaps and changes from the sync, and stores them in one transaction with
 * their audit entries.
 */
export function finishSync(deps: FinishDeps): SyncActivities['finishSync'] {
  return async (input) => {
    const { store } = deps;
    const sync = await syncOf(store, input.run);
    if (sync.result !== null) return sync.result as unknown as OktaSyncResult;
    const account = await accountOf(deps, sync, input);
    const streams = sync.plan.streams.map((name) => streamOf(name, sync.startedAt, account));
    const unproved = await findUnprovedStreams(store, input.run);
    await store.twin.work.measure();
    const { activityId, attempt: attempts } = Context.current().info;
    const attempt = `${activityId}.${attempts}`;
    const judgement = await judgeTwin(store, { sync, attempt, streams, unproved });
    await deps.flushCalls();
    const result = await resultOf(deps, sync, { streams, judgement, failure: input.failure });
    const { finishedAt: at, status, gaps, drift, events } = result;
    const outcomes = streams.map(({ name, state, count, reason, exceptions = [] }) => ({
      name,
      outcome: { state, count, reason, exceptions: exceptions.length },
    }));
    const drafts = [
      ...outcomes.map(({ name, outcome }) =>
        syncDraft(sync, { kind: 'sync.stream', subject: name, at, outcome }),
      ),
      syncDraft(sync, {
        kind: 'sync.finished',
        subject: sync.run,
        at,
        outcome: { status, facts: factsOf(judgement), gaps, drift, events },
      }),
    ];
    const effect = (tx: StoreTransaction) =>
      storeResults(deps, sync, { tx, attempt, streams, judgement, result });
    await store.journal.append(drafts, Object.assign(effect, { long: true } as const));
    return result;
  };
}

const factsOf = ({ facts }: Judgement): JsonObject =>
  Object.fromEntries(facts.seen.concat(facts.changed).map(({ key, value }) => [key, value]));

async function accountOf(
  { store, rules }: UsesStore<'twin'> & Pick<SyncDeps, 'rules'>,
  { run, plan }: Sync,
  { lost, failure }: FinishInput,
): Promise<SyncAccount> {
  const { work } = store.twin;
  const listed = await Promise.all(
    LISTINGS.map(async (list) => [list, await work.sumCounts(run, list)] as const),
  );
  return {
    listed: Object.fromEntries(listed),
    lost,
    outcomes: await work.outcomes(run),
    exceptions: await exceptionsIn(work, run),
    failure,
    maxUnknown: plan.maxUnknown,
    rules: rules.length,
  };
}

interface Ended {
  streams: SyncStream[];
  judgement: Judgement;
  failure: string | null;
}

async function resultOf(
  deps: UsesStore<'calls' | 'twin'> & UsesClock,
  sync: Sync,
  { streams, judgement, failure }: Ended,
): Promise<OktaSyncResult> {
  const { okta, throttled } = await deps.store.calls.get(sync.run);
  return {
    schema: 'arx.sync/v1',
    run: sync.run,
    workflowId: sync.workflowId,
    org: sync.org,
    status: statusOf(streams, failure),
    startedAt: sync.startedAt,
    finishedAt: deps.now().toISOString(),
    streams: streams.map(({ exceptions = [], ...stream }) => ({
      ...stream,
      exceptions: exceptions.slice(0, MOST_IN_RESULT),
      exceptionCount: exceptions.length,
    })),
    facts: judgement.facts.all.map(({ key, value, text, confidence, leavesOut }) => ({
      key,
      value,
      text,
      confidence,
      leavesOut,
    })),
    gaps: judgement.tally.gaps,
    drift: judgement.timeline.drift,
    events: await deps.store.twin.events.countOf(sync.run),
    calls: { okta, throttled },
  };
}

function statusOf(streams: readonly SyncStream[], failure: string | null): RunStatus {
  if (failure !== null || streams.every(({ state }) => state === 'denied')) return 'failed';
  return streams.every(({ state }) => state === 'complete') ? 'complete' : 'incomplete';
}

interface Results {
  tx: StoreTransaction;
  attempt: string;
  streams: SyncStream[];
  judgement: Judgement;
  result: OktaSyncResult;
}

/** Stores the results. The timeline gets an entry only if at least one stream is complete. */
async function storeResults(
  { store }: UsesStore<'twin'>,
  sync: Sync,
  { tx, attempt, streams, judgement, result }: Results,
): Promise<void> {
  const { twin } = store;
  const { org, run, startedAt: at } = sync;
  const { view, facts, timeline } = judgement;
  const isInformative = judgement.context.complete.size > 0;
  const { status, finishedAt } = result;
  const ended = { status, finishedAt, result: result as unknown as JsonObject };
  if (!(await twin.syncs.finish(tx, run, ended))) return;
  await twin.users.settle(tx, view);
  await twin.groups.settle(tx, view);
  await twin.apps.settle(tx, view);
  await twin.judged.settle(tx, { org, run, attempt, at }, isInformative ? DRIFT_KINDS : null);
  await twin.facts.put(tx, org, facts);
  if (isInformative) await twin.history.add(tx, { org, run, at }, timeline);
  await twin.events.keepCarried(tx, { org, run });
  await twin.search.turn(tx, { org, run, attempt });
  await twin.syncs.putStreams(tx, { org, run }, streams);
  await twin.work.clear(tx, run);
}
