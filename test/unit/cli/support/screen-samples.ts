import type { EnrichedAccount } from '../../../../src/enrichment/types.ts';
import type { AuditDraft, AuditEntry } from '../../../../src/audit/types.ts';
import type { NamedThing } from '../../../../src/store/name-types.ts';
import { chainOf, draftOf } from '../../../support/audit.ts';

const person = (name: string): AuditDraft['actor'] => ({
  principal: `user:${name}`,
  authenticatedBy: 'key',
});
const at = (time: string): string => `2026-11-22T${time}.000Z`;

const DRAFTS: AuditDraft[] = [
  draftOf({
    kind: 'action.succeeded',
    subject: '00u9',
    target: '00u9',
    operation: 'okta:users:suspend',
    actor: person('ann@example.com'),
    surface: 'cli',
    at: at('11:58:00'),
    correlation: { reason: 'left the company' },
  }),
  draftOf({
    kind: 'approval.answered',
    subject: 'b3f0a2c4-0000-4000-8000-000000000001',
    actor: { principal: 'user:00u3', authenticatedBy: 'slack' },
    surface: 'slack',
    outcome: { verdict: 'approve', operation: 'okta:users:suspend', target: '00u9' },
    at: at('11:30:00'),
  }),
  draftOf({
    kind: 'action.denied',
    subject: '00u9',
    target: '00u9',
    operation: 'okta:users:clear_sessions',
    actor: { principal: 'user:eve@example.com', authenticatedBy: 'none' },
    outcome: { code: 'default_deny' },
    at: at('08:00:00'),
  }),
  draftOf({ kind: 'user.checked', subject: '00u9', outcome: { verdict: 'weak_only' } }),
  draftOf({ kind: 'ticket.created', subject: 'arx-1', outcome: { key: 'SEC-12' } }),
  draftOf({ kind: 'scan.completed', subject: 'run-1', outcome: { status: 'complete' } }),
  draftOf({ kind: 'scan.ended', subject: 'run-2', outcome: { status: 'terminated' } }),
];

/** Entries of each kind of actor, with their indexes. */
export const ENTRIES: (AuditEntry & { index: number })[] = chainOf(DRAFTS).stored.map(
  ({ index, text }) => ({ ...(JSON.parse(text) as AuditEntry), index }),
);

/** What is known of the ids in them. */
export const NAMES: ReadonlyMap<string, NamedThing> = new Map([
  ['00u9', { kind: 'user', id: '00u9', name: 'omar.abbott@northwind.example' }],
  ['00u3', { kind: 'user', id: '00u3', name: 'zoe.laurent@northwind.example' }],
]);

const EXTRACTED = {
  user_id: '00u3UftsOeD9bxL0d5d7',
  login: 'renata.bennett@northwind.example',
  email: 'renata.bennett@northwind.example',
  status: 'PASSWORD_EXPIRED',
  created: '2024-03-01T08:00:00.000Z',
  last_login: '2026-11-22T09:00:00.000Z',
  department: 'Engineering',
  title: 'Staff Engineer',
  manager: null,
  groups: ['Engineering', 'Everyone', 'Okta Administrators', 'People who know a lot about Kafka'],
  mfa_enrolled: true,
  mfa_state: 'enrolled' as const,
  mfa_factors: ['fastpass', 'push'],
  mfa_factor_types: ['signed_nonce', 'push'],
  is_admin: true,
  roles: ['SUPER_ADMIN', 'Help desk of the northern region'],
  recent_activity: {
    hours: 24,
    failed_sign_ins: 2,
    countries: ['DE', 'FR'],
    proxies: [],
    unreadable_entries: 0,
  },
};
const ANSWER = {
  found: true,
  ambiguous: false,
  candidates: [],
  success: true,
  enriched_at: '2026-11-22T11:55:00.000Z',
  errors: [],
  error: null,
  verdict: 'Benign' as const,
  cached: true,
  age_seconds: 300,
};

/** An account that was read, one that partly could not be, and an ambiguous name. */
export const ACCOUNTS: EnrichedAccount[] = [
  { indicator: 'renata.bennett', okta: { ...ANSWER, extracted: EXTRACTED } },
  {
    indicator: 'li@northwind.example',
    okta: {
      ...ANSWER,
      verdict: null,
      cached: false,
      extracted: {
        ...EXTRACTED,
        login: 'li@northwind.example',
        status: 'ACTIVE',
        mfa_state: null,
        mfa_factors: null,
        is_admin: false,
        groups: null,
        recent_activity: null,
      },
      errors: [
        { field: 'mfa_factors', call: 'users:read_factors', code: 'forbidden', status: 403 },
      ],
    },
  },
  {
    indicator: 'smith',
    okta: {
      ...ANSWER,
      found: false,
      ambiguous: true,
      extracted: null,
      candidates: [
        { id: '00u1', login: 'a.smith@northwind.example' },
        { id: '00u2', login: 'b.smith@northwind.example' },
      ],
    },
  },
];
