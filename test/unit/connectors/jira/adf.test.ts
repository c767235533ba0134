import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ADF_LIMIT, adfSize, plainText, toAdf } from '../../../../src/connectors/jira/adf.ts';
import type { TextBlock } from '../../../../src/mfa/types.ts';
import { assertProperty } from '../../../support/properties.ts';

describe('the document encoder', () => {
  it('writes paragraphs, lists and links', () => {
    const blocks: TextBlock[] = [
      { type: 'paragraph', text: 'Hello *world* [~accountid:x]' },
      { type: 'list', items: ['one', ''] },
      { type: 'link', text: 'Policy', url: 'https://example.com/p' },
      { type: 'link', text: '', url: 'https://example.com/q' },
      { type: 'paragraph', text: '' },
    ];
    const text = (value: string) => ({ type: 'text', text: value });
    const link = (value: string, href: string) => ({
      ...text(value),
      marks: [{ type: 'link', attrs: { href } }],
    });
    expect(toAdf(blocks)).toEqual({
      type: 'doc',
      version: 1,
      content: [
        { type: 'paragraph', content: [text('Hello *world* [~accountid:x]')] },
        {
          type: 'bulletList',
          content: [
            { type: 'listItem', content: [{ type: 'paragraph', content: [text('one')] }] },
            { type: 'listItem', content: [{ type: 'paragraph', content: [] }] },
          ],
        },
        { type: 'paragraph', content: [link('Policy', 'https://example.com/p')] },
        { type: 'paragraph', content: [link('https://example.com/q', 'https://example.com/q')] },
        { type: 'paragraph', content: [] },
      ],
    });
  });

  it('computes the length of its output', () => {
    const blocks: TextBlock[] = [{ type: 'paragraph', text: 'x'.repeat(ADF_LIMIT) }];
    expect(adfSize(blocks)).toBe(JSON.stringify(toAdf(blocks)).length);
    expect(adfSize(blocks)).toBeGreaterThan(ADF_LIMIT);
    expect(adfSize([])).toBeLessThan(100);
  });

  it('returns every text unchanged', () => {
    const line = fc
      .string({ unit: 'grapheme', minLength: 1 })
      .filter((text) => text.trim() === text && !/[\n\r]/.test(text));
    assertProperty(
      fc.property(fc.array(line, { minLength: 1, maxLength: 5 }), (lines) => {
        const document = toAdf(lines.map((text) => ({ type: 'paragraph', text })));
        expect(plainText(document)).toBe(lines.join('\n'));
      }),
    );
  });
});

describe('the plain text of a document', () => {
  it('is the text of its nodes, including kinds that arx does not write', () => {
    const document = {
      type: 'doc',
      content: [
        { type: 'heading', content: [{ type: 'text', text: 'Title' }] },
        {
          type: 'bulletList',
          content: [
            {
              type: 'listItem',
              content: [{ type: 'paragraph', content: [{ type: 'text', text: 'a' }] }],
            },
          ],
        },
        {
          type: 'paragraph',
          content: [
            { type: 'text', text: 'b' },
            { type: 'hardBreak' },
            { type: 'text', text: 'c' },
          ],
        },
        { type: 'mystery', attrs: {} },
      ],
    };
    expect(plainText(document)).toBe('Title\na\nb\nc');
  });

  it.each([[null], [undefined], [7], [{}], [{ content: 'x' }], [[]]])('of %j is empty', (body) => {
    expect(plainText(body)).toBe('');
  });

  it('of a string is the string, and endless nesting is harmless', () => {
    expect(plainText('older comment')).toBe('older comment');
    let deep: unknown = { type: 'text', text: 'x' };
    for (let depth = 0; depth < 100_000; depth += 1) deep = { type: 'panel', content: [deep] };
    expect(plainText(deep)).toBe('');
  });
});
