import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { JournalEffect } from '../../../../src/audit/types.ts';
import { createFileSink } from '../../../../src/store/sink/file-sink.ts';
import { createS3Sink } from '../../../../src/store/sink/s3-sink.ts';
import { Shipper } from '../../../../src/store/sink/shipper.ts';
import { openSinkJournal } from '../../../../src/store/sink/sink-journal.ts';
import type { AuditSink } from '../../../../src/store/sink/types.ts';
import type { Store, StoreTransaction } from '../../../../src/store/types.ts';
import { draftOf } from '../../../support/audit.ts';
import { entriesIn, startS3 } from '../../../support/s3.ts';
import type { S3Process } from '../../../support/s3.ts';
import { describeOnStores } from '../../../support/stores.ts';

/** A busy store is asked several times, with pauses. */
const SLOW = { timeout: 15_000 };
const KILLED = fileURLToPath(new URL('../support/sink-process.ts', import.meta.url));
let s3: S3Process;
let folder: string;
let prefix = 0;

beforeAll(async () => {
  s3 = await startS3();
});
afterAll(() => s3.stop());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'arx-sink-'));
  prefix += 1;
});
afterEach(async () => {
  await s3.clear();
  rmSync(folder, { recursive: true });
});

const FILE = (): AuditSink => createFileSink(join(folder, 'below', 'trail.jsonl'));
const S3 = (): AuditSink => createS3Sink({ ...s3.settings, prefix: `trail-${prefix}/` });
const textsIn = async (sink: AuditSink): Promise<string[]> => {
  const entries = await entriesIn(sink.pages());
  expect(entries.map(({ index }) => index)).toEqual(entries.map((_, n) => n));
  return entries.map(({ text }) => text);
};
const textsOf = async (store: Store): Promise<string[]> =>
  (await entriesIn(store.audit.pages(100))).map(({ text }) => text);
const record = (store: Store, first: number, count: number) =>
  store.journal.append(
    Array.from({ length: count }, (_, n) => draftOf({ subject: `user-${first + n}` })),
  );

/** An effect that writes a row, which shows whether it has run. */
const noteMessage = (run: string): JournalEffect => {
  const effect = async (tx: StoreTransaction): Promise<void> => {
    await tx
      .insertInto('messages')
      .values({ run, channel: 'C1', ts: null, state: 'intended', attempt: 1 })
      .execute();
  };
  return effect;
};

describeOnStores('the sink of the trail', (source) => {
  describe.each([
    ['a file', FILE],
    ['an S3 store', S3],
  ])('in %s', (_, create) => {
    it('receives every entry once and in order, although several processes ship', async () => {
      const store = await source.fresh();
      const other = await source.again();
      await record(store, 0, 40);
      const shippers = [store, other, store].map(
        (one) => new Shipper({ store: one, sink: create() }),
      );
      await Promise.all(shippers.map((shipper) => shipper.flush()));
      await record(other, 40, 3);
      await Promise.all(shippers.map((shipper) => shipper.flush()));
      expect(await textsIn(create())).toEqual(await textsOf(store));
      expect(await store.auditSinks.find(create().name)).toMatchObject({ entries: 43 });
    });

    it('goes on where it is, if the store does not know of the last copy', async () => {
      const store = await source.fresh();
      await record(store, 0, 5);
      const sink = create();
      await sink.append(0, (await textsOf(store)).slice(0, 3));
      await new Shipper({ store, sink: create() }).flush();
      expect(await textsIn(sink)).toEqual(await textsOf(store));
    });

    it('is not continued if it has other entries than the store', async () => {
      const store = await source.fresh();
      await record(store, 0, 2);
      await create().append(0, ['{"hash":"of another trail"}']);
      const shipper = new Shipper({ store, sink: create() });
      await expect(shipper.flush()).rejects.toMatchObject({ code: 'sink_conflict' });
      expect(await textsIn(create())).toEqual(['{"hash":"of another trail"}']);
    });

    it('is not continued if it has entries that the store does not have', async () => {
      const store = await source.fresh();
      await record(store, 0, 1);
      const [first] = await textsOf(store);
      await create().append(0, [first!, '{"hash":"cut off in the store"}']);
      const shipper = new Shipper({ store, sink: create() });
      await expect(shipper.flush()).rejects.toMatchObject({
        code: 'sink_conflict',
        message: expect.stringContaining('does not have') as string,
      });
    });
  });

  it('catches up after a time without the store of objects', async () => {
    const store = await source.fresh();
    const failures: string[] = [];
    const { journal, close } = openSinkJournal(store, S3(), {
      required: false,
      report: ({ message }) => failures.push(message),
      periodMs: 20,
    });
    await s3.fault({ status: 503, code: 'SlowDown' });
    for (let n = 0; n < 10; n += 1)
      await journal.append([draftOf({ subject: `user-${n}` })], undefined, { before: 'call' });
    await expect.poll(() => failures.length, SLOW).toBe(1);
    expect(failures[0]).toMatch(/^s3:.* answered 503 SlowDown$/);
    await s3.clear();
    await expect.poll(() => store.auditSinks.find(S3().name), SLOW).toMatchObject({ entries: 10 });
    await close();
    expect(await textsIn(S3())).toEqual(await textsOf(store));
  });

  it('holds back a call and its effect while it is down, if it is required', async () => {
    const store = await source.fresh();
    const { journal, close } = openSinkJournal(store, S3(), {
      required: true,
      report: () => undefined,
    });
    await s3.fault({ method: 'PUT', status: 403, code: 'AccessDenied' });
    const call = () =>
      journal.append([draftOf({ sequence: 0 })], noteMessage('call'), { before: 'call' });
    const down = {
      code: 'audit_sink_unavailable',
      remedy: expect.stringContaining('arx doctor') as string,
    };
    await expect(call()).rejects.toMatchObject(down);
    expect(await store.messages.get('call')).toBeNull();
    await expect(journal.ready?.()).rejects.toMatchObject(down);
    // An outcome is never lost: it is recorded, and follows later.
    await journal.append([draftOf({ subject: 'outcome' })], undefined, { isOutcome: true });
    await s3.clear();
    expect(await call()).toMatchObject([{ repeated: true }]);
    expect(await store.messages.get('call')).not.toBeNull();
    await close();
    expect(await textsIn(S3())).toEqual(await textsOf(store));
    expect((await textsOf(store)).length).toBe(2);
  });
});

