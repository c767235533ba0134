import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { eventRuleBase, loadEventRules } from '../../../../src/config/events/event-rules.ts';
import { configErrorOf, directoryWith, textOf } from '../../../support/config.ts';
import { REPO } from '../../../support/policies.ts';

const load = (files: Record<string, string>, patterns = ['rules/*.yaml']) =>
  loadEventRules({ patterns, baseDir: directoryWith(files) });
const small = (name: string) =>
  `- { name: ${name}, type: a.b, severity: low, tactic: Impact, technique: T1531 }\n`;
const page = readFileSync(`${REPO}/docs/security-events.md`, 'utf8');

describe('loadEventRules', () => {
  it('loads the shipped rules if the default folder does not exist, and none only if the list is empty', () => {
    expect(load({ 'arx.yaml': 'version: 1' })).toHaveLength(36);
    expect(load({ 'rules/a.yaml': small('a') }, [])).toEqual([]);
    expect(eventRuleBase(['rules/*.yaml'], '/nowhere/at/all')).toBe(REPO);
  });

  it('reads the rules of several files, with defaults filled in', () => {
    const sequence = `${small('b').replace(' }', ', followed_by: { type: c.* } }')}`;
    expect(load({ 'rules/1.yaml': small('a'), 'rules/2.yaml': sequence })).toEqual([
      {
        name: 'a',
        description: 'a',
        types: ['a.b'],
        when: [],
        trigger: { kind: 'single' },
        severity: 'low',
        tactic: 'Impact',
        technique: 'T1531',
      },
      expect.objectContaining({
        name: 'b',
        trigger: {
          kind: 'followed',
          follower: { types: ['c.*'], when: [], withinMs: 1_800_000, by: ['person'] },
        },
      }),
    ]);
  });
});

describe('a pattern that matches no file', () => {
  const placeOf = (path: readonly PropertyKey[]) => ({
    file: 'arx.yaml',
    line: 3,
    column: 7,
    path: path.join('.'),
  });
  it.each([
    ['an empty folder with the default name', { 'rules/note.txt': '' }, ['rules/*.yaml'], 0],
    [
      'a glob beside one that matches files',
      { 'rules/a.yaml': small('a') },
      ['rules/*.yaml', 'nope/*.yaml'],
      1,
    ],
    ['an empty folder', { 'own/note.txt': '' }, ['own'], 0],
    ['a file that does not exist', {}, ['mine/rules.yaml'], 0],
  ])('is refused with its position: %s', (_, files, patterns, at) => {
    const baseDir = directoryWith(files as Record<string, string>);
    const error = configErrorOf(() => loadEventRules({ patterns, baseDir, placeOf }));
    expect(error).toMatchObject({ code: 'no_file', where: placeOf(['twin', 'event_rules', at]) });
    expect(`${error.message} ${error.remedy}`).toMatch(/matches no file .*event_rules: \[\]/);
    expect(error.message).toContain(patterns[at]);
  });
});

