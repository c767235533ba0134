import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  approvalId,
  FLOW_WORKFLOW,
  flowId,
  flowStepId,
  TASK_QUEUE,
} from '../../src/workflows/messages.ts';
import { waitForRequest, flowJob, REQUESTER } from '../support/flow-job.ts';
import type { FlowJob } from '../support/flow-job.ts';
import { migratedDatabase } from '../support/postgres.ts';

/**
 * A filled-in copy of the empty template: it suspends an account and sends three kinds of message.
 */
const telling = (channel: string, project: string): string => `
name: Add and tell
product: Okta
inputs:
  account: { from: account }
  group: { type: id, required: true }
  quiet: { type: boolean, default: false }
  title: { from: issueTitle }
when:
  - { input: title, is: matches, value: 'No MFA*' }
steps:
  - { id: add, operation: 'okta:groups:add_member', params: { groupId: $group, userId: $account } }
  - id: tell
    operation: slack:chat:write
    params: { channel: '${channel}', text: 'Done: {{issueTitle}} <!channel>' }
    when:
      - { input: quiet, is: equals, value: false }
  - id: ticket
    operation: jira:issues:create
    params: { project: ${project}, issueType: Task, summary: 'Check {{issueId}}', description: "{{issueTitle}}\\n\\n{{issueLink}}" }
verify:
  - { step: add, within: 10s }
undo:
  - { operation: 'okta:groups:remove_member', params: { groupId: $group, userId: $account } }
`;
const SUSPEND =
  'name: Suspend\nproduct: Okta\ninputs:\n  account: { from: account }\nsteps:\n  - { id: suspend, operation: "okta:users:suspend", params: { userId: $account } }\n';

