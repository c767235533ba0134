import { CLASSES_BY_STRENGTH } from '../mfa/strength.ts';
import { hasAll } from './judge.ts';
import type { Judge } from './judge.ts';
import { ageMs, byText } from './logic.ts';
import { coverageText } from './mfa.ts';
import { emptyTally, ssoApps } from './tally.ts';
import type { Tally } from './tally.ts';
import type { Confidence, Fact, StreamName } from './types.ts';

interface FactRow {
  key: string;
  /** Streams that must all be complete. */
  needs: readonly StreamName[];
  confidence: Exclude<Confidence, 'stale'>;
  value: (tally: Tally) => string;
}

const number = (count: (tally: Tally) => number) => (tally: Tally) => String(count(tally));

/** The facts of an organisation besides `tool:okta`. */
// prettier-ignore
const FACTS: readonly FactRow[] = [
  { key: 'mfa_coverage', needs: ['users'], confidence: 'verified', value: ({ mfa }) => coverageText(mfa) },
  { key: 'mfa_unknown', needs: ['users'], confidence: 'verified', value: number(({ mfa }) => mfa.unknown) },
  { key: 'sso_apps', needs: ['apps'], confidence: 'verified', value: number(ssoApps) },
  { key: 'apps_federated', needs: ['apps'], confidence: 'verified', value: number(({ apps }) => apps.federated) },
  { key: 'apps_password', needs: ['apps'], confidence: 'verified', value: number(({ apps }) => apps.password) },
  { key: 'apps_bookmark', needs: ['apps'], confidence: 'verified', value: number(({ apps }) => apps.bookmark) },
  { key: 'privileged_users', needs: ['users', 'roles'], confidence: 'verified', value: number(({ privileged }) => privileged) },
  { key: 'super_admins', needs: ['users', 'roles'], confidence: 'verified', value: number(({ superAdmins }) => superAdmins) },
  { key: 'stale_accounts', needs: ['users'], confidence: 'derived', value: number(({ stale }) => stale) },
  ...Object.keys(emptyTally().byFactor).map((name): FactRow => ({
    key: `mfa_factor:${name}`, needs: ['users'], confidence: 'verified', value: number(({ byFactor }) => byFactor[name] ?? 0),
  })),
  ...CLASSES_BY_STRENGTH.map((name): FactRow => ({
    key: `mfa_class:${name}`, needs: ['users'], confidence: 'derived', value: number(({ byClass }) => byClass[name]),
  })),
];

/** Facts that this sync may state: those whose streams are all complete. */
export function freshFacts(tally: Tally, judge: Judge): Fact[] {
  const rows = FACTS.filter(({ needs }) => hasAll(judge, needs)).map((row) => {
    const value = row.value(tally);
    return fact({ ...row, value, text: `${row.key}:${value}` }, judge);
  });
  return judge.complete.size === 0 ? [] : [toolFact(judge), ...rows];
}

// That Okta is in use is seen by whatever could be read of it; the key says it all.
const toolFact = (judge: Judge): Fact =>
  fact(
    {
      key: 'tool:okta',
      value: 'connected',
      text: 'tool:okta',
      needs: [...judge.complete].toSorted(),
      confidence: 'verified',
    },
    judge,
  );

type Stated = Omit<FactRow, 'value'> & Pick<Fact, 'value' | 'text'>;

const fact = ({ key, value, text, needs, confidence }: Stated, { run, at }: Judge): Fact => ({
  key,
  value,
  text,
  confidence,
  source: key === 'tool:okta' ? 'okta' : needs.map((name) => `okta:${name}`).join('+'),
  run,
  observedAt: at,
});

/** Facts after a sync, and which of them are new versions. */
export interface FactRevision {
  /** All current facts, by key. */
  facts: Fact[];
  /** Those whose value, confidence or source is not what it was: new versions to keep. */
  changed: Fact[];
}

/**
 * Puts fresh facts in the place of earlier ones. What holds still keeps the run that first saw it
 * and gets the time of this one; what this sync could not state stays, and goes stale by its age.
 */
export function reviseFacts(
  earlier: readonly Fact[],
  fresh: readonly Fact[],
  judge: Judge,
): FactRevision {
  const before = new Map(earlier.map((one) => [one.key, one]));
  const changed: Fact[] = [];
  const after = new Map(before);
  for (const now of fresh) {
    const was = before.get(now.key);
    const same =
      was?.value === now.value && was.source === now.source && was.confidence === now.confidence;
    after.set(now.key, same ? { ...was, observedAt: now.observedAt } : now);
    if (!same) changed.push(now);
  }
  return {
    facts: [...after.values()]
      .map((one) => factAt(one, judge))
      .toSorted((a, b) => byText(a.key, b.key)),
    changed,
  };
}

/**
 * A fact as it counts at a time: `stale` where it was last seen longer ago than its time to live.
 */
export function factAt(one: Fact, { at, settings }: Pick<Judge, 'at' | 'settings'>): Fact {
  const age = ageMs(one.observedAt, at);
  return age !== null && age > settings.factTtlMs ? { ...one, confidence: 'stale' } : one;
}
