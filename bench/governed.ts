/** How many calls to Okta, and how much time, an operation that people approve costs. */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { newOperationId, startGovernedOperation } from '../src/client/governed-operation.ts';
import { keyHash } from '../src/config/env/identity-keys.ts';
import { bindInput } from '../src/governance/stored-input.ts';
import { approvalId } from '../src/workflows/messages.ts';
import type { GovernedOperationResult } from '../src/workflows/messages.ts';
import { startServerProcess } from '../test/support/server-process.ts';
import { withArx } from './support/arx.ts';
import type { ArxUnderTest } from './support/arx.ts';
import type { BenchOptions, BenchResult } from './support/result.ts';

const MOST_CALLS = 25;
const MOST_MS = 2_000;
const LATENCY_MS = 50;
const POLL_MS = 5;
const KEY = `arxk_${'g'.repeat(43)}`;
const PHASES = ['opening', 'deciding', 'executing'] as const;
type Phase = (typeof PHASES)[number];

interface Ids {
  users: string[];
  plain: string[];
  admins: string;
  approvers: string;
}

/** A HIGH operation; `ids` are those of the organisation. Each user and group is used once. */
interface Asked {
  title: string;
  operation: string;
  params: (ids: Ids) => Record<string, string>;
}

const next = (ids: readonly string[] | undefined, at: number): string => ids?.[at] ?? '';
const ASKED: readonly Asked[] = [
  {
    title: 'suspend a user, the first request of the worker',
    operation: 'users:suspend',
    params: ({ users }) => ({ userId: next(users, 0) }),
  },
  {
    title: 'suspend another user',
    operation: 'users:suspend',
    params: ({ users }) => ({ userId: next(users, 1) }),
  },
  {
    title: "reset a user's password",
    operation: 'users:reset_password',
    params: ({ users }) => ({ userId: next(users, 2) }),
  },
  {
    title: 'delete a group',
    operation: 'groups:delete',
    params: ({ plain }) => ({ groupId: next(plain, 0) }),
  },
  {
    title: 'add a user to a group of administrators',
    operation: 'groups:add_member',
    params: ({ users, admins }) => ({ groupId: admins, userId: next(users, 3) }),
  },
  {
    title: 'add a user to a group of approvers',
    operation: 'groups:add_member',
    params: ({ users, approvers }) => ({ groupId: approvers, userId: next(users, 4) }),
  },
];

interface Cost {
  title: string;
  risk: string;
  calls: Record<Phase, number>;
  ms: Record<Phase, number>;
}

/** Each HIGH operation once: opened in Temporal, decided over HTTP, and executed. */
export async function bench(_: BenchOptions): Promise<BenchResult> {
  const costs = await measure();
  const calls = costs.map((cost) => total(cost.calls));
  const times = costs.map((cost) => total(cost.ms));
  return {
    name: 'governed',
    about: ABOUT,
    tables: [
      {
        title: 'Calls to Okta',
        columns: ['operation', 'risk', ...PHASES, 'all'],
        rows: costs.map(({ title, risk, calls: of }) => [
          title,
          risk,
          ...PHASES.map((phase) => of[phase]),
          total(of),
        ]),
      },
      {
        title: 'Time, ms',
        columns: ['operation', ...PHASES, 'all'],
        rows: costs.map(({ title, ms }) => [
          title,
          ...PHASES.map((phase) => Math.round(ms[phase])),
          Math.round(total(ms)),
        ]),
      },
      {
        title: `Within ${MOST_MS / 1_000} s, besides the wait for the approver`,
        columns: ['operations', 'within'],
        rows: [[times.length, times.filter((ms) => ms <= MOST_MS).length]],
      },
    ],
    goals: [
      {
        goal: `each operation takes at most ${MOST_CALLS} calls to Okta`,
        met: calls.every((count) => count <= MOST_CALLS),
      },
      { goal: 'each operation is HIGH', met: costs.every(({ risk }) => risk === 'HIGH') },
    ],
  };
}

const ABOUT = [
  `Operations of risk HIGH with one approver, on an emulated Okta that answers in ${LATENCY_MS} ms, over PostgreSQL, with a worker and the HTTP server in processes of their own.`,
  'The approvers are a group of five, and the five members of the Slack channel of policies/operators.yaml.',
  'Opening is from the start of the workflow until the request can be decided, deciding is one request to the HTTP server, and executing is from its answer until the result of the workflow.',
  'The calls are counted by the emulated Okta, until the approval has closed. Times are only meaningful on an otherwise idle machine, so they are printed and no goal.',
].join(' ');

const total = (of: Record<Phase, number>): number =>
  PHASES.reduce((sum, phase) => sum + of[phase], 0);

