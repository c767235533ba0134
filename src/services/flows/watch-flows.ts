import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Logger } from 'pino';
import type { FlowConfig } from './types.ts';
import { readFlowConfig } from '../../config/flows/flow-config.ts';
import type { FlowConfigReading } from '../../config/flows/flow-config.ts';
import { findFiles } from '../../config/yaml/files.ts';
import { flowBase } from '../../config/flows/flows.ts';
import { FLOW_CATALOGUE } from '../../flows/catalogue.ts';

/** The flows, routes and resource sets in force in this process; they follow their files. */
export interface FlowSource {
  flowConfig: () => FlowConfig;
  close: () => void;
}

const CHECK_EVERY_MS = 2_000;
const PATTERNS = ['flows/*.yaml'];
const LISTS = ['routing.yaml', 'resource_sets.yaml'];

/**
 * Reads the files of the flows, and reads them again after a change. At the start, files with errors
 * are skipped and logged. Later, an error is logged and the previous state stays in force.
 */
export function watchFlows(baseDir: string, log: Logger): FlowSource {
  let config: FlowConfigReading = readFlowConfig(baseDir, FLOW_CATALOGUE);
  let stamp = stampOf(baseDir);
  logProblems(log, config);
  const timer = setInterval(() => {
    const seen = stampOf(baseDir);
    if (seen === stamp) return;
    stamp = seen;
    const read = readFlowConfig(baseDir, FLOW_CATALOGUE);
    logProblems(log, read);
    if (read.problems.length === 0) config = read;
  }, CHECK_EVERY_MS);
  timer.unref();
  return { flowConfig: () => config, close: () => clearInterval(timer) };
}

function logProblems(log: Logger, { problems }: FlowConfigReading): void {
  for (const { message, where } of problems) log.error({ where }, `flows: ${message}`);
}

/** Names, sizes and modification times of the files, as one text. */
function stampOf(baseDir: string): string {
  const flows = findFiles(PATTERNS, flowBase(baseDir)).map(({ path }) => path);
  const files = [...flows, ...LISTS.map((name) => resolve(baseDir, name))];
  return files.map((path) => `${path} ${readFileStamp(path)}`).join('\n');
}

function readFileStamp(path: string): string {
  const { mtimeMs, size } = statSync(path, { throwIfNoEntry: false }) ?? { mtimeMs: 0, size: 0 };
  return `${mtimeMs} ${size}`;
}