describe('docs/security-events.md', () => {
  it('shows rules that load', () => {
    const [, yaml = ''] = /```yaml\n([^]*?)```/.exec(page) ?? [];
    expect(load({ 'rules/page.yaml': yaml }).map(({ trigger: demand }) => demand.kind)).toEqual([
      'single',
      'threshold',
      'followed',
    ]);
  });

  it('lists every shipped rule', () => {
    const rows = [
      ...page.matchAll(/^\| `([^`]+)` +\| (.*?) +\| (\w+) +\| ([\w ]+?) +\| (T[\d.]+) +\|$/gm),
    ];
    expect(rows.map(([, ...cells]) => cells)).toEqual(
      load({}).map(({ name, description, severity, tactic, technique }) => [
        ...[name, description, severity, tactic, technique],
      ]),
    );
  });
});

const CANARY = 'canary-00aBcDeFsEcReT';
const head = '- name: a\n  type: a.b\n  severity: low\n  tactic: Impact\n  technique: T1531\n';
const when = (condition: string) => `${head}  when:\n    - ${condition}\n`;
/** The mistake, the file, and the expected code, line:column, path and remedy. */
type Row = [
  what: string,
  yaml: string,
  code: string,
  at: string,
  path: string | undefined,
  remedy: RegExp,
];
const ROWS: Row[] = [
  ['an empty file', '', 'wrong_value', '1:1', '', /list of rules/],
  ['a mapping', 'name: a\n', 'wrong_value', '1:1', '', /list of rules/],
  ['invalid YAML', '- name: [\n', 'yaml', '2:1', undefined, /./],
  ['no name', head.replace('name: a\n  ', ''), 'missing_key', '1:3', '0.name', /Add 0\.name/],
  ['no type', head.replace('  type: a.b\n', ''), 'missing_key', '1:3', '0.type', /Add 0\.type/],
  ['an invalid type', head.replace('a.b', 'a.*.b'), 'wrong_value', '2:9', '0.type', /event type/],
  ['no types', head.replace('a.b', '[]'), 'wrong_value', '2:9', '0.type', /event type/],
  [
    'an unknown key',
    `${head}  treshold: 3\n`,
    'unknown_key',
    '6:3',
    '0.treshold',
    /Did you mean threshold\?/,
  ],
  [
    'an unknown severity',
    head.replace('low', 'hihg'),
    'wrong_value',
    '3:13',
    '0.severity',
    /Did you mean high\?/,
  ],
  [
    'an unknown tactic',
    head.replace('Impact', 'Impcat'),
    'wrong_value',
    '4:11',
    '0.tactic',
    /mean Impact\?/,
  ],
  [
    'an unknown technique',
    head.replace('T1531', '1531'),
    'wrong_value',
    '5:14',
    '0.technique',
    /T1098/,
  ],
  ['a condition as text', when('outcome'), 'wrong_value', '7:7', '0.when.0', /mapping/],
  [
    'an unknown field',
    when('{ field: outcom, operator: exists }'),
    'wrong_value',
    '7:16',
    '0.when.0.field',
    /mean outcome\?/,
  ],
  [
    'the name of a property of every object',
    when('{ field: constructor, operator: exists }'),
    'wrong_value',
    '7:16',
    '0.when.0.field',
    /eventType/,
  ],
  [
    'an unknown operator',
    when('{ field: outcome, operator: startswith, value: S }'),
    'wrong_value',
    '7:35',
    '0.when.0.operator',
    /Did you mean starts_with\?/,
  ],
  [
    'an unknown key of a condition',
    when('{ field: outcome, operator: eq, valeu: S, value: S }'),
    'unknown_key',
    '7:39',
    '0.when.0.valeu',
    /Did you mean value\?/,
  ],
  [
    'no value',
    when('{ field: outcome, operator: eq }'),
    'missing_key',
    '7:7',
    '0.when.0.value',
    /Add/,
  ],
  [
    'an unexpected value',
    when('{ field: outcome, operator: exists, value: 1 }'),
    'wrong_value',
    '7:50',
    '0.when.0.value',
    /no value/,
  ],
  [
    'one value for a list',
    when('{ field: outcome, operator: in, value: S }'),
    'wrong_value',
    '7:46',
    '0.when.0.value',
    /list of values/,
  ],
  [
    'a list for one value',
    when('{ field: outcome, operator: eq, value: [S] }'),
    'wrong_value',
    '7:46',
    '0.when.0.value',
    /text, a number/,
  ],
  [
    'a number to look for in text',
    when('{ field: reason, operator: contains, value: 7 }'),
    'wrong_value',
    '7:51',
    '0.when.0.value',
    /text/,
  ],
  [
    'text for true or false',
    when('{ field: isProxy, operator: eq, value: "true" }'),
    'wrong_value',
    '7:46',
    '0.when.0.value',
    /true, false/,
  ],
  [
    'an unknown setting',
    when('{ field: idps, operator: in, value: { setting: twin.expected_idp } }'),
    'wrong_value',
    '7:54',
    '0.when.0.value.setting',
    /mean twin\.expected_idps\?/,
  ],
  [
    'a threshold of one',
    `${head}  threshold: { count: 1, within: 5m, by: actor }\n`,
    'wrong_value',
    '6:23',
    '0.threshold.count',
    /from 2/,
  ],
  [
    'a threshold without a time',
    `${head}  threshold: { count: 3, by: actor }\n`,
    'missing_key',
    '6:14',
    '0.threshold.within',
    /Add/,
  ],
  [
    'an invalid time',
    `${head}  threshold: { count: 3, within: 5 min, by: actor }\n`,
    'wrong_value',
    '6:34',
    '0.threshold.within',
    /duration/,
  ],
  [
    'a threshold by an unknown field',
    `${head}  threshold: { count: 3, within: 5m, by: actr }\n`,
    'wrong_value',
    '6:42',
    '0.threshold.by',
    /mean actor\?/,
  ],
  [
    'a sequence without a type',
    `${head}  followed_by: { within: 5m }\n`,
    'missing_key',
    '6:16',
    '0.followed_by.type',
    /Add/,
  ],
  [
    'a threshold and a sequence',
    `${head}  threshold: { count: 3, within: 5m, by: ip }\n  followed_by: { type: a.c }\n`,
    'contradiction',
    '7:3',
    '0.followed_by',
    /separate rules/,
  ],
  [
    'two rules with the same name',
    small('a') + small('a'),
    'duplicate_rule',
    '2:11',
    '1.name',
    /Rename one/,
  ],
];

describe('invalid rules', () => {
  it.each(ROWS)('%s', (_, yaml, code, at, path, remedy) => {
    const error = configErrorOf(() => load({ 'rules/x.yaml': yaml }));
    const { file, line, column, path: found } = error.where ?? {};
    expect({ code: error.code, file, at: `${line}:${column}`, path: found }).toEqual({
      code,
      file: 'rules/x.yaml',
      at,
      path,
    });
    expect(error.remedy).toMatch(remedy);
    // The required keys of a rule have no default, and neither does a file of rules.
    if (/technique|severity|name|type$|^$/.test(path ?? ''))
      expect(error.remedy).not.toMatch(/remove the key/);
  });

  it('are all reported, in all files, without quoting values', () => {
    const bad = head.replace('low', CANARY);
    const error = configErrorOf(() =>
      load({ 'rules/a.yaml': bad, 'rules/b.yaml': bad, 'rules/c.yaml': small('a') }),
    );
    expect([error, ...error.others].map(({ where }) => where?.file)).toEqual([
      'rules/a.yaml',
      'rules/b.yaml',
    ]);
    expect(textOf(error)).not.toContain(CANARY);
    expect(configErrorOf(() => load({}, ['mine/rules.yaml'])).code).toBe('no_file');
  });
});
