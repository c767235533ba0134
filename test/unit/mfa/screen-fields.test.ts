import { describe, expect, it } from 'vitest';
import { addressesIn, encodeField } from '../../../src/mfa/screen-fields.ts';
import type { FieldValue, ScreenField } from '../../../src/mfa/screen-fields.ts';
import {
  fillForm,
  fillTemplate,
  inspectScreen,
  isTemplate,
  valuesFor,
} from '../../../src/mfa/ticket-form.ts';

const field = (id: string, more: Partial<ScreenField> = {}): ScreenField => ({
  id,
  name: id,
  required: false,
  hasDefault: false,
  type: 'string',
  items: null,
  isDocument: false,
  allowed: [],
  ...more,
});
const value = (name: string, id: string | null = null, children: string[] = []) => ({
  id,
  name,
  children: children.map((child, at) => ({ id: `c${at}`, name: child, children: [] })),
});
const RED = [value('Red', '1', ['Light', 'Dark']), value('2', '3'), value('Green', '2')];

describe('a value', () => {
  it.each<[string, Partial<ScreenField>, FieldValue, unknown]>([
    ['text', {}, 'x', { kind: 'text', text: 'x' }],
    ['a number for a text field', {}, 7, { kind: 'text', text: '7' }],
    ['text for a document', { isDocument: true }, 'x', { kind: 'document', text: 'x' }],
    ['a number', { type: 'number' }, 7, { kind: 'number', number: 7 }],
    ['a number as text', { type: 'number' }, '7.5', { kind: 'number', number: 7.5 }],
    ['no number', { type: 'number' }, 'seven', 'it takes a number'],
    ['blank text for a number', { type: 'number' }, ' ', 'it takes a number'],
    ['a date', { type: 'date' }, '2026-12-31', { kind: 'text', text: '2026-12-31' }],
    ['no date', { type: 'date' }, 'tomorrow', 'it takes a date such as 2026-01-31'],
    ['an option by name', { type: 'option', allowed: RED }, 'red', { kind: 'choice', id: '1' }],
    ['a name before an id', { type: 'option', allowed: RED }, '2', { kind: 'choice', id: '3' }],
    ['an option by id', { type: 'option', allowed: RED }, '3', { kind: 'choice', id: '3' }],
    ['no option', { type: 'option', allowed: RED }, 'Blue', 'it takes one of Red, 2, Green'],
    ['an option of an open list', { type: 'version' }, '1.0', { kind: 'named', name: '1.0' }],
    [
      'a cascading option',
      { type: 'option-with-child', allowed: RED },
      ['Red', 'dark'],
      { kind: 'choice', id: '1', child: 'c1' },
    ],
    [
      'a wrong second value',
      { type: 'option-with-child', allowed: RED },
      ['Red', 'x'],
      'its second value is one of Light, Dark',
    ],
    [
      'one value for a list',
      { type: 'array', items: 'option', allowed: RED },
      'Green',
      { kind: 'list', items: [{ kind: 'choice', id: '2' }] },
    ],
    ['a list for one value', {}, ['a', 'b'], 'it takes one value, not a list'],
    ['a known user', { type: 'user' }, 'ann@e.com', { kind: 'user', accountId: 'A' }],
    ['a user by id', { type: 'user' }, '5b10', { kind: 'user', accountId: '5b10' }],
    [
      'an unknown user',
      { type: 'user' },
      'bob@e.com',
      'no active Jira user with this address is visible to the account of the token',
    ],
    [
      'a type that arx does not know',
      { type: 'sd-x' },
      'x',
      'arx cannot fill in a field of type sd-x',
    ],
    [
      'a type of the prototype',
      { type: 'constructor' },
      'x',
      expect.stringContaining('cannot fill'),
    ],
  ])('%s', (_, more, given, expected) => {
    const encoded = encodeField(field('f', more), given, new Map([['ann@e.com', 'A']]));
    expect(encoded.ok ? encoded.input : encoded.problem).toEqual(expected);
  });

  it('names only the first of many allowed values', () => {
    const allowed = Array.from({ length: 500 }, (_, at) => value(`v${at}`));
    const encoded = encodeField(field('f', { type: 'option', allowed }), 'x', new Map());
    expect(encoded).toMatchObject({ problem: expect.stringMatching(/v14, or one of 485 others$/) });
  });

  it('is looked up only if it is the address of a user field', () => {
    const screen = [field('a', { type: 'user' }), field('b'), field('c', { items: 'user' })];
    const values = { a: 'x@e.com', b: 'y@e.com', c: ['z@e.com', 'x@e.com', 'id'] };
    expect(addressesIn(screen, values)).toEqual(['x@e.com', 'z@e.com']);
  });
});

describe('a template', () => {
  const ann = { login: 'ann@e.com', department: null, verdict: 'none' };
  it('takes the data of the user, and leaves blank what there is not', () => {
    expect(fillTemplate('{{login}}: {{ verdict }} {{department}}', ann)).toBe('ann@e.com: none');
    expect(fillTemplate('{{login}}', null)).toBe('');
    expect(isTemplate(['a', '{{login}}'])).toBe(true);
    expect(isTemplate('{{constructor}}')).toBe(false);
  });

  it('does not interpret the data of the user', () => {
    expect(fillTemplate('{{login}}', { ...ann, login: '{{verdict}} $& $1' })).toBe(
      '{{verdict}} $& $1',
    );
  });

  it('that is blank for a user leaves the field out', () => {
    expect(valuesFor({ a: '{{department}}', b: ['{{department}}', 'x'], c: 7 }, ann)).toEqual({
      b: ['x'],
      c: 7,
    });
  });
});

describe('a create screen', () => {
  const own = { hasPriority: false, hasDueDate: true };
  const screen = [
    field('summary', { required: true }),
    field('labels'),
    field('description'),
    field('reporter', { required: true }),
    field('priority', { required: true, hasDefault: true }),
    field('a', { required: true }),
  ];

  it('needs what arx and Jira do not fill in', () => {
    expect(inspectScreen(screen, own, new Set())).toMatchObject({
      absent: ['duedate'],
      blocking: [{ id: 'a', problem: expect.stringContaining('Set tickets.fields.a') }],
    });
    expect(inspectScreen(screen, own, new Set(['a'])).blocking).toEqual([]);
  });

  it('names the setting for a due date that is required', () => {
    const more = [...screen, field('duedate', { required: true })];
    expect(
      inspectScreen(more, { hasPriority: false, hasDueDate: false }, new Set(['a'])).blocking,
    ).toMatchObject([{ id: 'duedate', problem: expect.stringContaining('tickets.due_in') }]);
  });

  it('tells absent fields from wrong values', () => {
    const form = fillForm(
      [field('a', { type: 'number', required: true })],
      { a: 'x', b: 'y' },
      new Map(),
    );
    expect(form).toMatchObject({
      fields: {},
      absent: ['b'],
      problems: [{ id: 'a', required: true }],
    });
  });
});
