import { stripVTControlCharacters } from 'node:util';
import pc from 'picocolors';
import { expect } from 'vitest';
import type { Colors } from '../../../../src/cli/kit/io.ts';
import { fitLines, widthOf } from '../../../../src/cli/kit/width.ts';

/** Colours and width of a terminal; without a width, those of a file. */
export const screen = (width?: number, color = false): Colors => ({
  ...pc.createColors(color),
  ...(width === undefined ? {} : { width }),
});

const WIDTHS = [80, 120] as const;

/**
 * What is printed on terminals of 80 and 120 columns, with and without colour, as one text to
 * compare. No line may be wider than the terminal, and colour must not change the text.
 */
export function screensOf(render: (colors: Colors) => string): string {
  return WIDTHS.map((width) => {
    const shown = (colors: Colors): string => fitLines(render(colors), colors);
    const plain = shown(screen(width));
    const colored = shown(screen(width, true));
    for (const line of plain.split('\n')) expect(widthOf(line), line).toBeLessThanOrEqual(width);
    expect(stripVTControlCharacters(colored)).toBe(plain);
    return `======== ${width} columns\n${plain}\n-------- in colour\n${colored.replaceAll('\u001b', '␛')}\n`;
  }).join('\n');
}
