import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainText } from '../../../../src/connectors/jira/adf.ts';
import { fromWiki, toWiki } from '../../../../src/connectors/jira/wiki.ts';
import type { TextBlock } from '../../../../src/mfa/types.ts';
import { assertProperty } from '../../../support/properties.ts';

const wikiOf = (text: string): string => toWiki([{ type: 'paragraph', text }]);

describe('wiki markup', () => {
  it('has paragraphs, lists and links', () => {
    const blocks: TextBlock[] = [
      { type: 'paragraph', text: 'Hello' },
      { type: 'list', items: ['one', 'two\nlines'] },
      { type: 'link', text: 'Policy', url: 'https://example.com/p?a=[1|2]' },
      { type: 'link', text: '', url: 'https://example.com/q' },
    ];
    expect(toWiki(blocks)).toBe(
      [
        'Hello',
        '* one\n* two lines',
        '[Policy|https://example.com/p?a=%5B1%7C2%5D]',
        '[https://example.com/q]',
      ].join('\n\n'),
    );
  });

  it.each([
    ['a phrase', '*bold* _it_ ^up^ ~down~', '\\*bold\\* \\_it\\_ \\^up\\^ \\~down\\~'],
    ['a mention', '[~admin]', '\\[\\~admin\\]'],
    ['a macro', '{color:red}x{color}', '&#123;color:red&#125;x&#123;color&#125;'],
    ['monospaced text', '{{x}}', '&#123;&#123;x&#125;&#125;'],
    ['an image', '!http://evil/x.png!', '\\!http&#58;//evil/x.png\\!'],
    ['a link', '[x|http://evil]', '\\[x\\|http&#58;//evil\\]'],
    ['an address', 'see mailto:a@b.example', 'see mailto&#58;a@b.example'],
    ['a table', '||a||', '\\|\\|a\\|\\|'],
    ['a heading', 'h1. Big\nbq. Said', 'h1&#46; Big\nbq&#46; Said'],
    ['a numbered list', '# one\n## two', '&#35; one\n&#35;# two'],
    ['a bullet', '- one', '\\- one'],
    ['a rule', '----', '\\-\\-\\-\\-'],
    ['a citation', '??me??', '&#63;&#63;me&#63;&#63;'],
    ['an emoticon', 'Team (x) :) ;D', 'Team &#40;x) &#58;) &#59;D'],
    ['an escape', '\\\\server\\share \\*', '&#92;&#92;server&#92;share &#92;\\*'],
    ['an entity', '&lt;b&gt; &#42; R&D', '&amp;lt;b&amp;gt; &amp;#42; R&D'],
  ])('reads %s in a text as text', (_what, text, expected) => {
    expect(wikiOf(text)).toBe(expected);
    expect(fromWiki(expected)).toBe(text);
  });

  it('leaves ordinary text as it is', () => {
    const text = 'ann.o-neill_2@example.com: weak only, no strong factor (run 2026-03-02T08:00Z)?';
    expect(wikiOf(text)).toBe(text);
  });

  it('returns every text unchanged', () => {
    const piece = fc.constantFrom(...'\\&#;:()[]{}|*_-+^~!?./ \naDx1', 'h1.', 'mailto:', '://');
    const text = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.array(piece, { maxLength: 20 }).map((pieces) => pieces.join('')),
    );
    assertProperty(
      fc.property(text, (given) => {
        expect(fromWiki(wikiOf(given))).toBe(given);
        expect(plainText(wikiOf(given))).toBe(given);
      }),
    );
  });
});
