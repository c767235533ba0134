import { describe, expect, it } from 'vitest';
import { ArgumentError, benchArguments, usage } from '../../../bench/support/arguments.ts';

const KNOWN = ['quota', 'scan'];

describe('the command line of the benchmarks', () => {
  it('runs all, at their own sizes, and records without a word', () => {
    expect(benchArguments([], KNOWN)).toEqual({
      names: [],
      options: { users: undefined, windows: undefined, windowMs: undefined, million: false },
      record: true,
      help: false,
    });
  });

  it('takes names and sizes in any order', () => {
    const words = [
      '--users',
      '50',
      'scan',
      '--windows=3',
      '--window-ms',
      '60000',
      '--million',
      '--no-record',
      'quota',
    ];
    expect(benchArguments(words, KNOWN)).toEqual({
      names: ['scan', 'quota'],
      options: { users: 50, windows: 3, windowMs: 60_000, million: true },
      record: false,
      help: false,
    });
  });

  it.each([
    [['scans'], 'there is no benchmark scans; there are quota, scan'],
    [['--user', '5'], "Unknown option '--user'"],
    [['--users', '0'], "--users must be a whole number of at least 1, not '0'"],
    [['--users', '1e3'], "--users must be a whole number of at least 1, not '1e3'"],
    [['--windows'], '--windows'],
  ])('refuses %j by name', (words, message) => {
    expect(() => benchArguments(words, KNOWN)).toThrow(ArgumentError);
    expect(() => benchArguments(words, KNOWN)).toThrow(message);
  });

  it('names every benchmark in its help', () => {
    expect(usage(KNOWN)).toContain('names: quota, scan');
  });
});
