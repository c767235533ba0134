import type { JsonObject } from '../../audit/types.ts';
import type { ApprovalMode, Policy, PolicyBundle, Risk } from '../../governance/types.ts';
import { collect } from '../yaml/collect.ts';
import { parseDuration } from '../yaml/durations.ts';
import type { ConfigError } from '../errors.ts';
import { checkSource } from '../yaml/explain.ts';
import { findFiles } from '../yaml/files.ts';
import type { FoundFile } from '../yaml/files.ts';
import { firstOf, readConfigFile } from '../yaml/load.ts';
import { placesOf } from './policy-places.ts';
import { policyErrors } from './policy-checks.ts';
import { policyFileSchema } from './policy-schema.ts';
import type { StatedPolicy } from './policy-schema.ts';
import { baseOf } from '../yaml/shipped.ts';
import { RISK_WORDS } from '../schema/words.ts';
import { parseYaml } from '../yaml/yaml-source.ts';
import type { YamlSource } from '../yaml/yaml-source.ts';

/**
 * Where policies are, and what the governance room knows of them (its CATALOGUE and bundleDigest
 * fit).
 */
export interface PolicyOptions {
  /** File names, globs or directories. */
  patterns: readonly string[];
  /** Directory that relative patterns start from. */
  baseDir: string;
  catalogue: { connectors: readonly string[] };
  digest: (policies: readonly Policy[]) => string;
}

/**
 * All that was read: policies that are right, errors of those that are not, and the files looked
 * at.
 */
export interface PolicyReading {
  policies: Policy[];
  errors: ConfigError[];
  files: FoundFile[];
}

/** What relative patterns start from: beside arx.yaml, or the policies that ship with arx. */
export const policyBase = (patterns: readonly string[], baseDir: string): string =>
  baseOf('policies', patterns, baseDir);

/** Reads and checks policy files; never throws, errors are in the answer. */
export function readPolicies({
  patterns,
  baseDir,
  catalogue,
}: Omit<PolicyOptions, 'digest'>): PolicyReading {
  const files = collect(() => findFiles(patterns, policyBase(patterns, baseDir)));
  const read = (files.value ?? []).map((file) => collect(() => readPolicyFile(file)));
  const stated = read.flatMap(({ value }) => value ?? []);
  const errors = [files, ...read].flatMap((one) => one.errors);
  return {
    policies: stated.map(({ policy }) => policy),
    errors: [...errors, ...policyErrors(stated, catalogue.connectors)],
    files: files.value ?? [],
  };
}

/**
 * The bundle that the patterns give. Throws ConfigError: the first error, the others in its
 * `others`.
 */
export function loadPolicies(options: PolicyOptions): PolicyBundle & { ok: true } {
  const { policies, errors } = readPolicies(options);
  if (errors.length > 0) throw firstOf(errors);
  return { ok: true, policies, digest: options.digest(policies) };
}

/** As `loadPolicies`, but where it would throw, the bundle that denies everything and says why. */
export function policyBundle(options: PolicyOptions): PolicyBundle {
  const loaded = collect(() => loadPolicies(options));
  if (loaded.value) return loaded.value;
  const [error] = loaded.errors;
  const at = error?.where?.file
    ? ` (${error.where.file}${error.where.line ? `:${error.where.line}` : ''})`
    : '';
  return { ok: false, reason: `${error?.message ?? 'unknown'}${at}`, digest: null };
}

/** A policy with the source it was read from, for checks that point into it. */
export interface SourcedPolicy {
  policy: Policy;
  stated: StatedPolicy;
  source: YamlSource;
  /** Position in its file. */
  at: number;
}

function readPolicyFile(file: FoundFile): SourcedPolicy[] {
  const source = parseYaml(readConfigFile(file.path, file.shown), file.shown);
  const checked = checkSource(policyFileSchema, source);
  if (!checked.ok) throw firstOf(checked.errors);
  return checked.value.map((stated, at) => ({
    policy: policyOf(stated, source, at),
    stated,
    source,
    at,
  }));
}

function policyOf(stated: StatedPolicy, source: YamlSource, at: number): Policy {
  const riskMax = (stated.risk_max ?? 'low').toUpperCase() as Risk;
  return {
    name: stated.name,
    connector: stated.connector,
    principals: stated.principals ?? [],
    operations: stated.operations ?? [],
    deny: stated.deny ?? [],
    riskMax,
    ceiling: stated.ceiling,
    approval: approvalOf(stated.approval, riskMax),
    hitlChannel: stated.hitl_channel ?? null,
    approvers: approversOf(stated.approvers),
    stated: (source.value as JsonObject[])[at] ?? {},
    ...placesOf(source, at),
  };
}

// One word for all levels speaks only of the levels up to the ceiling.
function approvalOf(stated: StatedPolicy['approval'], riskMax: Risk): Policy['approval'] {
  const upTo = RISK_WORDS.indexOf(riskMax.toLowerCase() as (typeof RISK_WORDS)[number]) + 1;
  if (typeof stated === 'string')
    return levels(RISK_WORDS.slice(0, upTo).map((level) => [level, stated]));
  return levels(Object.entries(stated ?? {}).filter(([, mode]) => mode !== undefined));
}

const levels = (entries: readonly (readonly [string, ApprovalMode])[]): Policy['approval'] =>
  Object.fromEntries(entries.map(([level, mode]) => [level.toUpperCase(), mode]));

function approversOf(stated: StatedPolicy['approvers']): Policy['approvers'] {
  if (!stated) return null;
  const ms = (text: string | undefined): number | null =>
    text === undefined ? null : parseDuration(text);
  return {
    any_of: stated.any_of,
    count: stated.count,
    expiresInMs: ms(stated.expires_in),
    grantValidForMs: ms(stated.grant_valid_for),
  };
}
