// Terminal escape sequences: CSI, OSC (ended by BEL or ST), DCS/SOS/PM/APC, and two-character ones;
// then the remaining control characters, and marks that reorder text.
const SEQUENCES =
  // eslint-disable-next-line no-control-regex
  /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|(?:\u001b\]|\u009d)[^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c)?|\u001b[PX^_][^\u001b]*(?:\u001b\\)?|\u001b[ -/]*[0-~]/g;
// eslint-disable-next-line no-control-regex
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029]/g;

/**
 * Text from outside made safe for a terminal: one line, without escape sequences, control
 * characters or bidirectional marks.
 */
export const plain = (value: string): string => value.replace(SEQUENCES, '').replace(CONTROLS, '');

/** Like `plain`, for text of several lines; lines after the first are indented. */
export const plainLines = (value: string, indent = '  '): string =>
  value
    .split('\n')
    .map((line, n) => (n === 0 ? plain(line) : `${indent}${plain(line).trimStart()}`))
    .join('\n');

const NUMBER = new Intl.NumberFormat('en-US');
/** 12345 → `12,345`. */
export const count = (value: number): string => NUMBER.format(value);

/** `1 user`, `2 users`. */
export const plural = (value: number, one: string, many = `${one}s`): string =>
  `${count(value)} ${value === 1 ? one : many}`;

const UNITS: [number, string][] = [
  [86_400, 'd'],
  [3_600, 'h'],
  [60, 'min'],
  [1, 's'],
];
/** 3723 → `1 h 2 min`; the two largest units. */
export function duration(seconds: number | null): string {
  if (seconds === null || !Number.isFinite(seconds)) return 'n/a';
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  let rest = Math.round(seconds);
  const parts: string[] = [];
  for (const [size, unit] of UNITS) {
    const whole = Math.floor(rest / size);
    rest -= whole * size;
    if (whole > 0) parts.push(`${whole} ${unit}`);
  }
  return parts.slice(0, 2).join(' ');
}

/** `2026-03-02T08:00:00.123Z` → `2026-03-02 08:00:00 UTC`. */
export const timeText = (iso: string | null): string =>
  iso === null ? '–' : `${iso.slice(0, 19).replace('T', ' ')} UTC`;
