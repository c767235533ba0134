import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import * as wf from '@temporalio/workflow';
import type { FlowActivities, OpenedFlow, PlannedStep } from '../activities/flows/types.ts';
import { governedOperation } from './governed-operation.ts';
import { parseInput, FORMS } from './support/input.ts';
import { FLOW_SEARCH, flowId, flowProgressQuery, flowStepId } from './messages.ts';
import type { DelegatedFlowInput, DelegatedFlowResult, FlowProgress } from './messages.ts';
import { inParallel } from './support/pool.ts';
import { failureCode } from './support/scanning.ts';
import { setSearchAttributes } from './support/shown.ts';

const activities = wf.proxyActivities<FlowActivities>({
  // Finding out whether a user is the last super administrator can mean reading every group.
  startToCloseTimeout: '30 minutes',
  heartbeatTimeout: '5 seconds',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '30 seconds' },
});

const INPUT = {
  run: FORMS.text,
  event: FORMS.object,
  flow: FORMS.text,
  inputs: FORMS.object,
  as: FORMS.text,
  dryRun: FORMS.flag,
};

/** Accounts of a user that are handled at the same time. */
const ACCOUNTS_AT_ONCE = 3;

/**
 * If the parent is terminated, its children are cancelled, so that each ends with its own record
 * instead of running on.
 */
const CANCEL_WITH_PARENT = { parentClosePolicy: wf.ParentClosePolicy.REQUEST_CANCEL } as const;

/** One run of a delegated flow: opens it, plans it, takes and verifies each step, and closes it. */
export async function delegatedFlow(given?: DelegatedFlowInput): Promise<DelegatedFlowResult> {
  const input = parseInput<DelegatedFlowInput>(given, INPUT);
  const progress = trackProgress();
  const { workflowId } = wf.workflowInfo();
  const opened = await activities.openFlow({ input, workflowId, now: Date.now() });
  const { run, flow, children, search } = opened;
  progress.run = run;
  if (opened.next === 'elsewhere') return runElsewhere(opened);
  if (search)
    setSearchAttributes({ [FLOW_SEARCH.flow]: search.flow, [FLOW_SEARCH.actor]: search.actor });
  const { outcome, code } =
    opened.next === 'ended' ? outcomeOf(opened) : await carryOut(opened, progress);
  if (search) setSearchAttributes({ [FLOW_SEARCH.outcome]: outcome });
  progress.phase = 'done';
  return { run, flow, outcome, code, children };
}

/**
 * Only the workflow whose id is derived from the run carries out the run. Starts that workflow if
 * needed, and returns its result.
 */
async function runElsewhere({ run, flow, children }: OpenedFlow): Promise<DelegatedFlowResult> {
  try {
    return await wf.executeChild(delegatedFlow, {
      ...CANCEL_WITH_PARENT,
      workflowId: flowId(run),
      workflowIdReusePolicy: wf.WorkflowIdReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY,
      args: [{ run }],
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
  const { workflowId } = wf.workflowInfo();
  for (let seconds = 2; ; seconds = Math.min(seconds * 2, 300)) {
    const { next, outcome, code } = await activities.openFlow({
      input: { run },
      workflowId,
      now: Date.now(),
    });
    if (next === 'ended' && outcome !== null) return { run, flow, outcome, code, children };
    await wf.sleep(seconds * 1_000);
  }
}

/** Carries out the run and always closes it, so that every run has a recorded outcome. */
async function carryOut(
  { run, next, children }: OpenedFlow,
  progress: FlowProgress,
): ReturnType<FlowActivities['closeFlow']> {
  let failure: string | null = null;
  try {
    await (next === 'split' ? runChildren(children) : act(run, progress));
  } catch (error) {
    failure = wf.isCancellation(error) ? 'cancelled' : codeOf(error);
  }
  return wf.CancellationScope.nonCancellable(() =>
    activities.closeFlow({ run, now: Date.now(), failure }),
  );
}

async function act(run: string, progress: FlowProgress): Promise<void> {
  progress.phase = 'planning';
  const plan = await activities.planFlow({ run, now: Date.now() });
  if (plan.ended) return;
  for (const step of plan.steps) {
    progress.step = step.id;
    if (!(await takeStep(run, step, progress))) return;
  }
}

/** Takes a step and verifies its effect. False if the run is over. */
async function takeStep(
  run: string,
  { id, verify, approval }: PlannedStep,
  progress: FlowProgress,
): Promise<boolean> {
  const workflowId = flowStepId(run, id);
  const begun = await activities.beginStep({ run, step: id, workflowId, now: Date.now() });
  if (begun === null) return true;
  progress.phase = approval ? 'waiting' : 'acting';
  const result = await wf.executeChild(governedOperation, {
    ...CANCEL_WITH_PARENT,
    workflowId,
    workflowIdReusePolicy: wf.WorkflowIdReusePolicy.REJECT_DUPLICATE,
    args: [{ inputRef: begun.inputRef }],
  });
  const { request, state, code } = result;
  // The outcome is recorded even if the run was cancelled meanwhile.
  const settled = await wf.CancellationScope.nonCancellable(() =>
    activities.settleStep({ run, step: id, request, state, code }),
  );
  if (settled.next !== 'done' || verify === null) return settled.next === 'done';
  progress.phase = 'verifying';
  return verifyEffect(run, id, verify);
}

async function verifyEffect(
  run: string,
  step: string,
  { everySeconds, looks }: NonNullable<PlannedStep['verify']>,
): Promise<boolean> {
  for (let look = 1; ; look += 1) {
    const { next } = await activities.verifyStep({ run, step, last: look >= looks });
    if (next !== 'again') return next === 'done';
    await wf.sleep(everySeconds * 1_000);
  }
}

/** Runs the flow for each account. The outcomes are in the store. */
async function runChildren(children: readonly string[]): Promise<void> {
  const waiting = [...children];
  await inParallel(
    ACCOUNTS_AT_ONCE,
    () => waiting.shift() ?? null,
    async (run) => {
      const options = {
        ...CANCEL_WITH_PARENT,
        workflowId: flowId(run),
        args: [{ run }] as [DelegatedFlowInput],
      };
      try {
        await wf.executeChild(delegatedFlow, options);
      } catch (error) {
        // A failure for one account must not stop the others.
        if (wf.isCancellation(error)) throw error;
      }
    },
  );
}

/** The outcome of a run that had already ended when it was opened. */
function outcomeOf({
  run,
  outcome,
  code,
}: OpenedFlow): Awaited<ReturnType<FlowActivities['closeFlow']>> {
  if (outcome === null)
    throw wf.ApplicationFailure.nonRetryable(
      `run ${run} has ended without an outcome: see \`arx flows history ${run}\``,
      'failed',
    );
  return { outcome, code };
}

/** What stopped the run, as a coded word: the innermost failure of a child or an activity. */
function codeOf(error: unknown): string {
  const cause = error instanceof wf.ChildWorkflowFailure ? error.cause : error;
  if (cause instanceof wf.TerminatedFailure) return 'terminated';
  return cause instanceof WorkflowExecutionAlreadyStartedError
    ? 'already_started'
    : failureCode(cause);
}

/** Answers the progress query. */
function trackProgress(): FlowProgress {
  const progress: FlowProgress = { run: '', phase: 'starting', step: null };
  wf.setHandler(flowProgressQuery, () => ({ ...progress }));
  return progress;
}
