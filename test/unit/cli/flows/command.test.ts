import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseInputs, addFile, readEvent } from '../../../../src/cli/flows/event.ts';
import { exitOf } from '../../../../src/cli/flows/carry-out.ts';
import { progressLines } from '../../../../src/cli/flows/progress.ts';
import { timeAt } from '../../../../src/cli/flows/times.ts';
import { errorDocument, toCliError } from '../../../../src/cli/kit/errors.ts';
import { historyFilter } from '../../../../src/services/flows/history-filter.ts';
import { inputRefusal, refusal } from '../../../../src/services/flows/refusal.ts';
import { OUTCOMES } from '../../../../src/flows/outcome.ts';
import type { FlowStepRecord } from '../../../../src/store/flow-types.ts';
import { flowRun } from '../../../support/flow-runs.ts';
import { ioOf } from '../governed/support.ts';

const { io } = ioOf({});
const folder = mkdtempSync(join(tmpdir(), 'arx-event-'));

it('every outcome has the exit code of the specification', () => {
  const codes = Object.fromEntries(OUTCOMES.map((outcome) => [outcome, exitOf({ outcome })]));
  expect(codes).toEqual({
    succeeded: 0,
    already_in_state: 0,
    unrouted: 0,
    manual: 0,
    planned: 0,
    denied: 5,
    rejected: 6,
    expired: 6,
    stale: 1,
    failed: 1,
    unverified: 1,
  });
  expect(exitOf({ outcome: null })).toBe(0);
});

it.each([
  [refusal('not_found'), 'not_found', 1],
  [refusal('no_run'), 'not_found', 1],
  [refusal('forbidden'), 'forbidden', 5],
  [refusal('not_allowed'), 'not_allowed', 5],
  [refusal('disabled'), 'disabled', 5],
  [refusal('conflict'), 'conflict', 2],
  [refusal('nothing_to_undo'), 'nothing_to_undo', 1],
  [inputRefusal('m', 'inputs.group', 'r'), 'malformed', 2],
])('%s is told as %s, with %i', (thrown, code, exit) => {
  const error = toCliError(thrown);
  expect(error).toMatchObject({ code, exit, message: thrown.message, remedy: thrown.remedy });
});

describe('an event file', () => {
  const write = (text: string): string => {
    const file = join(folder, 'event.json');
    writeFileSync(file, text);
    return file;
  };
  it('is read as JSON, with a byte order mark too', async () => {
    expect(await readEvent(io, write('\uFEFF{"a":[1]}'))).toEqual({ a: [1] });
  });
  it.each([
    ['{"a": 1,\n  b }', { line: 2, column: 3 }],
    ['{"a": 1,\n', { line: 2, column: 1 }],
    ['{"a": "x', { line: 1 }],
    ['', {}],
    ['hello ann@example.com', {}],
  ])('%j is malformed, with its place and without what stands there', async (text, place) => {
    const file = write(text);
    const error = toCliError(await readEvent(io, file).catch((thrown: unknown) => thrown));
    expect(error).toMatchObject({ code: 'malformed', exit: 2, where: { file, ...place } });
    expect(JSON.stringify(errorDocument(error))).not.toContain('ann@');
  });
  it('that is not there, a folder or too big says so', async () => {
    await expect(readEvent(io, join(folder, 'none'))).rejects.toMatchObject({
      code: 'unreadable',
      exit: 2,
    });
    await expect(readEvent(io, folder)).rejects.toMatchObject({ code: 'unreadable', exit: 2 });
    await expect(readEvent(io, write(' '.repeat(1_100_000)))).rejects.toThrow(/1 MB/);
  });
  it('is named where the event is wrong, not where an input is', () => {
    const wrong = toCliError(addFile(inputRefusal('m', 'entityType', 'r'), 'e.json'));
    expect(wrong.where).toEqual({ file: 'e.json', path: 'entityType' });
    expect(toCliError(addFile(inputRefusal('m', 'inputs.group', 'r'), 'e.json')).where).toEqual({
      path: 'inputs.group',
    });
    expect(toCliError(addFile(inputRefusal('m', '', 'r'), '-')).where).toEqual({
      file: 'standard input',
    });
    const other = refusal('conflict');
    expect(addFile(other, 'e.json')).toBe(other);
  });
});

describe('--input', () => {
  it('is name=value, the value as it stands', () => {
    expect(parseInputs(['group=00g1', 'text=a=b', 'empty='])).toEqual({
      group: '00g1',
      text: 'a=b',
      empty: '',
    });
    expect(Object.hasOwn(parseInputs(['__proto__=x']), '__proto__')).toBe(true);
  });
  it.each([[['group']], [['=x']], [['a=1', 'a=2']]])('%j is wrong usage', (given) => {
    expect(() => parseInputs(given)).toThrow(/--input/);
  });
});

describe('what a history is asked for', () => {
  it('is said by one filter: a name alone is a person, keys are agents, and the command line may list more', () => {
    expect(historyFilter({ user: 'ann@example.com', limit: '1000' }, 1_000)).toEqual({
      user: 'user:ann@example.com',
      limit: 1_000,
    });
    expect(historyFilter({ user: 'key:soc' })).toEqual({ user: 'agent:soc', limit: 50 });
    expect(historyFilter({ user: 'agent:soc' })).toEqual({ user: 'agent:soc', limit: 50 });
    expect(() => historyFilter({ limit: '501' })).toThrow(/1 to 500/);
    expect(() => historyFilter({ since: '36h' })).toThrow(/since/);
  });
});

describe('a time of the history', () => {
  const now = (): number => Date.parse('2026-11-22T12:00:00Z');
  it.each([
    ['2026-11-20', '2026-11-20T00:00:00.000Z', '2026-11-20T23:59:59.999Z'],
    ['2026-11-20T08:00:00+02:00', '2026-11-20T06:00:00.000Z', '2026-11-20T06:00:00.000Z'],
    ['36h', '2026-11-21T00:00:00.000Z', '2026-11-21T00:00:00.000Z'],
  ])('%s is %s, or up to %s', (text, first, last) => {
    expect([timeAt('first', now)(text), timeAt('last', now)(text)]).toEqual([first, last]);
  });
  it.each(['yesterday', '2026-13-01', '2026-11-20T08:00', '20', '-1h', ''])(
    '%j is none',
    (text) => {
      expect(() => timeAt('first', now)(text)).toThrow(/Expected/);
    },
  );
});

it('progress shows what was planned, done and verified, always in the same words', () => {
  const step: FlowStepRecord = {
    id: 'suspend',
    operation: 'okta:users:suspend',
    params: {},
    state: 'planned',
    decision: { effect: 'approval', risk: 'HIGH' },
    request: null,
    result: null,
    verified: null,
  };
  const lines = (over: Partial<FlowStepRecord>) =>
    progressLines(flowRun('r', { steps: [{ ...step, ...over }] }));
  expect(progressLines(flowRun('r'))).toEqual([]);
  expect(lines({})).toEqual(['planned: okta:users:suspend at risk HIGH, needs approval']);
  expect(lines({ state: 'done' }).at(-1)).toBe('done: okta:users:suspend, verifying the effect');
  expect(lines({ state: 'done', verified: true }).at(-1)).toBe('verified: okta:users:suspend');
  const child = progressLines(flowRun('c', { parent: 'r', outcome: 'succeeded', steps: [step] }));
  expect(child).toEqual([
    'Okta: planned: okta:users:suspend at risk HIGH, needs approval',
    'Okta: succeeded',
  ]);
});
