import { mkdirSync, writeFileSync } from 'node:fs';
import { format } from 'prettier';
import type { Conditions } from './conditions.ts';
import type { BenchResult, BenchTable, Cell } from './result.ts';

const RESULTS = new URL('../results/', import.meta.url);

/** A result as a Markdown page with aligned tables. */
export function resultText(result: BenchResult, conditions: Conditions): Promise<string> {
  const { name, about, tables, goals } = result;
  const { node, cores, cpu, load, commit, command } = conditions;
  const parts = [
    `# ${name}`,
    about,
    `Node ${node}, ${cores} cores (${cpu}), load ${load} at the start, commit ${commit}; \`${command}\` wrote this.`,
    ...tables.map((table) => `## ${table.title}\n\n${tableText(table)}`),
    `## Goals\n\n${goals.map(({ goal, met }) => `- ${met ? 'met' : 'MISSED'}: ${goal}`).join('\n')}`,
  ];
  return format(parts.join('\n\n'), { parser: 'markdown' });
}

function tableText({ columns, rows }: BenchTable): string {
  const rules = columns.map((_, at) => (isNumeric(rows, at) ? '---:' : '---'));
  return [columns, rules, ...rows].map((row) => `| ${row.map(cellText).join(' | ')} |`).join('\n');
}

const isNumeric = (rows: readonly Cell[][], at: number): boolean =>
  rows.some((row) => typeof row[at] === 'number') &&
  rows.every((row) => typeof row[at] !== 'string');

const cellText = (cell: Cell): string =>
  cell === null
    ? ''
    : typeof cell === 'number'
      ? cell.toLocaleString('en-US', DIGITS)
      : cell.replaceAll('|', '\\|');

const DIGITS = { maximumSignificantDigits: 6 } as const;

/**
 * Writes a result as NAME.md and NAME.json into bench/results, in the form in which the repository
 * keeps them.
 */
export async function record(result: BenchResult, conditions: Conditions): Promise<void> {
  mkdirSync(RESULTS, { recursive: true });
  writeFileSync(new URL(`${result.name}.md`, RESULTS), await resultText(result, conditions));
  const json = JSON.stringify({ ...result, conditions });
  writeFileSync(
    new URL(`${result.name}.json`, RESULTS),
    await format(json, { parser: 'json', printWidth: 120 }),
  );
}
