import type { RunDocument, RunUserRow } from '../../../../src/mfa/document.ts';
import type { VerdictCounts } from '../../../../src/mfa/types.ts';

const zero: VerdictCounts = {
  enumerated: 0,
  compliant: 0,
  weak_only: 0,
  none: 0,
  pending_only: 0,
  exempt: 0,
  in_grace: 0,
  unknown: 0,
  vanished: 0,
};

/** Counts with the sum right. */
export function countsOf(parts: Partial<VerdictCounts>): VerdictCounts {
  const counts = { ...zero, ...parts };
  const { enumerated: _, ...verdicts } = counts;
  return { ...counts, enumerated: Object.values(verdicts).reduce((sum, value) => sum + value, 0) };
}

/** A user that has no factor. */
export const userOf = (parts: Partial<RunUserRow> = {}): RunUserRow => ({
  id: '00u00000000000000001',
  login: 'ada@example.com',
  department: 'Engineering',
  verdict: 'none',
  reason: 'no factor enrolled',
  factors: [],
  ticket: 'SEC-1',
  administrator: false,
  ...parts,
});

/** A complete run of four users, two of them not covered. */
export function documentOf(parts: Partial<RunDocument> = {}): RunDocument {
  const counts = countsOf({ compliant: 1, none: 1, weak_only: 1, unknown: 1 });
  return {
    schema: 'arx.run/v1',
    run: '01a20258-9b91-7e59-879d-e50bbd6929e2',
    workflowId: 'mfa-enforcement-check/2026-11-16T08:00:00.000Z-00ff',
    status: 'complete',
    reasons: [],
    dryRun: false,
    org: 'example.okta.com',
    scope: { statuses: ['ACTIVE'], groups: [] },
    startedAt: '2026-11-16T08:00:00.000Z',
    finishedAt: '2026-11-16T08:01:30.000Z',
    counts,
    coverage: { low: 0.25, high: 0.5 },
    previousCoverage: { low: 0.2, high: 0.2 },
    byFactor: { sms: 1, webauthn: 1 },
    byClass: {
      phishing_resistant: 1,
      strong: 0,
      weak: 1,
      not_accepted: 0,
      external: 0,
      unrecognised: 0,
    },
    authenticators: 2,
    pushOnly: 3,
    departments: [{ name: 'Engineering', counts, coverage: { low: 0.25, high: 0.5 } }],
    groups: [],
    administrators: {
      name: 'Administrators',
      counts: countsOf({ none: 1 }),
      coverage: { low: 0, high: 0 },
    },
    exemptions: {
      live: 1,
      expired: [{ subject: 'svc@example.com', owner: 'it@example.com', until: '2026-01-31' }],
    },
    changes: {
      new: 1,
      resolved: 0,
      regressed: 0,
      users: { new: ['00u00000000000000001'], resolved: [], regressed: [] },
    },
    tickets: {
      created: 1,
      kept: 1,
      reopened: 0,
      closed: 0,
      leftClosed: 0,
      departed: 0,
      departures: [],
      failed: [],
      failedCount: 0,
      wouldCreate: 0,
      wouldKeep: 0,
      wouldClose: 0,
      keys: ['SEC-1', 'SEC-2'],
      url: 'https://example.atlassian.net/issues/?jql=labels%20%3D%20mfa',
    },
    slack: { channel: 'C0123456789', ts: '1700000000.000100' },
    calls: { okta: 9, jira: 4, slack: 1, throttled: 2 },
    audit: { entries: 20, head: 'ab'.repeat(32) },
    seconds: 90,
    users: [
      userOf(),
      userOf({
        id: '00u00000000000000002',
        login: 'bob@example.com',
        verdict: 'weak_only',
        ticket: 'SEC-2',
      }),
      userOf({
        id: '00u00000000000000003',
        login: 'eve@example.com',
        verdict: 'compliant',
        ticket: null,
      }),
      userOf({
        id: '00u00000000000000004',
        login: 'mal@example.com',
        verdict: 'unknown',
        ticket: null,
      }),
    ],
    ...parts,
  };
}

/** Names that each sink must take as plain text. */
export const HOSTILE = {
  html: `<img src=x onerror=alert(1)>"'&`,
  formula: '=HYPERLINK("http://evil.example","x")',
  ansi: '\u001b[31mred\u001b[0m\u001b]8;;http://evil.example\u0007link\u001b]8;;\u0007',
  mrkdwn: '<!channel> *bold* <http://evil.example|x>',
  bidi: 'abc\u202ecba',
  line: 'two\r\nlines',
};
