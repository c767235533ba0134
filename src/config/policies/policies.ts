import type { PolicyCondition } from '../../governance/conditions.ts';
import type { JsonObject } from '../../audit/types.ts';
import type {
  ApprovalMode,
  Policy,
  PolicyBundle,
  Risk,
  SourcePlace,
} from '../../governance/types.ts';
import { collect } from '../yaml/collect.ts';
import { parseDuration } from '../yaml/durations.ts';
import type { ConfigError } from '../errors.ts';
import { checkSource } from '../yaml/check-source.ts';
import { findFiles } from '../yaml/files.ts';
import type { FoundFile } from '../yaml/files.ts';
import { firstOf, readConfigFile } from '../yaml/load.ts';
import { policyErrors } from './policy-checks.ts';
import { policyFileSchema } from './policy-schema.ts';
import type { StatedPolicy } from './policy-schema.ts';
import { baseOf } from '../yaml/shipped.ts';
import { RISK_WORDS } from '../schema/words.ts';
import { parseYaml } from '../yaml/yaml-source.ts';
import type { YamlSource } from '../yaml/yaml-source.ts';

/**
 * Where the policy files are, and what is needed to check them (CATALOGUE and bundleDigest of
 * `governance` implement it).
 */
export interface PolicyOptions {
  /** File names, globs or directories. */
  patterns: readonly string[];
  /** The directory that patterns are relative to. */
  baseDir: string;
  catalogue: PolicyNames;
  digest: (policies: readonly Policy[]) => string;
}

/** The names that policies may use. */
export interface PolicyNames {
  connectors: readonly string[];
  /** The fields of conditions, beside `args.NAME`. */
  conditionFields: readonly string[];
}

/** The result of reading: the valid policies, the errors of the others, and the files. */
interface PolicyReading {
  policies: Policy[];
  errors: ConfigError[];
  files: FoundFile[];
}

/**
 * The directory that patterns are relative to: that of arx.yaml, or that of the policies shipped
 * with arx.
 */
export const policyBase = (patterns: readonly string[], baseDir: string): string =>
  baseOf('policies', patterns, baseDir);

/** Reads and checks policy files. Never throws; errors are part of the result. */
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
    errors: [...errors, ...policyErrors(stated, catalogue)],
    files: files.value ?? [],
  };
}

/**
 * The bundle of the policies in the files that the patterns name. Throws ConfigError: the first
 * error, with the others in `others`.
 */
export function loadPolicies(options: PolicyOptions): PolicyBundle & { ok: true } {
  const { policies, errors } = readPolicies(options);
  if (errors.length > 0) throw firstOf(errors);
  return { ok: true, policies, digest: options.digest(policies) };
}

/**
 * As `loadPolicies`, but instead of throwing it returns a bundle that denies everything and states
 * why.
 */
export function policyBundle(options: PolicyOptions): PolicyBundle {
  const loaded = collect(() => loadPolicies(options));
  if (loaded.value) return loaded.value;
  const [error] = loaded.errors;
  const at = error?.where?.file
    ? ` (${error.where.file}${error.where.line ? `:${error.where.line}` : ''})`
    : '';
  return { ok: false, reason: `${error?.message ?? 'unknown'}${at}`, digest: null };
}

/** A policy with its source, for errors that give a place in it. */
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
    ...(stated.when && { when: stated.when.map(conditionOf) }),
    riskMax,
    ceiling: stated.ceiling,
    approval: approvalOf(stated.approval, riskMax),
    hitlChannel: stated.hitl_channel ?? null,
    approvers: approversOf(stated.approvers),
    stated: (source.value as JsonObject[])[at] ?? {},
    ...placesOf(source, at),
  };
}

const conditionOf = ({
  field,
  operator,
  value,
}: NonNullable<StatedPolicy['when']>[number]): PolicyCondition =>
  value === undefined ? { field, operator } : { field, operator, value };

// A single mode applies to the levels up to the ceiling only.
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

/** The place of a policy, and of each of its keys and entries. */
function placesOf(source: YamlSource, at: number): Pick<Policy, 'place' | 'places'> {
  const stated = (source.value as Record<string, unknown>[])[at] ?? {};
  const paths = Object.entries(stated).flatMap(([key, value]) => [
    [key],
    ...inner(value).map((part) => [key, part]),
  ]);
  const places = paths.map((path) => [path.join('.'), placeAt(source, [at, ...path])] as const);
  return { place: placeAt(source, [at]), places: Object.fromEntries(places) };
}

const inner = (value: unknown): PropertyKey[] => {
  if (Array.isArray(value)) return value.map((_, index) => index);
  return value !== null && typeof value === 'object' ? Object.keys(value) : [];
};

function placeAt(source: YamlSource, path: readonly PropertyKey[]): SourcePlace {
  const { file = '', line = 1, column = 1 } = source.keyPlace(path);
  return { file, line, column };
}