describe('custom flows', () => {
  let flows: FlowJob;
  let stopDatabase: () => Promise<void>;
  let folder = '';
  let serial = 0;

  beforeAll(async () => {
    const database = await migratedDatabase();
    stopDatabase = database.close;
    flows = await flowJob(database.databaseUrl);
    folder = join(dirname(`${flows.job.env['ARX_CONFIG']}`), 'flows');
    mkdirSync(folder);
    const { slackChannel, jiraProject } = flows.job.emulators.document;
    writeFileSync(join(folder, 'telling.yaml'), telling(slackChannel, jiraProject));
    writeFileSync(join(folder, 'suspend.yaml'), SUSPEND);
    await flows.job.startWorker();
  });
  afterAll(async () => {
    await flows.job.close();
    await flows.job.temporal.close();
    await stopDatabase();
  });

  async function target(over: object = {}): Promise<string> {
    serial += 1;
    const [added] = await flows.job.emulators.addUsers([
      { login: `target${serial}@example.com`, ...over },
    ]);
    return `${added?.id}`;
  }
  const groupId = async (name: string): Promise<string> =>
    `${(await flows.job.emulators.addGroups([{ name }]))[0]?.id}`;

  it('act and send messages according to their conditions, and are undone without a message', async () => {
    const id = await target();
    const inputs = { group: await groupId('MFA') };
    const issue = { issueTitle: 'No MFA - Account', issueLink: 'https://ispm.example/1' };
    const started = await flows.start({
      flow: 'Add and tell',
      event: flows.event('Okta', id, issue),
      inputs,
    });
    const ended = await started.result();
    expect(ended).toMatchObject({ message: null, outcome: 'succeeded' });
    expect(ended.undo).toMatchObject([{ operation: 'okta:groups:remove_member' }]);
    expect(ended.steps.map(({ state }) => state)).toEqual(['done', 'done', 'done']);
    const { messages, issues } = await flows.job.emulators.state('messages', 'issues');
    expect(
      messages.filter(({ metadata }) => JSON.stringify(metadata).includes(started.run)),
    ).toMatchObject([{ text: 'Done: No MFA - Account &lt;!channel&gt;' }]);
    const tickets = issues.filter(({ labels }) => labels.includes(`arx-run-${started.run}`));
    expect(tickets).toMatchObject([{ summary: 'Check Alert_1' }]);
    expect(ended.steps[2]?.result).toMatchObject({ answer: { key: tickets[0]?.key } });
    const quiet = await flows.start({
      flow: 'Add and tell',
      event: flows.event('Okta', await target(), issue),
      inputs: { ...inputs, quiet: true },
    });
    expect((await quiet.result()).steps.map(({ state }) => state)).toEqual([
      'done',
      'skipped',
      'done',
    ]);
  });

  it('does nothing if a condition of the flow is not met', async () => {
    const id = await target();
    const inputs = { group: await groupId('Other') };
    const started = await flows.start({
      flow: 'Add and tell',
      event: flows.event('Okta', id),
      inputs,
    });
    expect(await started.result()).toMatchObject({
      outcome: 'failed',
      code: 'condition',
      steps: [],
    });
    expect(await flows.writes('okta', id)).toEqual([]);
  });

  it('ends as stale if the flow file changes between opening and planning the run', async () => {
    const id = await target();
    const { record } = await flows.service.admit({
      requester: REQUESTER,
      flow: 'Suspend',
      event: flows.event('Okta', id),
    });
    writeFileSync(join(folder, 'suspend.yaml'), `${SUSPEND}description: changed\n`);
    // The worker notices the change within seconds: then a new run of the changed flow gets a plan.
    await expect
      .poll(
        async () => {
          const dry = await flows.start({
            flow: 'Suspend',
            event: flows.event('Okta', id),
            dryRun: true,
          });
          return (await dry.result()).outcome;
        },
        { timeout: 20_000, interval: 500 },
      )
      .toBe('planned');
    const options = {
      taskQueue: TASK_QUEUE,
      workflowId: record.workflowId,
      args: [{ run: record.run }],
    };
    const end = await flows.job.temporal.client.workflow.execute(FLOW_WORKFLOW, options);
    expect(end).toMatchObject({ outcome: 'stale', code: 'flow_changed' });
    expect(await flows.writes('okta', id)).toEqual([]);
  });

  it("refuses the approval of the account's own user on another product, and raises the risk there too", async () => {
    const { google } = flows.job.emulators;
    const [own] = await google.addUsers([
      { primaryEmail: 'x@northwind.example', aliases: ['Ann@example.com'] },
    ]);
    const [chief] = await google.addUsers([
      { primaryEmail: 'chief@northwind.example', isAdmin: true },
    ]);
    const input = (user: string | undefined) => ({
      operation: 'google:users:suspend',
      params: { user },
      as: 'flow:by-hand',
      reason: 'test',
    });
    const { workflow } = flows.job.temporal.client;
    const start = async (user: string | undefined) => {
      const workflowId = `by-hand-${(serial += 1)}`;
      await workflow.start('governedOperation', {
        taskQueue: TASK_QUEUE,
        workflowId,
        args: [input(user)],
      });
      const request = await waitForRequest(flows.job, workflowId);
      return { workflowId, request, record: await flows.job.store.requests.get(request) };
    };
    const ofAnn = await start(own?.id);
    expect(ofAnn.record?.approval?.banned).toEqual([flows.people['ann']]);
    expect(ofAnn.record).toMatchObject({ risk: 'HIGH', targetFacts: { status: 'ACTIVE' } });
    expect((await start(chief?.id)).record).toMatchObject({ risk: 'CRITICAL' });
  });

  it('cancels the operation of a terminated run, and closes the run when it is requested again', async () => {
    const id = await target();
    const event = flows.event('Okta', id);
    const started = await flows.start({ flow: 'Suspend', event });
    const request = await waitForRequest(flows.job, flowStepId(started.run, 'suspend'));
    const { workflow } = flows.job.temporal.client;
    await workflow.getHandle(flowId(started.run)).terminate();
    expect(await workflow.getHandle(approvalId(request)).result()).toEqual({ state: 'CANCELLED' });
    await workflow.getHandle(flowStepId(started.run, 'suspend')).result();
    expect(await flows.job.store.requests.get(request)).toMatchObject({ state: 'cancelled' });
    const again = await workflow.execute(FLOW_WORKFLOW, {
      taskQueue: TASK_QUEUE,
      workflowId: `again-${serial}`,
      args: [{ event, flow: 'Suspend', as: REQUESTER.principal }],
    });
    expect(again).toMatchObject({ run: started.run, outcome: 'failed', code: 'already_started' });
    expect(await flows.job.store.flows.get(started.run)).toMatchObject({
      state: 'ended',
      steps: [{ state: 'failed' }],
    });
    expect(await flows.writes('okta', id)).toEqual([]);
  });

  it('closes a terminated run when it is read, and leaves a waiting run open', async () => {
    const [ended, waiting] = [await target(), await target()];
    const [one, two] = [
      await flows.start({ flow: 'Suspend', event: flows.event('Okta', ended) }),
      await flows.start({ flow: 'Suspend', event: flows.event('Okta', waiting) }),
    ];
    for (const { run } of [one, two]) await waitForRequest(flows.job, flowStepId(run, 'suspend'));
    const { workflow } = flows.job.temporal.client;
    await workflow.getHandle(flowId(one.run)).terminate();
    await workflow.getHandle(flowStepId(one.run, 'suspend')).result();
    // A run younger than a minute is not checked.
    expect((await flows.service.run(REQUESTER, one.run)).record.state).toBe('waiting');
    const seen = await flows.later.history(REQUESTER, { limit: 10 });
    expect(seen.find(({ run }) => run === one.run)).toMatchObject({
      state: 'ended',
      outcome: 'failed',
      code: 'terminated',
      undo: null,
      steps: [{ state: 'failed', result: { code: 'cancelled' } }],
    });
    expect(seen.find(({ run }) => run === two.run)).toMatchObject({
      state: 'waiting',
      outcome: null,
    });
    expect((await flows.kinds(one.run)).filter((kind) => kind === 'flow.closed')).toHaveLength(1);
    await workflow.getHandle(flowId(two.run)).cancel();
    expect(await two.result()).toMatchObject({ outcome: 'failed', code: 'cancelled' });
  });
}, 60_000);
