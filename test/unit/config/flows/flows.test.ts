import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadFlowConfig, readFlowConfig } from '../../../../src/config/flows/flow-config.ts';
import { flowBase, loadFlows } from '../../../../src/config/flows/flows.ts';
import { FLOW_CATALOGUE } from '../../../../src/flows/catalogue.ts';
import { stringify } from 'yaml';
import { configErrorOf, directoryWith } from '../../../support/config.ts';
import { REPO } from '../../../support/policies.ts';

const read = (files: Record<string, string>) =>
  readFlowConfig(directoryWith(files), FLOW_CATALOGUE);
const HEAD = 'name: A\nproduct: Okta\ninputs:\n  account: { from: account }\n';
const STEPS = `steps:\n  - id: go\n    operation: okta:users:suspend\n    params: { userId: $account }\n`;
const FLOW = HEAD + STEPS;
const NAMES = [
  ...[
    'Deactivate Salesforce User',
    'Delegated Flow',
    'Disable Entra ID Account',
    'Entra ID: Add User to a Group',
  ],
  ...['Event Hook', 'Okta: Add User to a Group', 'Okta: Reset User Password Upon Next Login'],
  ...['Suspend Google Workspace User', 'Suspend Okta Account'],
];

describe('the shipped flows', () => {
  it('are the nine templates, all valid, each in its own file', () => {
    const { flows, routes, sets } = loadFlowConfig(REPO, FLOW_CATALOGUE);
    expect(flows.map(({ name }) => name)).toEqual(NAMES);
    expect(readdirSync(`${REPO}/flows`)).toHaveLength(9);
    expect(flows.filter(({ enabled }) => !enabled).map(({ name }) => name)).toEqual([
      'Delegated Flow',
    ]);
    expect(flows.filter(({ kind }) => kind === 'routes').map(({ name }) => name)).toEqual([
      'Event Hook',
    ]);
    expect(
      flows.filter(({ steps, undo }) => steps.length > 0 && undo === null).map(({ name }) => name),
    ).toEqual(['Okta: Reset User Password Upon Next Login']);
    expect([routes.length, sets]).toEqual([7, []]);
  });

  it('verify every step that can be verified', () => {
    for (const { steps, verify } of loadFlowConfig(REPO, FLOW_CATALOGUE).flows)
      expect(verify.map(({ step }) => step)).toEqual(
        steps.filter(({ operation }) => FLOW_CATALOGUE.canVerify(operation)).map(({ id }) => id),
      );
  });

  it('are used without a flows folder, with the shipped routes and no resource sets; an empty folder has no flows', () => {
    const bare = read({ 'arx.yaml': 'version: 1' });
    expect([bare.flows.length, bare.routes.length, bare.sets, bare.problems]).toEqual([
      9,
      7,
      [],
      [],
    ]);
    const empty = read({ 'flows/note.txt': '' });
    expect([empty.flows, empty.routes, empty.problems]).toEqual([[], [], []]);
    expect(flowBase('/nowhere/at/all')).toBe(REPO);
  });

  it('load unchanged from their loaded form', () => {
    for (const flow of loadFlowConfig(REPO, FLOW_CATALOGUE).flows) {
      const stated = {
        name: flow.name,
        enabled: flow.enabled,
        ...(flow.product !== null && { product: flow.product }),
        kind: flow.kind,
        inputs: Object.fromEntries(
          Object.entries(flow.inputs).map(([name, { description, ...input }]) => [
            name,
            { ...input, ...(description && { description }) },
          ]),
        ),
        when: flow.when,
        steps: flow.steps.map(({ place: _place, ...step }) => step),
        verify: flow.verify.map(({ step, withinMs }) => ({ step, within: `${withinMs / 1_000}s` })),
        undo:
          flow.undo?.map(({ operation, params, when }) => ({ operation, params, when })) ?? 'none',
      };
      const { flows, problems } = read({ 'flows/x.yaml': stringify(stated) });
      expect(problems).toEqual([]);
      const bare = ({ place: _place, ...step }: (typeof flow.steps)[number]) => step;
      const [again] = flows.map(({ version: _version, place: _place, ...rest }) => rest);
      const { version: _version, place: _place, ...rest } = flow;
      const compared = (one: typeof rest) => ({
        ...one,
        description: null,
        steps: one.steps.map(bare),
        undo: one.undo?.map(bare),
      });
      expect(again && compared(again)).toEqual(compared(rest));
    }
  });
});

