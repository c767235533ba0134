/** Collects the findings of the last check and sync, as facts for events. */

import { titleFor } from '../../flows/suggest.ts';
import type { Finding, Privilege, SuggestionFacts } from '../../flows/suggest.ts';
import type { Store } from '../../store/types.ts';
import type { RunRecord } from '../../store/run-types.ts';
import type { TwinUser } from '../../twin/types.ts';
import { runUsers } from '../../services/checks/run-document.ts';

/** A finding about a user, with its source. */
export interface FoundIssue {
  facts: Omit<SuggestionFacts, 'eventId'>;
  /** `gap:admin_no_mfa` or `verdict:none`, and the sync or run that found it. */
  source: string;
  run: string;
}

/** The findings, and the number of those that correspond to no issue, by kind. */
export interface Findings {
  found: FoundIssue[];
  unmatched: Record<string, number>;
  /** The last check and the last sync; null if there is none. */
  check: string | null;
  sync: string | null;
}

const MAX_RUNS = 50;
const NOT_COMPLIANT = ['none', 'pending_only', 'weak_only'] as const;
const SUPER = 'SUPER_ADMIN';

/**
 * The open gaps of the twin, and the non-compliant users of the last check, of one organisation.
 */
export async function findingsOf(store: Store, org: string): Promise<Findings> {
  const sync = await store.twin.syncs.newest(org);
  const check =
    (await store.runs.list(MAX_RUNS)).find((run) => run.org === org && run.finishedAt !== null) ??
    null;
  const findings: Findings = {
    found: [],
    unmatched: {},
    check: check?.run ?? null,
    sync: sync?.run ?? null,
  };
  if (sync) await addGaps(store, { org, run: sync.run }, findings);
  if (check) await addVerdicts(store, check, findings);
  return findings;
}

async function addGaps(
  store: Store,
  { org, run }: { org: string; run: string },
  findings: Findings,
): Promise<void> {
  for (const { kind, subject, name, detail, severity, since } of await store.twin.gaps.open(org)) {
    const user = await store.twin.users.get(org, subject);
    addFinding(findings, {
      source: `gap:${kind}`,
      run,
      facts: {
        finding: { gap: kind },
        privilege: user ? privilegeOf(user) : null,
        account: { id: subject, login: name, lastLogin: user?.lastLogin ?? null },
        tenant: org,
        since,
        at: since,
        detail,
        severity: capitalise(severity),
      },
    });
  }
}

async function addVerdicts(store: Store, check: RunRecord, findings: Findings): Promise<void> {
  const since = check.startedAt;
  for await (const page of runUsers(store, check)) {
    for (const { id, login, verdict, reason, administrator } of page) {
      if (!isNotCompliant(verdict)) continue;
      const user = await store.twin.users.get(check.org, id);
      const known = user ? privilegeOf(user) : null;
      const privilege = known ?? (administrator ? 'administrator' : null);
      addFinding(findings, {
        source: `verdict:${verdict}`,
        run: check.run,
        facts: {
          finding: { verdict },
          privilege,
          account: { id, login, lastLogin: user?.lastLogin ?? null },
          tenant: check.org,
          since,
          at: since,
          detail: reason ?? '',
          severity: SEVERITY[privilege ?? 'none'],
        },
      });
    }
  }
}

const isNotCompliant = (verdict: string | null): verdict is (typeof NOT_COMPLIANT)[number] =>
  NOT_COMPLIANT.some((finding) => finding === verdict);

/**
 * Keeps one issue per account and title. Gaps are added first, because they contain more detail
 * than verdicts.
 */
function addFinding({ found, unmatched }: Findings, one: FoundIssue): void {
  const title = titleFor(one.facts.finding, one.facts.privilege);
  if (title === null) {
    const kind = kindOf(one.facts.finding);
    unmatched[kind] = (unmatched[kind] ?? 0) + 1;
    return;
  }
  const { id } = one.facts.account;
  const isDuplicate = found.some(
    ({ facts }) => facts.account.id === id && titleFor(facts.finding, facts.privilege) === title,
  );
  if (!isDuplicate) found.push(one);
}

const kindOf = (finding: Finding): string => ('gap' in finding ? finding.gap : finding.verdict);

/** Based on the roles that a sync read; null if they could not be read. */
function privilegeOf({ roles }: Pick<TwinUser, 'roles'>): Privilege {
  if (roles === null) return null;
  if (roles.some(({ role }) => role === SUPER)) return 'super_administrator';
  return roles.length > 0 ? 'administrator' : 'none';
}

const SEVERITY = {
  super_administrator: 'Critical',
  administrator: 'High',
  none: 'Medium',
} as const;
const capitalise = (word: string): string => word.replace(/^./, (letter) => letter.toUpperCase());
