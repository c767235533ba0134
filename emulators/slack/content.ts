import { isObject } from '../http.ts';
import type { Json } from '../types.ts';
import { jsonArgument, textArgument } from './answers.ts';

const MAX_TEXT = 40_000;
const MAX_BLOCKS = 50;
const MAX_BLOCK_TEXT = 3000;
const MAX_HEADER_TEXT = 150;
const MAX_FIELDS = 10;
const BLOCK_TYPES: readonly string[] = [
  'section',
  'header',
  'divider',
  'context',
  'actions',
  'image',
  'rich_text',
  'markdown',
  'table',
];

/** Text, blocks and metadata of a message, or Slack's error for them. */
type Content =
  { text: string; blocks: Json[]; metadata: Json | null } | { error: string; messages?: string[] };

/** Parses the content of a message, with Slack's limits. */
export function readContent(given: Json): Content {
  const text = textArgument(given, 'text') ?? '';
  const sent = jsonArgument(given, 'blocks');
  const blocks = sent === undefined ? [] : sent;
  const metadata = jsonArgument(given, 'metadata');
  if (text.length > MAX_TEXT) return { error: 'msg_too_long' };
  if (!Array.isArray(blocks)) return { error: 'invalid_blocks_format' };
  if (text === '' && blocks.length === 0) return { error: 'no_text' };
  const problem = blocksProblem(blocks);
  if (problem !== null) return { error: 'invalid_blocks', messages: [`[ERROR] ${problem}`] };
  if (metadata !== undefined && !isMetadata(metadata)) return { error: 'invalid_metadata_format' };
  return { text, blocks: blocks as Json[], metadata: isMetadata(metadata) ? metadata : null };
}

function isMetadata(value: unknown): value is Json {
  return isObject(value) && typeof value.event_type === 'string' && isObject(value.event_payload);
}

function blocksProblem(blocks: readonly unknown[]): string | null {
  if (blocks.length > MAX_BLOCKS)
    return `no more than ${MAX_BLOCKS} items allowed [json-pointer:/blocks]`;
  return blocks.map(blockProblem).find((problem) => problem !== null) ?? null;
}

function blockProblem(block: unknown, index: number): string | null {
  const at = `[json-pointer:/blocks/${index}]`;
  if (!isObject(block) || !BLOCK_TYPES.includes(String(block.type)))
    return `unsupported type: ${isObject(block) ? String(block.type) : 'none'} ${at}`;
  const fields = Array.isArray(block.fields) ? block.fields : [];
  if (fields.length > MAX_FIELDS) return `no more than ${MAX_FIELDS} items allowed ${at}`;
  const max = block.type === 'header' ? MAX_HEADER_TEXT : MAX_BLOCK_TEXT;
  const elements = Array.isArray(block.elements) ? block.elements : [];
  const texts = [block.text, ...fields, ...elements].map((part) => lengthOf(part));
  if (texts.some((length) => length > max)) return `must be less than ${max + 1} characters ${at}`;
  if (block.type === 'section' && block.text === undefined && fields.length === 0)
    return `missing required field: text or fields ${at}`;
  return lengthOf(block.text) === 0 && block.text !== undefined
    ? `must be more than 0 characters ${at}`
    : null;
}

function lengthOf(part: unknown): number {
  return isObject(part) && typeof part.text === 'string' ? part.text.length : 0;
}
