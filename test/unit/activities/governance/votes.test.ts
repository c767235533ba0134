import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { decisionKey } from '../../../../src/governance/decision-token.ts';
import { verifyVotes, verifyVotesAmong } from '../../../../src/services/approvals/verify-votes.ts';
import { openStore } from '../../../../src/store/open.ts';
import type { Store } from '../../../../src/store/types.ts';
import { enrolSigner, governedJob, SIGNER } from '../../../support/governed-job.ts';
import { borrowPglite } from '../../../support/pglite.ts';
import type { TestDatabase } from '../../../support/pglite.ts';

describe('a vote', () => {
  let database: TestDatabase;
  let store: Store;
  let job: Awaited<ReturnType<typeof governedJob>>;

  beforeAll(async () => {
    database = await borrowPglite();
    store = await openStore({ databaseUrl: database.databaseUrl });
    await enrolSigner(store);
  });
  afterAll(async () => {
    await store.close();
    await database.close();
  });
  beforeEach(async () => {
    job = await governedJob(store);
    await job.open();
  });
  afterEach(() => job.close());

  /** The lines of `arx audit export`, and nothing else of the store. */
  async function exported(change: (line: string) => string = (line) => line) {
    const lines: { index: number; text: string }[] = [];
    for await (const page of store.audit.pages(100))
      for (const { index, text } of page) lines.push({ index, text: change(text) });
    return [lines];
  }
  const votes = async (pages: Awaited<ReturnType<typeof exported>>, publicKeys?: string[]) =>
    verifyVotes(pages, { request: job.requestId, ...(publicKeys && { publicKeys }) });

  it('is recorded as the vote of the voter, with surface, key and token', async () => {
    const decision = await job.sign('ann', { surface: 'slack', authenticatedBy: 'slack' });
    expect(await job.send(decision)).toMatchObject({ accepted: true });
    const [entry] = await job.entries('approval.answered');
    expect(entry).toMatchObject({
      actor: { principal: `user:${job.ids.ann}`, authenticatedBy: 'slack' },
      surface: 'slack',
      outcome: { person: job.ids.ann, kid: SIGNER.kid, token: decision.token },
    });
  });

  it('is verified from the exported trail and its key entries alone', async () => {
    await job.send(await job.sign('ann', { reason: 'checked with HR' }));
    const pages = await exported();
    expect(await votes(pages)).toMatchObject([
      { person: job.ids.ann, verdict: 'approve', key: SIGNER.kid, ok: true, fault: null },
    ]);
    expect(await votes(pages, [SIGNER.publicKey])).toMatchObject([{ ok: true }]);
    const other = decisionKey('44'.repeat(32)).publicKey;
    expect(await votes(pages, [other])).toMatchObject([{ ok: false, fault: 'unknown_key' }]);
    expect(JSON.stringify(pages)).not.toContain('checked with HR');
    const found = await verifyVotesAmong(store, await job.entries());
    expect([...found.values()]).toMatchObject([{ ok: true }]);
  });

  it('is not proven if the trail states another person, verdict, or arguments', async () => {
    await job.send(await job.sign('ann'));
    const { argsDigest } = await job.record();
    for (const [from, to] of [
      [`"person":"${job.ids.ann}"`, `"person":"${job.ids.bob}"`],
      [`user:${job.ids.ann}`, `user:${job.ids.bob}`],
      ['"verdict":"approve"', '"verdict":"deny"'],
      [`"argsDigest":"${argsDigest}"`, `"argsDigest":"${'0'.repeat(64)}"`],
    ] as const) {
      const pages = await exported((line) => line.replaceAll(from, to));
      expect(await votes(pages)).toMatchObject([{ ok: false, fault: 'vote_differs' }]);
    }
    const unsigned = await exported((line) => line.replace(/,"token":"[^"]*"/, ''));
    expect(await votes(unsigned)).toMatchObject([{ ok: false, fault: 'unsigned' }]);
  });

  it('is not proven by a key that was revoked before', async () => {
    await job.send(await job.sign('ann'));
    const [lines = []] = await exported();
    const created = lines.find(({ text }) => text.includes('key.created'));
    const revoked = `${created?.text}`.replaceAll('key.created', 'key.revoked');
    const before = [
      [{ index: 0, text: `${created?.text}` }, { index: 1, text: revoked }, ...lines.slice(1)],
    ];
    expect(await votes(before)).toMatchObject([{ ok: false, fault: 'key_was_revoked' }]);
    expect(await votes([[...lines, { index: 99, text: revoked }]])).toMatchObject([{ ok: true }]);
  });

  it('is refused with another reason than the signed one, or without it', async () => {
    const decision = await job.sign('ann', { reason: 'checked with HR' });
    const { reason: _, ...silent } = decision;
    for (const changed of [{ ...decision, reason: 'whatever' }, silent])
      expect(await job.send(changed)).toMatchObject({ accepted: false, code: 'reason_changed' });
    const added = { ...(await job.sign('bob')), reason: 'not mine' };
    expect(await job.send(added)).toMatchObject({ accepted: false, code: 'reason_changed' });
    expect(await job.send(decision)).toMatchObject({ accepted: true, state: 'APPROVED' });
    const [vote] = (await job.record()).approval.votes;
    expect(vote).toMatchObject({ person: job.ids.ann, reason: 'checked with HR' });
  });

  it('that proves nobody is recorded as that of an anonymous user', async () => {
    const forged = (await job.sign('ann')).token.replace(/.$/, (last) =>
      last === '0' ? '1' : '0',
    );
    await job.send({ decisionId: 'x', approver: 'ann@example.com', token: forged });
    const [entry] = await job.entries('approval.refused');
    expect(entry).toMatchObject({
      actor: { principal: 'user:anonymous', authenticatedBy: 'none' },
      outcome: { code: 'forged' },
    });
  });

  it('sends no login through Temporal', async () => {
    const { token } = await job.sign('ann');
    const body = Buffer.from(token.split('.')[2] ?? '', 'hex').toString();
    expect(JSON.parse(body)).toMatchObject({ person: job.ids.ann });
    expect(body).not.toContain('example.com');
  });
});
