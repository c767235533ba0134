/** Width of text on a terminal, in columns. */

import stringWidth from 'string-width';

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Columns that a text takes; escape sequences take none, wide characters two. */
export const widthOf = (text: string): number => stringWidth(text);

/** The text in at most `width` columns; a cut one ends in an ellipsis. */
export function cutTo(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  return `${takeColumns(text, width - 1).trimEnd()}…`;
}

/**
 * Lines of at most `width` columns, broken between words; a longer word is broken in itself. A
 * command in backticks is one word, so that it can be copied.
 */
export function wrapTo(text: string, width: number): string[] {
  if (widthOf(text) <= width) return [text];
  const lines: string[] = [];
  let line = '';
  for (const word of wordsIn(text).flatMap((part) => breakWord(part, width))) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (widthOf(longer) > width && line !== '') {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line];
}

const wordsIn = (text: string): string[] => text.match(/[^ `]*`[^`]*`[^ `]*|[^ ]+/g) ?? [''];

/**
 * Text whose lines fit a terminal: long ones are continued with the same indentation. Lines that are
 * commands or JSON stay as they are, so that they can be copied.
 */
export function fitLines(text: string, { width }: { width?: number }): string {
  if (width === undefined) return text;
  return text
    .split('\n')
    .flatMap((line) => {
      if (widthOf(line) <= width || TO_COPY.test(line)) return [line];
      const indent = /^ */.exec(line)?.[0] ?? '';
      return wrapTo(line.trimStart(), width - indent.length).map((part) => indent + part);
    })
    .join('\n');
}

const TO_COPY = /^\s*(?:\.?[./\w]*arx |temporal |npm |[{}"[\]])/;

/** A sentence or two, on as many lines as the terminal needs. */
export const paragraph = (text: string, { width = Infinity }: { width?: number }): string =>
  wrapTo(text, width).join('\n');

/** Pieces of a word; after a character at which addresses and ids may be broken, if there is one. */
function breakWord(word: string, width: number): string[] {
  const pieces: string[] = [];
  let rest = word;
  while (widthOf(rest) > width) {
    const most = takeColumns(rest, width);
    const at = Math.max(
      ...['/', '.', '-', '_', '@', ':', ','].map((sign) => most.lastIndexOf(sign)),
    );
    const piece = at > most.length / 2 ? most.slice(0, at + 1) : most;
    pieces.push(piece);
    rest = rest.slice(piece.length);
  }
  return [...pieces, rest];
}

function takeColumns(text: string, width: number): string {
  let taken = '';
  let used = 0;
  for (const { segment } of graphemes.segment(text)) {
    used += widthOf(segment);
    if (used > width && taken !== '') break;
    taken += segment;
  }
  return taken;
}

/** The text followed by spaces up to a width, or preceded by them. */
export function padTo(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const space = ' '.repeat(Math.max(0, width - widthOf(text)));
  return align === 'left' ? text + space : space + text;
}
