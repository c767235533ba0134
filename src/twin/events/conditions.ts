/** Evaluates the conditions of event rules. */

import type {
  Condition,
  EntryMatch,
  EventSettings,
  LogEntry,
  Scalar,
  SettingList,
} from './types.ts';

/**
 * Whether an event type matches a rule's type; `user.mfa.*` matches every type below `user.mfa`.
 */
export const isOfType = (eventType: string, wanted: string): boolean =>
  wanted.endsWith('.*') ? eventType.startsWith(wanted.slice(0, -1)) : eventType === wanted;

/** Whether an entry meets every condition of a match. */
export const matchesAll = (
  { when }: EntryMatch,
  entry: LogEntry,
  settings: EventSettings,
): boolean =>
  when.every((condition) => holds(condition, valuesAt(entry, condition.field), settings));

/**
 * The values at a dot path; of lists, every item. Only own keys; absent and null values are
 * omitted.
 */
function valuesAt(value: unknown, path: string): unknown[] {
  return path
    .split('.')
    .reduce<unknown[]>((values, key) => values.flatMap((one) => step(one, key)), [value])
    .filter((found) => found !== null && found !== undefined);
}

function step(value: unknown, key: string): unknown[] {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return [];
  const found: unknown = Reflect.get(value, key);
  return Array.isArray(found) ? found : [found];
}

function holds(condition: Condition, values: readonly unknown[], settings: EventSettings): boolean {
  switch (condition.operator) {
    case 'exists':
      return values.length > 0;
    case 'missing':
      return values.length === 0;
    case 'eq':
      return isAny(values, [condition.value]);
    case 'ne':
      return !isAny(values, [condition.value]);
    case 'in':
      return isAny(values, listOf(condition.value, settings));
    case 'not_in':
      return !isAny(values, listOf(condition.value, settings));
    case 'contains':
      return someText(values, (text) => text.includes(condition.value.toLowerCase()));
    case 'not_contains':
      return !someText(values, (text) => text.includes(condition.value.toLowerCase()));
    case 'starts_with':
      return someText(values, (text) => text.startsWith(condition.value.toLowerCase()));
  }
}

const isAny = (values: readonly unknown[], wanted: readonly Scalar[]): boolean =>
  values.length === 0
    ? wanted.includes(null)
    : values.some((value) => wanted.some((one) => one === value));

const someText = (values: readonly unknown[], test: (lower: string) => boolean): boolean =>
  values.some((value) => typeof value === 'string' && test(value.toLowerCase()));

const SETTINGS: Readonly<Record<SettingList, 'expectedIdps' | 'privilegedGroups'>> = {
  'twin.expected_idps': 'expectedIdps',
  'twin.privileged_groups': 'privilegedGroups',
};

const listOf = (
  value: readonly Scalar[] | { setting: SettingList },
  settings: EventSettings,
): readonly Scalar[] => ('setting' in value ? settings[SETTINGS[value.setting]] : value);