function measure(): Promise<Cost[]> {
  const config = {
    quota: { share: 1, reserve: 0, warning_threshold: false },
    approvals: { default_approvers: ['group:Approvers'] },
  };
  const emulator = { profile: 'empty', rateLimit: 0, latencyMs: LATENCY_MS } as const;
  return withArx({ config, emulator }, async (arx) => {
    const ids = await populate(arx);
    const server = await startServerProcess(arx.env, '.');
    try {
      const costs: Cost[] = [];
      for (const asked of ASKED) costs.push(await costOf(arx, server.url, { asked, ids }));
      return costs;
    } finally {
      await server.stop();
    }
  });
}

async function populate({ emulators, store }: ArxUnderTest): Promise<Ids> {
  const approvers = ['ann', 'bob', 'cyd', 'dan', 'eve'].map((name) => `${name}@example.com`);
  await emulators.addUsers([
    ...approvers.map((login) => ({ login, groups: ['Approvers'] })),
    { login: 'requester@example.com' },
    { login: 'chief@example.com', roles: ['SUPER_ADMIN'] },
  ]);
  const users = await emulators.addUsers(
    ASKED.map((_, at) => ({ login: `target${at}@example.com` })),
  );
  const [plain, admins] = await emulators.addGroups([
    { name: 'Project' },
    { name: 'Help desk', roles: ['HELP_DESK_ADMIN'] },
  ]);
  const { groups } = await emulators.state('groups');
  await emulators.slackSettings({
    members: approvers.map((email, at) => ({ id: `U0APPROVER${at}`, email })),
  });
  await store.keys.addAccessKey({
    name: 'bob',
    hash: keyHash(KEY),
    person: 'bob@example.com',
    createdAt: new Date().toISOString(),
    revokedAt: null,
  });
  return {
    users: users.map(({ id }) => id),
    plain: [`${plain?.id}`],
    admins: `${admins?.id}`,
    approvers: `${groups.find(({ name }) => name === 'Approvers')?.id}`,
  };
}

/** Makes one request, has it approved, and waits for its end. */
async function costOf(
  arx: ArxUnderTest,
  url: string,
  { asked, ids }: { asked: Asked; ids: Ids },
): Promise<Cost> {
  const marks: { calls: number; at: number }[] = [];
  const mark = async (): Promise<void> => {
    const at = performance.now();
    const log = await arx.emulators.log({ vendor: 'okta' });
    marks.push({ calls: log.length, at });
  };
  const workflowId = newOperationId(new Date());
  const inputRef = await arx.store.snapshots.put(
    bindInput(
      {
        operation: `okta:${asked.operation}`,
        params: asked.params(ids),
        reason: 'benchmark',
        as: 'user:requester@example.com',
        authenticatedBy: 'key',
        surface: 'cli',
      },
      { workflowId, madeAt: Date.now() },
    ),
  );
  const link = { ...arx.temporal, close: async () => undefined };
  await mark();
  const { run } = await startGovernedOperation(link, { inputRef }, workflowId);
  const requestId = await opened(arx, workflowId);
  await mark();
  await approve(url, requestId);
  await mark();
  const operation = arx.temporal.client.workflow.getHandle(workflowId, run);
  const { state } = (await operation.result()) as GovernedOperationResult;
  if (state !== 'succeeded') throw new Error(`${asked.title}: ${state}`);
  const ended = performance.now();
  await arx.temporal.client.workflow.getHandle(approvalId(requestId)).result();
  await mark();
  const record = await arx.store.requests.get(requestId);
  const between = (of: 'calls' | 'at'): Record<Phase, number> => {
    const values = marks.map((one, at) => (of === 'at' && at === 3 ? ended : one[of]));
    const step = (at: number): number => (values[at + 1] ?? 0) - (values[at] ?? 0);
    return { opening: step(0), deciding: step(1), executing: step(2) };
  };
  return {
    title: asked.title,
    risk: `${record?.risk}`,
    calls: between('calls'),
    ms: between('at'),
  };
}

/** Waits until the request of a workflow can be decided; returns its id. */
async function opened({ store, temporal }: ArxUnderTest, workflowId: string): Promise<string> {
  for (;;) {
    const found = (await store.requests.list({ limit: 5 })).find(
      (record) => record.workflowId === workflowId,
    );
    if (found && found.state !== 'pending')
      throw new Error(`${workflowId} is ${found.state}: ${JSON.stringify(found.outcome)}`);
    const id = found && approvalId(found.requestId);
    const known = id
      ? await temporal.client.workflow
          .getHandle(id)
          .describe()
          .catch(() => null)
      : null;
    if (found && known) return found.requestId;
    await delay(POLL_MS);
  }
}

async function approve(url: string, requestId: string): Promise<void> {
  const answer = await fetch(`${url}/v1/approvals/${requestId}/decisions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ verdict: 'approve', decisionId: randomUUID() }),
  });
  const document = (await answer.json()) as { accepted?: boolean };
  if (document.accepted !== true) throw new Error(`not accepted: ${JSON.stringify(document)}`);
}
