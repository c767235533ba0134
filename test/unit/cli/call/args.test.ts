import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { argsOf } from '../../../../src/cli/call/args.ts';
import { assertProperty } from '../../../support/properties.ts';

const folder = mkdtempSync(join(tmpdir(), 'arx-args-'));
const file = (text: string): string => {
  const path = join(folder, `${Math.random()}.json`);
  writeFileSync(path, text);
  return path;
};
const valueOf = (text: string): unknown => argsOf([`x=${text}`], undefined)['x'];

describe('a value of --param', () => {
  it.each([
    ['00u1a2b3c4d5e6f7g8h9', '00u1a2b3c4d5e6f7g8h9'],
    ['', ''],
    ['..', '..'],
    ['a=b', 'a=b'],
    ['null', 'null'],
    ['True', 'True'],
    ['true', true],
    ['false', false],
    ['200', 200],
    ['-1.5', -1.5],
    ['0', 0],
    ['007', '007'],
    ['1e3', '1e3'],
    ['12345678901234567890', '12345678901234567890'],
    ['"123"', '123'],
    ['"', '"'],
    ['["a",1]', ['a', 1]],
    ['{"login":"a@b"}', { login: 'a@b' }],
    [' [1]', ' [1]'],
  ])('%s is %j', (text, value) => {
    expect(valueOf(text)).toEqual(value);
  });

  it.each(['[', '{a}', '"a"b"'])('%s starts like JSON and is refused', (text) => {
    expect(() => valueOf(text)).toThrow(/starts like JSON/);
  });

  it('can be forced to be any text', () => {
    assertProperty(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(valueOf(JSON.stringify(text))).toBe(text);
      }),
    );
  });

  it('keeps every number it takes for one', () => {
    const number = fc.stringMatching(/^-?(0|[1-9][0-9]{0,20})$/);
    assertProperty(
      fc.property(number, (text) => {
        const value = valueOf(text);
        expect(typeof value === 'number' ? BigInt(value) : BigInt(`${String(value)}`)).toBe(
          BigInt(text),
        );
      }),
    );
  });
});

describe('parameters', () => {
  it('of a file give way to those given one by one', () => {
    expect(argsOf(['a=1'], file('{"a":2,"b":{"c":null}}'))).toEqual({ a: 1, b: { c: null } });
  });

  it('named like parts of every object are names like others', () => {
    const args = argsOf(['constructor=x'], file('{"__proto__":{"admin":true}}'));
    expect(Object.keys(args).toSorted()).toEqual(['__proto__', 'constructor']);
    expect(({} as Record<string, unknown>)['admin']).toBeUndefined();
  });

  it.each([
    [['x'], undefined, /name=value/],
    [['=x'], undefined, /name=value/],
    [['../x=1'], undefined, /name=value/],
    [['x=1', 'x=2'], undefined, /given twice/],
    [[], '[1]', /not contain a JSON object/],
    [[], 'nonsense', /is not valid JSON/],
    [[], JSON.stringify({ x: 'y'.repeat(70_000) }), /64 KB/],
  ])('%j with file %j are refused', (given, text, message) => {
    expect(() => argsOf(given, text === undefined ? undefined : file(text))).toThrow(message);
  });

  it('of a missing file are refused', () => {
    expect(() => argsOf([], join(folder, 'missing.json'))).toThrow(/cannot be read \(ENOENT\)/);
  });
});