describe('loadFlows', () => {
  it('fills in defaults, with the position of each step', () => {
    const [flow] = read({ 'flows/a.yaml': FLOW }).flows;
    expect(flow).toMatchObject({
      enabled: true,
      description: null,
      kind: 'acts',
      inputs: { account: { type: 'id', from: 'account', required: true, description: null } },
      when: [],
      verify: [],
      undo: null,
      place: { file: 'flows/a.yaml', line: 1, column: 1 },
    });
    expect(flow?.steps).toEqual([
      {
        id: 'go',
        operation: 'okta:users:suspend',
        params: { userId: '$account' },
        when: [],
        place: { file: 'flows/a.yaml', line: 6, column: 5 },
      },
    ]);
  });

  it('makes inputs required unless they have a default or are marked optional, and text unless they are the account', () => {
    const inputs = '  a: {}\n  b: { default: x }\n  c: { required: false }\n';
    const [flow] = read({ 'flows/a.yaml': HEAD + inputs + STEPS }).flows;
    expect(Object.values(flow?.inputs ?? {}).map(({ type, required }) => [type, required])).toEqual(
      [
        ...[
          ['id', true],
          ['text', true],
          ['text', false],
          ['text', false],
        ],
      ],
    );
  });

  it('derives the version from the content, not from layout, comments or enabled', () => {
    const version = (yaml: string) => read({ 'flows/a.yaml': yaml }).flows[0]?.version;
    expect(version(FLOW)).toMatch(/^[0-9a-f]{12}$/);
    expect(version(`# note\n${STEPS}enabled: false\n${HEAD}`)).toBe(version(FLOW));
    expect(version(FLOW.replace('suspend', 'unsuspend'))).not.toBe(version(FLOW));
  });

  it('accepts an unfinished flow that is not enabled', () => {
    expect(read({ 'flows/a.yaml': 'name: A\nenabled: false\n' }).problems).toEqual([]);
  });

  it('skips invalid flows, loads the others, and reports each problem once', () => {
    const { flows, routes, problems } = read({
      'flows/a.yaml': FLOW,
      'flows/b.yaml': FLOW.replace('name: A', 'name: B').replace('suspend', 'suspendd'),
      'routing.yaml':
        '- { product: Okta, titles: [x], flow: B }\n- { product: Okta, titles: [y], flow: A }\n',
    });
    expect([flows.map(({ name }) => name), routes.map(({ flow }) => flow)]).toEqual([['A'], ['A']]);
    expect(problems.map(({ code }) => code)).toEqual(['unknown_operation']);
  });

  it('throws the first problem if all flows must be valid', () => {
    const baseDir = directoryWith({
      'flows/b.yaml': `${FLOW}x: 1\n`,
      'flows/a.yaml': 'kind: odd\n',
    });
    const error = configErrorOf(() => loadFlowConfig(baseDir, FLOW_CATALOGUE));
    expect([error.where?.file, error.others.length]).toEqual(['flows/a.yaml', 2]);
    expect(loadFlows(baseDir, FLOW_CATALOGUE).flows).toEqual([]);
  });
});

