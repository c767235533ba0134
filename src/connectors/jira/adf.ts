import type { TextBlock } from '../../mfa/types.ts';

/** A node of the Atlassian Document Format. */
export interface AdfNode {
  type: string;
  text?: string;
  marks?: { type: string; attrs?: Record<string, string> }[];
  content?: AdfNode[];
}

export interface AdfDocument extends AdfNode {
  type: 'doc';
  version: 1;
  content: AdfNode[];
}

/** Characters that a rich text field of Jira holds. */
export const ADF_LIMIT = 32_767;

/**
 * Encodes plain text as a document. Text stands as text: nothing in it becomes markup, a mention or
 * a link.
 */
export const toAdf = (blocks: readonly TextBlock[]): AdfDocument => ({
  type: 'doc',
  version: 1,
  content: blocks.map(toNode),
});

/** Size of the encoded document in characters, to be compared with ADF_LIMIT. */
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

// An empty text node is an invalid document.
const textNodes = (text: string): AdfNode[] => (text === '' ? [] : [{ type: 'text', text }]);

const linkNode = ({ text, url }: { text: string; url: string }): AdfNode => ({
  type: 'text',
  text: text === '' ? url : text,
  marks: [{ type: 'link', attrs: { href: url } }],
});

/**
 * The text of a document, paragraphs apart by line breaks; a string (older comments) is taken as it
 * is.
 */
export function plainText(body: unknown): string {
  if (typeof body === 'string') return body;
  return gather(body, 0).trim();
}

const BLOCKS = new Set([
  'paragraph',
  'heading',
  'listItem',
  'blockquote',
  'codeBlock',
  'hardBreak',
]);
const DEEPEST = 50;

function gather(node: unknown, depth: number): string {
  if (typeof node !== 'object' || node === null || depth > DEEPEST) return '';
  const { type, text, content } = node as { type?: unknown; text?: unknown; content?: unknown };
  const own = typeof text === 'string' ? text : '';
  const inner = Array.isArray(content)
    ? content.map((child: unknown) => gather(child, depth + 1)).join('')
    : '';
  const whole = own + inner;
  return typeof type === 'string' && BLOCKS.has(type) && !whole.endsWith('\n')
    ? `${whole}\n`
    : whole;
}
