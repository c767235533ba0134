import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { S3Fault, S3Options } from '../../emulators/s3/server.ts';
import { Secret } from '../../src/config/env/secret.ts';
import type { S3SinkSettings } from '../../src/config/env/audit-sink.ts';
import type { IndexedText } from '../../src/store/sink/types.ts';
import { startTestChild } from './children.ts';

const MAIN = fileURLToPath(new URL('../../emulators/s3/main.ts', import.meta.url));
const OPTIONS: S3Options = {
  bucket: 'arx-trail',
  region: 'eu-central-1',
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  objectLock: true,
  ignoresConditions: false,
};

interface StoredObject {
  key: string;
  version: string;
  text: string | null;
  lock: { mode: string; until: number } | null;
}

/** An emulated S3 store in its own process. */
export interface S3Process {
  url: string;
  settings: S3SinkSettings;
  /** What arx reads these credentials from. */
  env: Record<string, string>;
  fault(fault: S3Fault): Promise<void>;
  clear(): Promise<void>;
  objects(): Promise<StoredObject[]>;
  seen(): Promise<{ method: string; key: string; status: number | null }[]>;
  /** Replaces or removes an object behind the back of its lock. */
  tamper(key: string, text: string | null): Promise<void>;
  stop(): void;
}

/** Starts an emulated store with one bucket. */
export async function startS3(options: Partial<S3Options> = {}): Promise<S3Process> {
  const all = { ...OPTIONS, ...options };
  const child = startTestChild(process.execPath, [MAIN, JSON.stringify(all)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [line] = (await once(createInterface({ input: child.stdout! }), 'line')) as [string];
  const { url } = JSON.parse(line) as { url: string };
  const control = async (path: string, body?: string): Promise<unknown> => {
    const answer = await fetch(`${url}/_control/${path}`, {
      method: 'POST',
      ...(body !== undefined && { body }),
    });
    return await answer.json();
  };
  return {
    url,
    settings: settingsOf(all, url),
    env: {
      AWS_ACCESS_KEY_ID: all.accessKeyId,
      AWS_SECRET_ACCESS_KEY: all.secretAccessKey,
    },
    fault: async (fault) => void (await control('fault', JSON.stringify(fault))),
    clear: async () => void (await control('clear')),
    objects: async () => (await control('objects')) as StoredObject[],
    seen: async () => (await control('seen')) as Awaited<ReturnType<S3Process['seen']>>,
    tamper: async (key, text) =>
      void (await control(`tamper?key=${encodeURIComponent(key)}`, text ?? undefined)),
    stop: () => void child.kill(),
  };
}

function settingsOf(options: S3Options, url: string): S3SinkSettings {
  return {
    endpoint: url,
    region: options.region,
    bucket: options.bucket,
    prefix: 'arx/',
    lock: options.objectLock ? { mode: 'compliance', days: 400 } : null,
    accessKeyId: options.accessKeyId,
    secretAccessKey: new Secret(options.secretAccessKey),
    sessionToken: null,
  };
}

/** Every entry of a sink or a trail, in the order of its pages. */
export async function entriesIn(pages: AsyncIterable<IndexedText[]>): Promise<IndexedText[]> {
  const entries: IndexedText[] = [];
  for await (const page of pages) entries.push(...page);
  return entries;
}