const swap = (from: string, to: string) => FLOW.replace(from, to);
const more = (lines: string) => FLOW + lines;
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
  ['an empty file', '', 'wrong_value', '1:1', '', /./],
  ['a list', '- name: A\n', 'wrong_value', '1:1', '', /flow/],
  ['invalid YAML', 'name: [\n', 'yaml', '2:1', undefined, /./],
  ['__proto__', more('__proto__: 1\n'), 'yaml', '9:1', undefined, /Remove it/],
  ['no name', swap('name: A\n', ''), 'missing_key', '1:1', 'name', /Add name/],
  [
    'a name that is an asterisk',
    swap('name: A', "name: '*'"),
    'wrong_value',
    '1:7',
    'name',
    /name/,
  ],
  [
    'a name without letters',
    swap('name: A', 'name: "::"'),
    'wrong_value',
    '1:7',
    'name',
    /Add one/,
  ],
  ['an unknown key', more('step: []\n'), 'unknown_key', '9:1', 'step', /Did you mean steps\?/],
  [
    'an unknown product',
    swap('Okta', 'Okt'),
    'wrong_value',
    '2:10',
    'product',
    /Did you mean Okta\?/,
  ],
  ['text for enabled', more('enabled: "no"\n'), 'wrong_value', '9:10', 'enabled', /true or false/],
  ['an unknown kind', more('kind: act\n'), 'wrong_value', '9:7', 'kind', /Did you mean acts\?/],
  [
    'an unknown key of an input',
    swap('{ from: account }', '{ form: account }'),
    'unknown_key',
    '4:14',
    'inputs.account.form',
    /mean from\?/,
  ],
  [
    'an unknown type',
    swap('{ from: account }', '{ type: ids }'),
    'wrong_value',
    '4:20',
    'inputs.account.type',
    /mean id\?/,
  ],
  [
    'an unknown field of the issue',
    swap('{ from: account }', '{ from: issueTitel }'),
    'unknown_field',
    '4:20',
    'inputs.account.from',
    /mean issueTitle\?/,
  ],
  [
    'an account as text',
    swap('{ from: account }', '{ from: account, type: text }'),
    'contradiction',
    '4:20',
    'inputs.account.from',
    /Remove/,
  ],
  [
    'a default of the wrong type',
    swap('{ from: account }\n', '{ from: account }\n  n: { type: integer, default: x }\n'),
    'wrong_value',
    '5:32',
    'inputs.n.default',
    /whole number/,
  ],
  [
    'an input named constructor',
    swap('  account:', '  constructor: {}\n  account:'),
    'wrong_value',
    '4:16',
    'inputs.constructor',
    /./,
  ],
  [
    'a condition without a field',
    more('when: [{ input: acount, is: present }]\n'),
    'unknown_input',
    '9:17',
    'when.0.input',
    /mean account\?/,
  ],
  [
    'an unknown test',
    more('when: [{ input: account, is: equal }]\n'),
    'wrong_value',
    '9:30',
    'when.0.is',
    /mean equals\?/,
  ],
  [
    'a test without a value',
    more('when: [{ input: account, is: equals }]\n'),
    'missing_key',
    '9:8',
    'when.0.value',
    /Add/,
  ],
  [
    'an unexpected value',
    more('when: [{ input: account, is: present, value: 1 }]\n'),
    'wrong_value',
    '9:46',
    'when.0.value',
    /no value/,
  ],
  [
    'one value for a list',
    more('when: [{ input: account, is: one_of, value: a }]\n'),
    'wrong_value',
    '9:45',
    'when.0.value',
    /list/,
  ],
  [
    'a condition of a step without a field',
    more('    when: [{ input: x1, is: present }]\n'),
    'unknown_input',
    '9:21',
    'steps.0.when.0.input',
    /Known/,
  ],
  [
    'no id',
    swap('- id: go\n    operation', '- operation'),
    'missing_key',
    '6:5',
    'steps.0.id',
    /Add/,
  ],
  ['an invalid id', swap('id: go', 'id: Go On'), 'wrong_value', '6:9', 'steps.0.id', /lower-case/],
  [
    'a repeated id',
    more("  - { id: go, operation: 'okta:groups:read' }\n"),
    'duplicate_step',
    '9:11',
    'steps.1.id',
    /rename it/,
  ],
  [
    'an invalid operation',
    swap('okta:users:suspend', 'suspend'),
    'wrong_value',
    '7:16',
    'steps.0.operation',
    /okta:users:suspend/,
  ],
  [
    'an unknown connector',
    swap('okta:users', 'otka:users'),
    'unknown_connector',
    '7:16',
    'steps.0.operation',
    /Did you mean okta\?/,
  ],
  [
    'an unknown operation',
    swap('users:suspend', 'users:supsend'),
    'unknown_operation',
    '7:16',
    'steps.0.operation',
    /mean users:suspend\?/,
  ],
  [
    'parameters as a list',
    swap('{ userId: $account }', '[1]'),
    'wrong_value',
    '8:13',
    'steps.0.params',
    /mapping/,
  ],
  [
    'an unknown input',
    swap('userId: $account', 'userId: $account, groupId: $acount'),
    'unknown_input',
    '8:42',
    'steps.0.params.groupId',
    /mean account\?/,
  ],
  [
    'an unknown name in a text',
    swap('userId: $account', "userId: $account, text: ['{{issueTitel}}']"),
    'unknown_input',
    '8:40',
    'steps.0.params.text.0',
    /mean issueTitle\?/,
  ],
  [
    'another account',
    swap('userId: $account', 'userId: 00u1abcdefghijklmnop'),
    'not_the_account',
    '8:23',
    'steps.0.params.userId',
    /\$account/,
  ],
  [
    'an account named by its name',
    swap('userId: $account', "userId: '{{entityDisplayName}}'"),
    'not_the_account',
    '8:23',
    'steps.0.params.userId',
    /\$account/,
  ],
  [
    'an account without a product',
    swap('product: Okta\n', ''),
    'wrong_connector',
    '6:16',
    'steps.0.operation',
    /product: Okta/,
  ],
  [
    'an account of another product',
    swap('okta:users:suspend', 'entra:users:disable'),
    'wrong_connector',
    '7:16',
    'steps.0.operation',
    /product: AAD/,
  ],
  ['no steps', HEAD, 'no_steps', '1:1', 'enabled', /enabled: false/],
  [
    'steps in a routing flow',
    more('kind: routes\n'),
    'contradiction',
    '6:3',
    'steps',
    /Remove steps/,
  ],
  [
    'an unknown step',
    more('verify: [{ step: og }]\n'),
    'unknown_step',
    '9:18',
    'verify.0.step',
    /mean go\?/,
  ],
  [
    'a step with two verifications',
    more('verify: [{ step: go }, { step: go }]\n'),
    'duplicate_step',
    '9:32',
    'verify.1.step',
    /Remove one/,
  ],
  [
    'a wait that is too long',
    more('verify: [{ step: go, within: 1h }]\n'),
    'wrong_value',
    '9:30',
    'verify.0.within',
    /15m/,
  ],
  [
    'a step that cannot be verified',
    swap('users:suspend', 'users:clear_sessions') + 'verify: [{ step: go }]\n',
    'not_verifiable',
    '9:18',
    'verify.0.step',
    /from verify/,
  ],
  ['an invalid undo', more('undo: never\n'), 'wrong_value', '9:7', 'undo', /none/],
  [
    'an unknown key of an undo',
    more("undo:\n  - { id: x, operation: 'okta:users:unsuspend' }\n"),
    'unknown_key',
    '10:7',
    'undo.0.id',
    /./,
  ],
  [
    'an unknown operation in undo',
    more("undo:\n  - { operation: 'okta:users:unsuspendd' }\n"),
    'unknown_operation',
    '10:18',
    'undo.0.operation',
    /unsuspend\?/,
  ],
  [
    'another account in undo',
    more("undo:\n  - { operation: 'okta:users:unsuspend', params: { userId: '00u2' } }\n"),
    'not_the_account',
    '10:60',
    'undo.0.params.userId',
    /account/,
  ],
];