describe('a file as sink', () => {
  const path = (): string => join(folder, 'trail.jsonl');
  const sink = (): AuditSink => createFileSink(path());

  it('completes a last line that a killed process left incomplete', async () => {
    const texts = ['{"a":1}', '{"b":"überlang"}', '{"c":3}'];
    await sink().append(0, texts.slice(0, 1));
    for (const cut of [1, 7, 12]) {
      const whole = Buffer.from(`${texts[0]}\n${texts[1]}\n`);
      writeFileSync(path(), whole.subarray(0, 8 + cut));
      expect(await entriesIn(sink().pages())).toHaveLength(1);
      expect(await sink().append(1, texts.slice(1))).toBeNull();
      expect(readFileSync(path(), 'utf8')).toBe(`${texts.join('\n')}\n`);
    }
  });

  it('is completed after a process was killed while it wrote a line', async () => {
    const texts = Array.from({ length: 9 }, (_, n) => JSON.stringify({ n, pad: 'x'.repeat(900) }));
    // The system cuts the write off at this size, in the middle of a line.
    const limited = 'ulimit -f 4 && exec "$0" "$@"';
    const child = spawnSync('sh', ['-c', limited, process.execPath, KILLED, path(), ...texts]);
    expect([child.signal, child.stdout.toString()]).toEqual(['SIGKILL', '']);
    const left = readFileSync(path(), 'utf8');
    expect(left.length).toBeGreaterThan(0);
    expect(left.endsWith('\n')).toBe(false);
    const found = await sink().append(0, texts);
    expect(found).toEqual(texts.slice(0, left.split('\n').length - 1));
    expect(await sink().append(found?.length ?? 0, texts.slice(found?.length))).toBeNull();
    expect(readFileSync(path(), 'utf8')).toBe(`${texts.join('\n')}\n`);
  });

  it('is not continued after a line that is not the start of the next entry', async () => {
    writeFileSync(path(), '{"a":1}\n{"x');
    await expect(sink().append(1, ['{"b":2}'])).rejects.toMatchObject({ code: 'sink_conflict' });
  });

  it('is not continued if it was shortened', async () => {
    const one = sink();
    await one.append(0, ['{"a":1}', '{"b":2}']);
    writeFileSync(path(), '{"a":1}\n');
    const conflict = { code: 'sink_conflict' };
    await expect(one.append(2, ['{"c":3}'])).rejects.toMatchObject(conflict);
    await expect(sink().append(2, ['{"c":3}'])).rejects.toMatchObject(conflict);
  });

  it('names the reason if it cannot be written', async () => {
    const inFile = createFileSink(join(path(), 'trail.jsonl'));
    writeFileSync(path(), '');
    await expect(inFile.append(0, ['{}'])).rejects.toMatchObject({
      code: 'sink_unavailable',
      remedy: expect.stringContaining('audit.sink.file') as string,
    });
  });
});
