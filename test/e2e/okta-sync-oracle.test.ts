import { describe, expect, it } from 'vitest';
import type { StateDocument } from '../../emulators/control/protocol.ts';
import type { NewUser } from '../../emulators/okta/model.ts';
import { GAP_KINDS } from '../../src/twin/types.ts';
import { mainJob } from '../support/main-job.ts';
import type { MainJob } from '../support/main-job.ts';
import { orgOf, sync, twinApps, twinUsers } from '../support/okta-sync.ts';
import { oracleFacts, oracleGaps } from '../support/twin-oracle.ts';
import type { OracleOrg } from '../support/twin-oracle.ts';
import { DATABASES } from '../support/stores.ts';

const PRIVILEGED = 'Security Approvers';
const DAY_MS = 86_400_000;
const ago = (days: number): string => new Date(Date.now() - days * DAY_MS).toISOString();

/** Cases that the demo organisation lacks, or has only by chance. */
const factor = (type: string, provider?: string, status?: string) => ({ type, provider, status });
const PLANTED: readonly NewUser[] = [
  {
    login: 'unknown-type@example.com',
    created: ago(400),
    lastLogin: ago(1),
    factors: [factor('passkey9'), factor('sms')],
  },
  {
    login: 'duo@example.com',
    created: ago(400),
    lastLogin: ago(1),
    factors: [factor('web', 'DUO')],
  },
  {
    login: 'verify-and-key@example.com',
    created: ago(400),
    lastLogin: ago(1),
    passwordChanged: ago(5),
    roles: ['SUPER_ADMIN'],
    factors: [factor('push'), factor('signed_nonce'), factor('webauthn', 'FIDO')],
  },
  {
    login: 'bare-super@example.com',
    created: ago(400),
    lastLogin: ago(1),
    passwordChanged: ago(200),
    roles: ['SUPER_ADMIN'],
  },
  {
    login: 'approver@example.com',
    created: ago(400),
    lastLogin: ago(120),
    factors: [factor('call')],
    groups: [PRIVILEGED],
  },
  {
    login: 'young@example.com',
    created: ago(20),
    lastLogin: null,
    factors: [factor('webauthn', 'FIDO', 'INACTIVE')],
  },
  { login: 'left-staged@example.com', created: ago(91), activated: null, status: 'STAGED' },
  { login: 'just-staged@example.com', created: ago(89), activated: null, status: 'STAGED' },
  {
    login: 'suspended@example.com',
    created: ago(400),
    lastLogin: ago(300),
    status: 'SUSPENDED',
    roles: ['ORG_ADMIN'],
  },
  { login: 'gone@example.com', created: ago(400), status: 'DEPROVISIONED', roles: ['SUPER_ADMIN'] },
];

/** The organisation in the emulator, in the form of the oracle. */
function truth(
  org: string,
  now: string,
  { users, groups, apps }: Pick<StateDocument, 'users' | 'groups' | 'apps'>,
): OracleOrg {
  const belongs = (id: string): typeof groups =>
    groups.filter(({ members }) => members?.includes(id) ?? true);
  return {
    org,
    now,
    privilegedGroups: [PRIVILEGED],
    groups: groups.map(({ id, name }) => ({ id, name })),
    apps: apps.map(({ id, signOnMode, status }) => ({ id, signOnMode, status, gone: false })),
    users: users.map((user) => {
      // Deprovisioned users have no groups or roles, because Okta does not list them there.
      const left = user.status === 'DEPROVISIONED';
      const mine = left ? [] : belongs(user.id);
      const own = left ? [] : user.roles;
      const through = mine.flatMap(({ id, roles }) => roles.map((role) => ({ role, via: id })));
      const kept = user.factors.map(({ type, provider, status }) => ({
        type,
        provider: provider ?? 'OKTA',
        status,
      }));
      return {
        ...user,
        lastSeen: null,
        gone: false,
        groups: mine.map(({ id }) => id),
        factors: user.vanish || user.denyFactors ? null : kept,
        roles: [...own.map((role) => ({ role, via: 'direct' })), ...through],
      };
    }),
  };
}

const sorted = (roles: readonly { role: string; via: string }[]) =>
  roles.map(({ role, via }) => `${role} ${via}`).toSorted();

describe.each(Object.entries(DATABASES))(
  'an organisation with every gap, synced on %s',
  (_, start) => {
    it('has exactly the gaps, facts, apps and administrators of the oracle', async () => {
      const database = await start();
      const job: MainJob = await mainJob(database.databaseUrl, {
        emulator: { profile: 'demo', users: 60 },
        config: { scan: { batch: 20 }, twin: { privileged_groups: [PRIVILEGED] } },
      });
      try {
        await job.emulators.addUsers(PLANTED);
        await job.emulators.addApps([
          {
            label: 'Planted SWA',
            signOnMode: 'SECURE_PASSWORD_STORE',
            groups: [PRIVILEGED],
            users: ['duo@example.com'],
          },
          { label: 'Planted basic', signOnMode: 'BASIC_AUTH' },
          { label: 'Planted other', signOnMode: 'MFA_AS_SERVICE' },
        ]);
        await job.startWorker();
        const result = await sync(job);
        expect(result.status).toBe('complete');
        const state = await job.emulators.state('users', 'groups', 'apps');
        const org = orgOf(job);
        const expected = truth(org, result.startedAt, state);

        const wanted = oracleGaps(expected);
        expect(new Set(wanted.map((gap) => gap.split(' ')[1]))).toEqual(new Set(GAP_KINDS));
        const gaps = await job.store.twin.gaps.open(org);
        expect(
          gaps.map(({ severity, kind, subject }) => `${severity} ${kind} ${subject}`).toSorted(),
        ).toEqual(wanted);

        const facts = await job.store.twin.facts.current(org);
        const texts = Object.fromEntries(facts.map(({ key, text }) => [key, text]));
        expect(texts).toMatchObject(oracleFacts(expected));
        const verified = facts
          .filter(({ confidence }) => confidence === 'verified')
          .map(({ key }) => key);
        expect(verified).toEqual(
          expect.arrayContaining(['tool:okta', 'mfa_coverage', 'sso_apps', 'privileged_users']),
        );

        const users = await twinUsers(job);
        for (const { login, roles } of expected.users as (OracleOrg['users'][number] & {
          login: string;
        })[]) {
          expect([login, sorted(users.get(login)?.roles ?? [])]).toEqual([
            login,
            sorted(roles ?? []),
          ]);
        }
        const apps = await twinApps(job);
        const everybody = state.users.filter(({ status }) => status !== 'DEPROVISIONED').length;
        for (const { label, users: assigned, ...app } of state.apps) {
          expect(apps.get(label)).toMatchObject({ ...app, users: assigned ?? everybody });
        }
      } finally {
        await job.close();
        await database.close();
      }
    }, 120_000);
  },
);