describe('an invalid flow', () => {
  it.each(ROWS)('with %s is reported with its position', (_what, yaml, code, at, path, remedy) => {
    const { flows, problems } = read({ 'flows/a.yaml': yaml });
    expect(flows).toEqual([]);
    const [problem] = problems;
    expect([
      problem?.code,
      `${problem?.where?.line}:${problem?.where?.column}`,
      problem?.where?.path,
    ]).toEqual([code, at, path]);
    expect(problem?.where?.file).toBe('flows/a.yaml');
    expect(problem?.remedy).toMatch(remedy);
  });

  it('is one whose name yields the principal of another', () => {
    const { problems } = read({
      'flows/a.yaml': FLOW,
      'flows/b.yaml': FLOW.replace('name: A', 'name: a!'),
    });
    expect(problems).toMatchObject([
      { code: 'duplicate_flow', where: { file: 'flows/b.yaml', line: 1, column: 7 } },
    ]);
    expect(problems[0]?.message).toContain('flows/a.yaml:1');
  });
});

const B = 'name: B\nkind: routes\n';
const row = (inner: string) => `- { ${inner} }\n`;
const OK_ROW = 'product: Okta, titles: [x], flow: A';
const ROUTING: Row[] = [
  ['text', 'x\n', 'wrong_value', '1:1', '', /list of routes/],
  ['an unknown key', row(`${OK_ROW}, title: y`), 'unknown_key', '1:42', '0.title', /mean titles\?/],
  [
    'an unknown product',
    row(OK_ROW.replace('Okta', 'okta')),
    'wrong_value',
    '1:14',
    '0.product',
    /mean Okta\?/,
  ],
  [
    'no titles',
    row(OK_ROW.replace('[x]', '[]')),
    'wrong_value',
    '1:28',
    '0.titles',
    /at least one title/,
  ],
  [
    'an unknown flow',
    row(OK_ROW.replace('flow: A', 'flow: AB')),
    'unknown_flow',
    '1:39',
    '0.flow',
    /mean A\?/,
  ],
  [
    'a routing flow',
    row(OK_ROW.replace('flow: A', 'flow: B')),
    'routes_to_router',
    '1:39',
    '0.flow',
    /steps/,
  ],
  [
    'a flow for another product',
    row(OK_ROW.replace('Okta', 'AAD')),
    'wrong_product',
    '1:38',
    '0.flow',
    /product/,
  ],
  [
    'an unknown input',
    row(`${OK_ROW}, inputs: { grup: x }`),
    'unknown_input',
    '1:58',
    '0.inputs.grup',
    /Inputs|mean/,
  ],
  [
    'the account as an input',
    row(`${OK_ROW}, inputs: { account: x }`),
    'contradiction',
    '1:61',
    '0.inputs.account',
    /Remove/,
  ],
  [
    'an input of the wrong type',
    row(`${OK_ROW}, inputs: { count: x }`),
    'wrong_value',
    '1:59',
    '0.inputs.count',
    /whole number/,
  ],
  [
    'a title twice',
    row(OK_ROW) + row(OK_ROW.replace('[x]', "[y, ' X ']")),
    'duplicate_title',
    '2:32',
    '1.titles.1',
    /Remove one/,
  ],
];

