/** Checks cron lines. */

const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];

interface Field {
  name: string;
  from: number;
  to: number;
  /** Names allowed instead of numbers; the first one means `from`. */
  names?: readonly string[];
}

const FIELDS: readonly Field[] = [
  { name: 'minute', from: 0, to: 59 },
  { name: 'hour', from: 0, to: 23 },
  { name: 'day of month', from: 1, to: 31 },
  { name: 'month', from: 1, to: 12, names: MONTHS },
  { name: 'day of week', from: 0, to: 7, names: DAYS },
];

/**
 * What is wrong with a five-field cron line; null if it is valid. Lists, ranges, steps, and names
 * of days and months are allowed.
 */
export function cronProblem(cron: string): string | null {
  const parts = cron.trim().split(/\s+/);
  if (parts.length !== FIELDS.length) return `has ${parts.length} fields`;
  const bad = FIELDS.find(
    (field, at) => !(parts[at] ?? '').split(',').every((item) => isItem(item, field)),
  );
  return bad ? `its ${bad.name} is not understood` : null;
}

function isItem(item: string, field: Field): boolean {
  const [range = '', step, ...more] = item.split('/');
  if (more.length > 0 || (step !== undefined && !/^[1-9]\d?$/.test(step))) return false;
  if (range === '*') return true;
  const [first, last, ...rest] = range.split('-').map((text) => valueOf(text, field));
  if (rest.length > 0 || first === undefined || first === null || last === null) return false;
  return last === undefined || first <= last;
}

function valueOf(text: string, { from, to, names }: Field): number | null {
  const named = names?.indexOf(text.toUpperCase()) ?? -1;
  const value = named >= 0 ? named + from : /^\d{1,2}$/.test(text) ? Number(text) : -1;
  return value >= from && value <= to ? value : null;
}
