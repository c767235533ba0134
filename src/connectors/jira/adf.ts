/** Encodes and decodes the Atlassian Document Format (ADF). */

import { fromWiki } from './wiki.ts';
import type { TextBlock } from '../../mfa/types.ts';

/** A node of the Atlassian Document Format. */
interface AdfNode {
  type: string;
  text?: string;
  marks?: { type: string; attrs?: Record<string, string> }[];
  content?: AdfNode[];
}

interface AdfDocument extends AdfNode {
  type: 'doc';
  version: 1;
  content: AdfNode[];
}

/** Maximum number of characters in a rich text field of Jira. */
export const ADF_LIMIT = 32_767;

/** Encodes plain text as a document. Nothing in the text becomes markup, a mention or a link. */
export const toAdf = (blocks: readonly TextBlock[]): AdfDocument => ({
  type: 'doc',
  version: 1,
  content: blocks.map(toNode),
});

/** Size of the encoded document in characters, for comparison with ADF_LIMIT. */
export const adfSize = (blocks: readonly TextBlock[]): number =>
  JSON.stringify(toAdf(blocks)).length;

function toNode(block: TextBlock): AdfNode {
  if (block.type === 'paragraph') return paragraph(textNodes(block.text));
  if (block.type === 'link') return paragraph([linkNode(block)]);
  const items = block.items.map((item) => ({
    type: 'listItem',
    content: [paragraph(textNodes(item))],
  }));
  return { type: 'bulletList', content: items };
}

const paragraph = (content: AdfNode[]): AdfNode => ({ type: 'paragraph', content });

// A text node may be neither empty nor contain a line break.
const textNodes = (text: string): AdfNode[] =>
  text
    .split(/\r\n|[\n\r\u2028\u2029]/)
    .flatMap((line, at): AdfNode[] => [
      ...(at === 0 ? [] : [{ type: 'hardBreak' }]),
      ...(line === '' ? [] : [{ type: 'text', text: line }]),
    ]);

const linkNode = ({ text, url }: { text: string; url: string }): AdfNode => ({
  type: 'text',
  text: text === '' ? url : text,
  marks: [{ type: 'link', attrs: { href: url } }],
});

/**
 * The text of a document, with paragraphs separated by line breaks, or that of wiki markup (Data
 * Center).
 */
export function plainText(body: unknown): string {
  if (typeof body === 'string') return fromWiki(body);
  return collectText(body, 0).trim();
}

const BLOCKS = new Set([
  'paragraph',
  'heading',
  'listItem',
  'blockquote',
  'codeBlock',
  'hardBreak',
]);
const MAX_DEPTH = 50;

function collectText(node: unknown, depth: number): string {
  if (typeof node !== 'object' || node === null || depth > MAX_DEPTH) return '';
  const { type, text, content } = node as { type?: unknown; text?: unknown; content?: unknown };
  const own = typeof text === 'string' ? text : '';
  const inner = Array.isArray(content)
    ? content.map((child: unknown) => collectText(child, depth + 1)).join('')
    : '';
  const whole = own + inner;
  return typeof type === 'string' && BLOCKS.has(type) && !whole.endsWith('\n')
    ? `${whole}\n`
    : whole;
}