describe('an invalid routing table', () => {
  const files = {
    'flows/a.yaml': FLOW.replace('steps:', '  count: { type: integer, default: 1 }\nsteps:'),
    'flows/b.yaml': B,
  };
  it.each(ROUTING)(
    'with %s is reported with its position',
    (_what, yaml, code, at, path, remedy) => {
      const { problems } = read({ ...files, 'routing.yaml': yaml });
      const [problem] = problems;
      expect([problem?.code, `${problem?.where?.line}:${problem?.where?.column}`]).toEqual([
        code,
        at,
      ]);
      expect(problem?.where?.file).toBe('routing.yaml');
      expect((problem?.message ?? '') + (problem?.where?.path ?? '')).toContain(path);
      expect(problem?.remedy).toMatch(remedy);
    },
  );
  it('may be a list, under a key, or empty', () => {
    const routes = (yaml: string) =>
      read({ ...files, 'routing.yaml': yaml }).routes.map(({ flow, inputs }) => [flow, inputs]);
    expect(routes(row(OK_ROW))).toEqual([['A', {}]]);
    expect(routes(`routing:\n  - { ${OK_ROW}, inputs: { count: 3 } }\n`)).toEqual([
      ['A', { count: 3 }],
    ]);
    expect([routes('# nothing\n'), routes('routing: []\n')]).toEqual([[], []]);
    expect(read({ ...files, 'routing.yaml': 'routing: []\nmore: 1\n' }).problems[0]).toMatchObject({
      code: 'unknown_key',
      message: 'routing.yaml has the unknown key more; only routing is allowed',
    });
  });
  it('is not needed: the shipped one applies as far as its flows exist', () => {
    const own = FLOW.replace('name: A', 'name: Suspend Okta Account');
    const { routes, problems } = read({ 'flows/a.yaml': own });
    expect([routes.map(({ flow }) => flow), problems]).toEqual([['Suspend Okta Account'], []]);
  });
});

