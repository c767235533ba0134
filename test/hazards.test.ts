import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { HAZARDS, NOT_HERE } from './hazards/table.ts';

const read = (path: string): string => readFileSync(join(import.meta.dirname, '..', path), 'utf8');

describe('each hazard of the main job', () => {
  it.each(HAZARDS)('$area: $hazard: has a test', ({ test: [file, name] }) => {
    const source = read(`test/${file}`);
    const quoted = [`'${name.replaceAll("'", String.raw`\'`)}'`, `"${name}"`, `\`${name}\``];
    expect(quoted.filter((text) => source.includes(text))).not.toEqual([]);
  });

  it.each(HAZARDS)('$area: $hazard: its answer can be taken out', ({ takenOut }) => {
    const elsewhere = takenOut.filter(({ file, from }) => read(file).split(from).length !== 2);
    expect(elsewhere).toEqual([]);
  });

  it('stands once', () => {
    const names = HAZARDS.map(({ hazard }) => hazard);
    expect(new Set(names).size).toBe(names.length);
    expect(Object.keys(NOT_HERE).filter((name) => names.includes(name))).toEqual([]);
  });
});

// Read, not run: what a full cache does to the process shows only with hundreds of large workflows.
it('the worker caps its cache of workflows', () => {
  const cap = /maxCachedWorkflows: ([\d_]+),/.exec(read('src/worker.ts'))?.[1];
  expect(Number(cap?.replaceAll('_', ''))).toBeGreaterThan(10);
  expect(Number(cap?.replaceAll('_', ''))).toBeLessThanOrEqual(500);
});
