import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { VendorName } from '../../emulators/types.ts';
import { flowJob } from '../support/flow-job.ts';
import type { FlowJob, Product } from '../support/flow-job.ts';
import { migratedDatabase } from '../support/postgres.ts';

/** A template that acts: its target, and the calls that the vendor receives. */
interface Template {
  flow: string;
  product: Product;
  vendor: VendorName;
  step: string;
  /** Adds the target, and whatever else the flow needs. */
  prepare(flows: FlowJob, name: string): Promise<{ id: string; inputs?: Record<string, string> }>;
  asks: boolean;
  /** Pattern of the calls that the vendor accepts, for the account and the group. */
  acts: (id: string, group: string) => string;
  undo: ((id: string, group: string) => string) | null;
}

const oktaUser = async ({ job }: FlowJob, name: string): Promise<{ id: string }> => {
  const [added] = await job.emulators.addUsers([{ login: `${name}@example.com` }]);
  return { id: `${added?.id}` };
};
const entraUser = async ({ job }: FlowJob, name: string): Promise<{ id: string }> => {
  const [added] = await job.emulators.entra.addUsers([
    { userPrincipalName: `${name}@contoso.example` },
  ]);
  return { id: `${added?.id}` };
};
const ENTRA = '/v1.0/users/';

const TEMPLATES: Template[] = [
  {
    flow: 'Suspend Okta Account',
    product: 'Okta',
    vendor: 'okta',
    step: 'suspend',
    asks: true,
    prepare: oktaUser,
    acts: (id) => `POST /api/v1/users/${id}/lifecycle/suspend`,
    undo: (id) => `POST /api/v1/users/${id}/lifecycle/unsuspend`,
  },
  {
    flow: 'Okta: Add User to a Group',
    product: 'Okta',
    vendor: 'okta',
    step: 'add',
    asks: false,
    prepare: async (flows, name) => {
      const [group] = await flows.job.emulators.addGroups([{ name: `MFA for ${name}` }]);
      return { ...(await oktaUser(flows, name)), inputs: { group: `${group?.id}` } };
    },
    acts: (id, group) => `PUT /api/v1/groups/${group}/users/${id}`,
    undo: (id, group) => `DELETE /api/v1/groups/${group}/users/${id}`,
  },
  {
    flow: 'Okta: Reset User Password Upon Next Login',
    product: 'Okta',
    vendor: 'okta',
    step: 'expire',
    asks: true,
    prepare: oktaUser,
    undo: null,
    acts: (id) => `POST /api/v1/users/${id}/lifecycle/expire_password`,
  },
  {
    flow: 'Disable Entra ID Account',
    product: 'AAD',
    vendor: 'entra',
    step: 'disable',
    asks: true,
    prepare: entraUser,
    acts: (id) => `PATCH ${ENTRA}${id}`,
    undo: (id) => `PATCH ${ENTRA}${id}`,
  },
  {
    flow: 'Entra ID: Add User to a Group',
    product: 'AAD',
    vendor: 'entra',
    step: 'add',
    asks: false,
    prepare: async (flows, name) => {
      const [group] = await flows.job.emulators.entra.addGroups([
        { displayName: `MFA for ${name}` },
      ]);
      return { ...(await entraUser(flows, name)), inputs: { group: `${group?.id}` } };
    },
    acts: (_, group) => `POST /v1.0/groups/${group}/members/$ref`,
    undo: (id, group) => `DELETE /v1.0/groups/${group}/members/${id}/$ref`,
  },
  {
    flow: 'Suspend Google Workspace User',
    product: 'Google Workspace',
    vendor: 'google',
    step: 'suspend',
    asks: true,
    prepare: async ({ job }, name) => {
      const [added] = await job.emulators.google.addUsers([
        { primaryEmail: `${name}@northwind.example` },
      ]);
      return { id: `${added?.id}` };
    },
    acts: (id) => `PATCH /admin/directory/v1/users/${id}`,
    undo: (id) => `PATCH /admin/directory/v1/users/${id}`,
  },
  {
    flow: 'Deactivate Salesforce User',
    product: 'Salesforce.com',
    vendor: 'salesforce',
    step: 'deactivate',
    asks: true,
    prepare: async ({ job }, name) => {
      const [added] = await job.emulators.salesforce.addUsers([
        { username: `${name}@acme.example` },
      ]);
      return { id: `${added?.id}` };
    },
    acts: (id) => `PATCH /services/data/v62.0/sobjects/User/${id}`,
    undo: (id) => `PATCH /services/data/v62.0/sobjects/User/${id}`,
  },
];

describe('the templates that act', () => {
  let flows: FlowJob;
  let stopDatabase: () => Promise<void>;

  beforeAll(async () => {
    const database = await migratedDatabase();
    stopDatabase = database.close;
    flows = await flowJob(database.databaseUrl);
    await flows.job.startWorker();
  });
  afterAll(async () => {
    await flows.job.close();
    await flows.job.temporal.close();
    await stopDatabase();
  });

  it.each(TEMPLATES)(
    '$flow: makes one verified, audited call, is undone, and finds nothing to do for a second event',
    async ({ flow, product, vendor, step, prepare, asks, acts, undo }) => {
      const { id, inputs = {} } = await prepare(
        flows,
        `t${TEMPLATES.findIndex((one) => one.flow === flow)}`,
      );
      const group = inputs['group'] ?? '';
      const about = group === '' ? id : group;
      const started = await flows.start({ flow, event: flows.event(product, id), inputs });
      if (asks) await flows.answer(started.run, step);
      const ended = await started.result();
      expect(ended).toMatchObject({
        state: 'ended',
        outcome: 'succeeded',
        code: null,
        target: { id },
      });
      const taken = ended.steps.filter(({ state }) => state !== 'skipped');
      expect(taken).toMatchObject([
        { id: step, state: 'done', verified: true, result: { ok: true } },
      ]);
      expect(ended.steps[0]?.decision).toMatchObject({ effect: asks ? 'approval' : 'auto' });
      expect(await flows.writes(vendor, about)).toEqual([acts(id, group)]);
      expect(await flows.kinds(started.run)).toEqual([
        ...[
          'flow.opened',
          'flow.planned',
          'flow.step',
          'flow.step',
          'flow.verified',
          'flow.closed',
        ],
      ]);
      const again = await flows.start({ flow, event: flows.event(product, id), inputs });
      expect(await again.result()).toMatchObject({ outcome: 'already_in_state', undo: null });
      expect(await flows.writes(vendor, about)).toEqual([acts(id, group)]);
      if (undo === null) {
        await expect(flows.undo(started.run)).rejects.toMatchObject({ code: 'nothing_to_undo' });
        return;
      }
      const undone = await flows.undo(started.run);
      expect(await undone.result()).toMatchObject({ outcome: 'succeeded', undoes: started.run });
      expect(await flows.writes(vendor, about)).toEqual([acts(id, group), undo(id, group)]);
      expect(await (await flows.undo(started.run)).result()).toMatchObject({
        outcome: 'already_in_state',
      });
    },
    60_000,
  );

  it('is found by search attributes', async () => {
    const found: string[] = [];
    const query = `ArxFlow = 'Okta: Add User to a Group' AND ArxOutcome = 'succeeded'`;
    await expect
      .poll(
        async () => {
          found.length = 0;
          for await (const { workflowId } of flows.job.temporal.client.workflow.list({ query }))
            found.push(workflowId);
          return found.length;
        },
        { timeout: 20_000 },
      )
      .toBe(2);
    expect(found.every((id) => id.startsWith('delegated-flow/'))).toBe(true);
  });
});
