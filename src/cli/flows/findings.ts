import { titleFor } from '../../flows/suggest.ts';
import type { Finding, Privilege, SuggestionFacts } from '../../flows/suggest.ts';
import type { Store } from '../../store/types.ts';
import type { RunRecord } from '../../store/run-types.ts';
import type { TwinUser } from '../../twin/types.ts';
import { runUsers } from '../report/run-document.ts';

/** Something that was found about a user, with where it was found. */
export interface Found {
  facts: Omit<SuggestionFacts, 'eventId'>;
  /** `gap:admin_no_mfa` or `verdict:none`, and the sync or run that found it. */
  source: string;
  run: string;
}

/** What was found, and how much of it has no counterpart among the issues, by kind. */
export interface Findings {
  found: Found[];
  without: Record<string, number>;
  /** The last check and the last sync; null where there is none. */
  check: string | null;
  sync: string | null;
}

const RUNS_LOOKED_AT = 50;
const NOT_COMPLIANT = ['none', 'pending_only', 'weak_only'] as const;
const SUPER = 'SUPER_ADMIN';

/** Open gaps of the twin and non-compliant users of the last check of an organisation. */
export async function findingsOf(store: Store, org: string): Promise<Findings> {
  const sync = await store.twin.syncs.newest(org);
  const check =
    (await store.runs.list(RUNS_LOOKED_AT)).find(
      (run) => run.org === org && run.finishedAt !== null,
    ) ?? null;
  const findings: Findings = {
    found: [],
    without: {},
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
    add(findings, {
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
        severity: capital(severity),
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
      add(findings, {
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
  NOT_COMPLIANT.some((one) => one === verdict);

/** One issue an account and title: a gap tells more than a verdict, and comes first. */
function add({ found, without }: Findings, one: Found): void {
  const title = titleFor(one.facts.finding, one.facts.privilege);
  if (title === null) {
    const kind = kindOf(one.facts.finding);
    without[kind] = (without[kind] ?? 0) + 1;
    return;
  }
  const { id } = one.facts.account;
  const isThere = found.some(
    ({ facts }) => facts.account.id === id && titleFor(facts.finding, facts.privilege) === title,
  );
  if (!isThere) found.push(one);
}

const kindOf = (finding: Finding): string => ('gap' in finding ? finding.gap : finding.verdict);

/** By the roles that a sync saw; null where they could not be read. */
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
const capital = (word: string): string => word.replace(/^./, (letter) => letter.toUpperCase());
