/** Renders decisions, lint findings and test results for the terminal. */

import type { DecisionDocument } from '../../governance/document.ts';
import { groupIn } from '../../governance/authority.ts';
import type { AuthoritySource } from '../../governance/authority.ts';
import type { LintFinding } from '../../governance/lint-finding.ts';
import type { CaseOutcome } from './evaluate-case.ts';
import type { Colors } from '../kit/io.ts';
import { plain, plural } from '../kit/text.ts';

const TONES: Record<DecisionDocument['effect'], (colors: Colors) => (text: string) => string> = {
  allow: ({ green }) => green,
  auto: ({ green }) => green,
  approval: ({ yellow }) => yellow,
  deny: ({ red }) => red,
};
const MEANING: Record<DecisionDocument['effect'], string> = {
  allow: 'is allowed',
  auto: 'is allowed, approved by the policy itself',
  approval: 'needs approval',
  deny: 'is denied',
};

/** An effect in its colour. */
const effectWord = (effect: DecisionDocument['effect'], colors: Colors): string =>
  TONES[effect](colors)(effect);

/** A decision for the terminal, with the deciding policies and what would change it. */
export function decisionText(document: DecisionDocument, colors: Colors): string {
  const { connector, operation, principal, effect, code, risk } = document;
  const asked = plain(`${connector} ${operation} as ${principal}`);
  return [
    `${colors.bold(effectWord(effect, colors).toUpperCase())}  ${asked} ${MEANING[effect]} (${code}, risk ${risk ?? 'unknown'})`,
    ...decisionLines(document),
    ...obligationLines(document),
    ...section('Notes, and what would change the decision', document.hints),
    ...policyLines(document, colors),
    colors.dim(
      `policies ${document.bundleDigest ?? 'none'}${document.argsDigest ? `, arguments ${document.argsDigest}` : ''}`,
    ),
  ].join('\n');
}

const section = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : [`${title}:`, ...lines.map((line) => `  ${plain(line)}`)];

const decisionLines = ({ determining, code }: DecisionDocument): string[] =>
  determining.length === 0
    ? [`No policy decided (${code})`]
    : section(
        'Decided by',
        determining.map(({ policy, file, line }) => `${policy} at ${file}:${line}`),
      );

function obligationLines({ obligations }: DecisionDocument): string[] {
  if (obligations.approval !== 'hitl') return [];
  const lines = obligations.approvers.map(
    ({ policy, any_of, count, hitl_channel }) =>
      `${plural(count, 'approval')} by ${any_of.join(', ') || `${hitl_channel ? `members of ${hitl_channel} or ` : ''}the default approvers`} (${policy})`,
  );
  const times = `within ${obligations.expires_in}; the grant is valid for ${obligations.grant_valid_for}`;
  return section('Needs', [...lines, times]);
}

// Only policies that apply to the operation are listed; the others are counted.
function policyLines({ considered: all }: DecisionDocument, colors: Colors): string[] {
  const applicable = all.filter(({ why }) => why !== 'no match');
  const rest = all.length - applicable.length;
  return [
    ...section(
      'Considered',
      applicable.map(({ policy, why }) => `${policy}: ${why}`),
    ),
    ...(rest > 0
      ? [colors.dim(`${plural(rest, 'other policy', 'other policies')} did not match`)]
      : []),
  ];
}

/** Findings for the terminal, one line each. */
export function lintText(
  findings: readonly LintFinding[],
  policies: number,
  colors: Colors,
): string {
  const tone = { error: colors.red, warning: colors.yellow, info: colors.cyan };
  const lines = findings.map(
    ({ severity, code, policy, file, line, message }) =>
      `${tone[severity](severity)} ${plain(`${file}:${line} ${policy}: ${message}`)} ${colors.dim(`(${code})`)}`,
  );
  const summary = `${plural(policies, 'policy', 'policies')}, ${plural(findings.length, 'finding')}`;
  return [...lines, summary].join('\n');
}

/** The groups from which arx takes authority, one line each with what names them. */
export function authorityLines(sources: readonly AuthoritySource[]): string[] {
  const groups = sources.filter(({ reference }) => groupIn(reference) !== null);
  const named = Map.groupBy(groups, ({ reference }) => reference);
  return [...named].map(([reference, by]) =>
    plain(`changes to ${reference} need people: ${by.map(({ namedBy }) => namedBy).join(', ')}`),
  );
}

/** Outcomes of policy tests for the terminal: the failed cases, and the totals. */
export function testText(items: readonly CaseOutcome[], colors: Colors): string {
  const failed = items.filter(({ ok }) => !ok);
  const lines = failed.flatMap(({ file, line, as, operation, problems }) => [
    `${colors.red('failed')} ${plain(`${file}:${line} ${operation} as ${as}`)}`,
    ...problems.map((problem) => `  ${plain(problem)}`),
  ]);
  const sum = `${plural(items.length - failed.length, 'case')} passed, ${failed.length} failed`;
  return [...lines, failed.length === 0 ? colors.green(sum) : colors.red(sum)].join('\n');
}
