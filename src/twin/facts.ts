import { CLASSES_BY_STRENGTH } from '../mfa/strength.ts';
import { hasAll } from './context.ts';
import { exceptionWords } from './exceptions.ts';
import type { AssessmentContext } from './context.ts';
import { ageMs, byText } from './logic.ts';
import { coverageText } from './mfa.ts';
import { emptyTally, ssoApps } from './tally.ts';
import type { Tally } from './tally.ts';
import type { Confidence, ExceptionKind, Fact, StreamException, StreamName } from './types.ts';

interface FactRow {
  key: string;
  /** Streams that must be complete. */
  needs: readonly StreamName[];
  /** The exceptions of these streams that the fact leaves out. */
  leavesOut: (context: AssessmentContext) => readonly StreamException[];
  confidence: Exclude<Confidence, 'stale'>;
  value: (tally: Tally) => string;
}

const without =
  (...kinds: readonly ExceptionKind[]) =>
  ({ exceptions }: AssessmentContext): StreamException[] =>
    exceptions.filter(({ what }) => kinds.includes(what));
const WITHOUT_USERS = without('users_row');
const WITHOUT_FACTORS = without('users_row', 'factors');
const WITHOUT_APPS = without('apps_row');
const WITHOUT_PRIVILEGES = (context: AssessmentContext): StreamException[] => [
  ...WITHOUT_USERS(context),
  ...context.unread.exceptions,
];

const number = (count: (tally: Tally) => number) => (tally: Tally) => String(count(tally));

/** The facts about an organisation, besides `tool:okta`. */
// prettier-ignore
const FACTS: readonly FactRow[] = [
  { key: 'mfa_coverage', needs: ['users'], leavesOut: WITHOUT_FACTORS, confidence: 'verified', value: ({ mfa }) => coverageText(mfa) },
  { key: 'mfa_unknown', needs: ['users'], leavesOut: WITHOUT_USERS, confidence: 'verified', value: number(({ mfa }) => mfa.unknown) },
  { key: 'sso_apps', needs: ['apps'], leavesOut: WITHOUT_APPS, confidence: 'verified', value: number(ssoApps) },
  { key: 'apps_federated', needs: ['apps'], leavesOut: WITHOUT_APPS, confidence: 'verified', value: number(({ apps }) => apps.federated) },
  { key: 'apps_password', needs: ['apps'], leavesOut: WITHOUT_APPS, confidence: 'verified', value: number(({ apps }) => apps.password) },
  { key: 'apps_bookmark', needs: ['apps'], leavesOut: WITHOUT_APPS, confidence: 'verified', value: number(({ apps }) => apps.bookmark) },
  { key: 'privileged_users', needs: ['users', 'roles'], leavesOut: WITHOUT_PRIVILEGES, confidence: 'verified', value: number(({ privileged }) => privileged) },
  { key: 'super_admins', needs: ['users', 'roles'], leavesOut: WITHOUT_PRIVILEGES, confidence: 'verified', value: number(({ superAdmins }) => superAdmins) },
  { key: 'stale_accounts', needs: ['users'], leavesOut: WITHOUT_USERS, confidence: 'derived', value: number(({ stale }) => stale) },
  ...Object.keys(emptyTally().byFactor).map((name): FactRow => ({
    key: `mfa_factor:${name}`, needs: ['users'], leavesOut: WITHOUT_FACTORS, confidence: 'verified', value: number(({ byFactor }) => byFactor[name] ?? 0),
  })),
  ...CLASSES_BY_STRENGTH.map((name): FactRow => ({
    key: `mfa_class:${name}`, needs: ['users'], leavesOut: WITHOUT_FACTORS, confidence: 'derived', value: number(({ byClass }) => byClass[name]),
  })),
];

/** The facts that this sync can state: those whose streams are complete. */
export function freshFacts(tally: Tally, context: AssessmentContext): Fact[] {
  const rows = FACTS.filter(({ needs }) => hasAll(context, needs)).map((row) => {
    const value = row.value(tally);
    return fact({ ...row, value, text: `${row.key}:${value}` }, context);
  });
  return context.complete.size === 0 ? [] : [toolFact(context), ...rows];
}

// Any complete stream shows that Okta is in use. The text of this fact is its key alone.
const toolFact = (context: AssessmentContext): Fact =>
  fact(
    {
      key: 'tool:okta',
      value: 'connected',
      text: 'tool:okta',
      needs: [...context.complete].toSorted(),
      confidence: 'verified',
      leavesOut: () => [],
    },
    context,
  );

type Stated = Omit<FactRow, 'value'> & Pick<Fact, 'value' | 'text'>;

const fact = (
  { key, value, text, needs, confidence, leavesOut }: Stated,
  context: AssessmentContext,
): Fact => ({
  key,
  value,
  text,
  confidence,
  source: key === 'tool:okta' ? 'okta' : needs.map((name) => `okta:${name}`).join('+'),
  run: context.run,
  observedAt: context.at,
  leavesOut: exceptionWords(leavesOut(context)) || null,
});

/** The facts after a sync, and those of them that are new versions. */
interface FactRevision {
  /** All current facts, by key. */
  facts: Fact[];
  /** Facts whose value, confidence or source changed: new versions to store. */
  changed: Fact[];
}

/**
 * Replaces earlier facts by fresh ones. An unchanged fact keeps the run that first stated it and
 * gets the time of this sync. A fact that this sync could not state is kept, and becomes stale with
 * age.
 */
export function reviseFacts(
  earlier: readonly Fact[],
  fresh: readonly Fact[],
  context: AssessmentContext,
): FactRevision {
  const before = new Map(earlier.map((one) => [one.key, one]));
  const changed: Fact[] = [];
  const after = new Map(before);
  for (const now of fresh) {
    const was = before.get(now.key);
    const same =
      was?.value === now.value &&
      was.source === now.source &&
      was.confidence === now.confidence &&
      was.leavesOut === now.leavesOut;
    after.set(now.key, same ? { ...was, observedAt: now.observedAt } : now);
    if (!same) changed.push(now);
  }
  return {
    facts: [...after.values()]
      .map((one) => factAt(one, context))
      .toSorted((a, b) => byText(a.key, b.key)),
    changed,
  };
}

/** A fact at a given time: `stale` if it was last confirmed longer ago than its time to live. */
export function factAt(
  one: Fact,
  { at, settings }: Pick<AssessmentContext, 'at' | 'settings'>,
): Fact {
  const age = ageMs(one.observedAt, at);
  return age !== null && age > settings.factTtlMs ? { ...one, confidence: 'stale' } : one;
}
