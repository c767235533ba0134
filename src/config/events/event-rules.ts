/** Loads the rules for security events. */

import type {
  Condition,
  EntryMatch,
  EventRule,
  Follower,
  RuleTrigger,
} from '../../twin/events/types.ts';
import { collect } from '../yaml/collect.ts';
import { durationMs } from '../yaml/durations.ts';
import { ConfigError } from '../errors.ts';
import type { StatedEventRule } from './event-rule-schema.ts';
import { eventRuleFileSchema } from './event-rule-schema.ts';
import { checkSource } from '../yaml/check-source.ts';
import { findFiles } from '../yaml/files.ts';
import type { FoundFile } from '../yaml/files.ts';
import { firstOf, readConfigFile } from '../yaml/load.ts';
import type { PlaceOf } from '../yaml/load.ts';
import { baseOf } from '../yaml/shipped.ts';
import { parseYaml } from '../yaml/yaml-source.ts';
import type { YamlSource } from '../yaml/yaml-source.ts';

/**
 * Where the rule files are: `twin.event_rules` of arx.yaml, and the directory that patterns are
 * relative to.
 */
interface EventRulePlaces {
  patterns: readonly string[];
  baseDir: string;
  /** Finds the place of a configuration key; absent without a configuration file. */
  placeOf?: PlaceOf | undefined;
}

interface Sourced {
  stated: StatedEventRule;
  source: YamlSource;
  /** Position in its file. */
  at: number;
}

/**
 * The directory that patterns are relative to: that of arx.yaml, or that of the rules shipped with
 * arx.
 */
export const eventRuleBase = (patterns: readonly string[], baseDir: string): string =>
  baseOf('rules', patterns, baseDir);

/**
 * The notice shown where no event can be raised, so that disabled detection does not look like an
 * organisation without events.
 */
export const NO_EVENT_RULES =
  'no rules for security events are active (twin.event_rules), so no security event is ever raised';

/**
 * The rules in the files that the patterns name; none without patterns. Throws ConfigError: the
 * first error, with the others in `others`. A pattern that matches no file is an error too, so that
 * a typing error cannot turn detection off.
 */
export function loadEventRules({ patterns, baseDir, placeOf }: EventRulePlaces): EventRule[] {
  const base = eventRuleBase(patterns, baseDir);
  const missing = patterns.filter((pattern) => !matchesAny(pattern, base));
  if (missing.length > 0)
    throw firstOf(missing.map((pattern) => noFile(pattern, { patterns, placeOf })));
  const files = findFiles(patterns, base);
  const read = files.map((file) => collect(() => readRuleFile(file)));
  const sourced = read.flatMap(({ value }) => value ?? []);
  const errors = [
    ...read.flatMap((one) => one.errors),
    ...duplicates(sourced),
    ...sourced.flatMap(contradictions),
  ];
  if (errors.length > 0) throw firstOf(errors);
  return sourced.map(({ stated }) => ruleOf(stated));
}

const matchesAny = (pattern: string, base: string): boolean =>
  (collect(() => findFiles([pattern], base)).value ?? []).length > 0;

function noFile(
  pattern: string,
  { patterns, placeOf }: Pick<EventRulePlaces, 'patterns' | 'placeOf'>,
): ConfigError {
  const path = ['twin', 'event_rules', patterns.indexOf(pattern)];
  const remedy =
    'Correct it or create the file. For the rules shipped with arx, remove twin.event_rules and the folder rules/. For no security events at all, write event_rules: [].';
  return new ConfigError(
    'no_file',
    `twin.event_rules: ${pattern} matches no file`,
    remedy,
    placeOf?.(path) ?? { path: path.join('.') },
  );
}

function readRuleFile(file: FoundFile): Sourced[] {
  const source = parseYaml(readConfigFile(file.path, file.shown), file.shown);
  const checked = checkSource(eventRuleFileSchema, source);
  if (!checked.ok) throw firstOf(checked.errors);
  return checked.value.map((stated, at) => ({ stated, source, at }));
}

function duplicates(rules: readonly Sourced[]): ConfigError[] {
  const seen = new Map<string, Sourced>();
  return rules.flatMap((rule) => {
    const { stated, source, at } = rule;
    const earlier = seen.get(stated.name);
    if (!earlier) {
      seen.set(stated.name, rule);
      return [];
    }
    const { file, line } = earlier.source.keyPlace([earlier.at]);
    const message = `rule ${stated.name} is also defined at ${file}:${line}`;
    return [
      new ConfigError(
        'duplicate_rule',
        message,
        'Rename one of them.',
        source.valuePlace([at, 'name']),
      ),
    ];
  });
}

const DEMANDS = ['threshold', 'followed_by', 'not_followed_by'] as const;

function contradictions({ stated, source, at }: Sourced): ConfigError[] {
  const [, second] = DEMANDS.filter((key) => stated[key] !== undefined);
  if (second === undefined) return [];
  const message = `rule ${stated.name} has more than one of ${DEMANDS.join(', ')}`;
  return [
    new ConfigError(
      'contradiction',
      message,
      'Keep one of them, or write separate rules.',
      source.keyPlace([at, second]),
    ),
  ];
}

const ruleOf = (stated: StatedEventRule): EventRule => ({
  name: stated.name,
  description: stated.description ?? stated.name,
  ...matchOf(stated),
  trigger: demandOf(stated),
  severity: stated.severity,
  tactic: stated.tactic,
  technique: stated.technique,
});

const matchOf = ({ type, when }: Pick<StatedEventRule, 'type' | 'when'>): EntryMatch => ({
  types: [type].flat(),
  // The schema has checked that each value fits its operator.
  when: (when ?? []) as Condition[],
});

function demandOf({ threshold, followed_by, not_followed_by }: StatedEventRule): RuleTrigger {
  if (threshold) {
    const { count, within, by } = threshold;
    return { kind: 'threshold', count, withinMs: durationMs(within), by };
  }
  if (followed_by) return { kind: 'followed', follower: followerOf(followed_by) };
  return not_followed_by
    ? { kind: 'not_followed', follower: followerOf(not_followed_by) }
    : { kind: 'single' };
}

const followerOf = (stated: NonNullable<StatedEventRule['followed_by']>): Follower => ({
  ...matchOf(stated),
  withinMs: durationMs(stated.within),
  by: [stated.by].flat(),
});
