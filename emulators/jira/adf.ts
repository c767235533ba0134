import { isObject } from '../http.ts';
import type { Json } from '../types.ts';
import type { JiraEdition } from './model.ts';

/**
 * Maximum number of characters of a text field in Jira, counted on the stored document, which is
 * the strictest reading.
 */
const FIELD_LIMIT = 32_767;

const CHILDREN: Record<string, readonly string[]> = {
  doc: [
    'paragraph',
    'heading',
    'bulletList',
    'orderedList',
    'codeBlock',
    'blockquote',
    'panel',
    'rule',
    'table',
    'expand',
  ],
  paragraph: ['text', 'hardBreak', 'mention', 'emoji', 'inlineCard', 'date', 'status'],
  heading: ['text', 'hardBreak', 'emoji', 'inlineCard', 'date', 'status'],
  bulletList: ['listItem'],
  orderedList: ['listItem'],
  listItem: ['paragraph', 'bulletList', 'orderedList', 'codeBlock'],
  codeBlock: ['text'],
  blockquote: ['paragraph', 'bulletList', 'orderedList'],
  panel: ['paragraph', 'heading', 'bulletList', 'orderedList'],
  expand: ['paragraph', 'heading', 'bulletList', 'orderedList', 'table'],
  table: ['tableRow'],
  tableRow: ['tableHeader', 'tableCell'],
  tableHeader: ['paragraph', 'bulletList', 'orderedList'],
  tableCell: ['paragraph', 'bulletList', 'orderedList'],
};
const NEEDS_CHILDREN: readonly string[] = [
  'bulletList',
  'orderedList',
  'listItem',
  'table',
  'tableRow',
];
const MARKS: readonly string[] = [
  'link',
  'strong',
  'em',
  'code',
  'strike',
  'underline',
  'textColor',
  'subsup',
];

/** Why a value is not a valid Atlassian document, in Jira's words; null if it is valid. */
export function adfProblem(value: unknown): string | null {
  if (
    !isObject(value) ||
    value.type !== 'doc' ||
    value.version !== 1 ||
    !Array.isArray(value.content)
  ) {
    return 'Operation value must be an Atlassian Document (see the Atlassian Document Format)';
  }
  if (!validNode(value)) return 'INVALID_INPUT';
  if (JSON.stringify(value).length > FIELD_LIMIT) return 'CONTENT_LIMIT_EXCEEDED';
  return null;
}

/** Why a value is not valid as rich text of the edition, in Jira's words; null if it is valid. */
export function richTextProblem(edition: JiraEdition, value: unknown): string | null {
  if (edition === 'cloud') return adfProblem(value);
  if (typeof value !== 'string') return 'Operation value must be a string';
  return value.length > FIELD_LIMIT
    ? 'The entered text is too long. It exceeds the allowed limit of 32,767 characters.'
    : null;
}

function validNode(node: Json): boolean {
  const type = String(node.type);
  if (type === 'text')
    return typeof node.text === 'string' && /^[^\n\r]+$/.test(node.text) && validMarks(node.marks);
  const allowed = CHILDREN[type];
  if (!allowed) return node.content === undefined;
  const children = node.content ?? [];
  if (!Array.isArray(children) || (NEEDS_CHILDREN.includes(type) && children.length === 0))
    return false;
  return children.every(
    (child) => isObject(child) && allowed.includes(String(child.type)) && validNode(child),
  );
}

function validMarks(marks: unknown): boolean {
  if (marks === undefined) return true;
  return (
    Array.isArray(marks) &&
    marks.every(
      (mark) => isObject(mark) && MARKS.includes(String(mark.type)) && linkHasTarget(mark),
    )
  );
}

function linkHasTarget(mark: Json): boolean {
  return (
    mark.type !== 'link' ||
    (isObject(mark.attrs) && typeof mark.attrs.href === 'string' && mark.attrs.href !== '')
  );
}

/** Plain text of a document, with each block on its own line; wiki markup as it is. */
export function adfText(node: unknown): string {
  if (typeof node === 'string') return node;
  if (!isObject(node)) return '';
  if (node.type === 'text') return String(node.text);
  if (node.type === 'hardBreak') return '\n';
  const parts = Array.isArray(node.content) ? node.content.map(adfText) : [];
  const inline = ['paragraph', 'heading', 'codeBlock'].includes(String(node.type));
  return parts.join(inline ? '' : '\n');
}
