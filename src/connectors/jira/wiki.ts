/** Encodes and decodes Jira's wiki markup, the rich text of Data Center. */

import type { TextBlock } from '../../mfa/types.ts';

/** Encodes plain text as wiki markup. Nothing in the text becomes markup, a mention or a link. */
export const toWiki = (blocks: readonly TextBlock[]): string => blocks.map(toBlock).join('\n\n');

function toBlock(block: TextBlock): string {
  if (block.type === 'list') return block.items.map((item) => `* ${onOneLine(item)}`).join('\n');
  if (block.type === 'paragraph') return escapeWiki(block.text);
  // Brackets and bars would end the link early.
  const url = block.url.replace(/[[\]|{}\\\s]/g, (found) => encodeURIComponent(found));
  return block.text === '' ? `[${url}]` : `[${onOneLine(block.text)}|${url}]`;
}

const onOneLine = (text: string): string => escapeWiki(text.replace(/\s*[\r\n]+\s*/g, ' '));

/** What wiki markup would read as markup, each found as one character. */
const MARKUP = new RegExp(
  [
    // Entities, escapes, phrases, links, images, macros and tables.
    String.raw`&(?=#?\w+;)|[\\{}[\]|*^~!]`,
    // Phrases begin and end at the edges of words only; a line of hyphens is a rule.
    String.raw`(?<![\p{L}\p{Nd}])[-_+]|[-_+](?![\p{L}\p{Nd}])|\?(?=\?)|(?<=\?)\?`,
    // At the start of a line: numbered lists, headings and quotations.
    String.raw`(?<=^\s*)#|(?<=^\s*(?:h[1-6]|bq))\.`,
    // Addresses.
    String.raw`:(?=\/\/)|(?<=\b(?:mailto|file|news|skype|callto)):`,
    // Emoticons.
    String.raw`[:;](?=-?[()DPp|\\/])|\((?=(?:[ynix/!+?-]|on|off|\*[rgby]?|flag|flagoff)\))`,
  ].join('|'),
  'gmu',
);
/** The characters that Jira takes literally after a backslash. Two such braces are still markup. */
const ESCAPABLE = /[[\]|*^~!_+-]/;

/** Escapes markup: by a backslash where Jira knows that, otherwise by an entity. */
const escapeWiki = (text: string): string =>
  text.replace(MARKUP, (found) => {
    if (found === '&') return '&amp;';
    return ESCAPABLE.test(found) ? `\\${found}` : `&#${found.charCodeAt(0)};`;
  });

const ESCAPED = /\\([^\p{L}\p{Nd}\s])|&#(\d{1,4});|&amp;/gu;

/** The text of wiki markup as `toWiki` writes it. Other markup stays as it is. */
export const fromWiki = (markup: string): string =>
  markup.replace(ESCAPED, (_whole, literal?: string, code?: string) =>
    code === undefined ? (literal ?? '&') : String.fromCharCode(Number(code)),
  );