const OK_SET = "name: s, flows: [A], members: ['user:a@b.c'], permissions: [view]";
const SETS: Row[] = [
  ['text', 'x\n', 'wrong_value', '1:1', '', /list of sets/],
  [
    'an unknown key',
    row(`${OK_SET}, member: []`),
    'unknown_key',
    '1:72',
    '0.member',
    /mean members\?/,
  ],
  ['no name', row(OK_SET.replace('name: s, ', '')), 'missing_key', '1:3', '0.name', /Add/],
  [
    'an unknown flow',
    row(OK_SET.replace('[A]', '[A, AA]')),
    'unknown_flow',
    '1:25',
    '0.flows.1',
    /mean A\?/,
  ],
  [
    'an invalid member',
    row(OK_SET.replace('user:', 'usr:')),
    'wrong_value',
    '1:36',
    '0.members.0',
    /user:LOGIN/,
  ],
  [
    'an unknown permission',
    row(OK_SET.replace('view', 'veiw')),
    'wrong_value',
    '1:65',
    '0.permissions.0',
    /mean view\?/,
  ],
  [
    'no permission',
    row(OK_SET.replace('[view]', '[]')),
    'wrong_value',
    '1:64',
    '0.permissions',
    /at least one/,
  ],
  ['a name twice', row(OK_SET) + row(OK_SET), 'duplicate_set', '2:11', '1.name', /Rename one/],
];

describe('resource_sets.yaml', () => {
  it.each(SETS)('with %s is reported with its position', (_what, yaml, code, at, path, remedy) => {
    const [problem] = read({ 'flows/a.yaml': FLOW, 'resource_sets.yaml': yaml }).problems;
    expect([problem?.code, `${problem?.where?.line}:${problem?.where?.column}`]).toEqual([
      code,
      at,
    ]);
    expect([problem?.where?.file, problem?.where?.path]).toEqual(['resource_sets.yaml', path]);
    expect(problem?.remedy).toMatch(remedy);
  });
  it('accepts bare lists, lists under the key, both spellings of permissions, and * for all flows', () => {
    const yaml = `- name: s\n  flows: ['*']\n  members: ['group:Security Operations', 'key:ispm', 'key:ispm']\n  permissions: [okta.workflows.invoke, okta.workflows.flows.read]\n`;
    const expected = [
      {
        name: 's',
        flows: ['*'],
        members: ['group:Security Operations', 'key:ispm'],
        permissions: ['view', 'run'],
      },
    ];
    expect(read({ 'flows/a.yaml': FLOW, 'resource_sets.yaml': yaml }).sets).toEqual(expected);
    expect(
      read({ 'flows/a.yaml': FLOW, 'resource_sets.yaml': `resource_sets:\n${yaml}` }).sets,
    ).toEqual(expected);
  });
  it('reports paths below the key', () => {
    const yaml = `resource_sets:\n  - { ${OK_SET.replace('[A]', '[B]')} }\n`;
    const [problem] = read({ 'flows/a.yaml': FLOW, 'resource_sets.yaml': yaml }).problems;
    expect(problem?.where).toMatchObject({ line: 2, column: 24, path: 'resource_sets.0.flows.0' });
  });
});
