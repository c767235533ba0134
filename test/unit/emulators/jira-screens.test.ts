import { afterEach, beforeEach, expect, it } from 'vitest';
import { startEmulators } from '../../../emulators/start.ts';
import type { RunningEmulators } from '../../../emulators/start.ts';
import { jiraCalls } from '../../support/vendor-calls.ts';
import type { PlainCall } from '../../support/vendor-calls.ts';

const BASE = '/rest/api/3';
let emulators: RunningEmulators;
let jira: PlainCall;

beforeEach(async () => {
  emulators = await startEmulators({ profile: 'empty', log: null });
  jira = jiraCalls(emulators.document);
});
afterEach(() => emulators.close());

const create = (type: string, fields: object) =>
  jira('POST', `${BASE}/issue`, {
    fields: { project: { key: 'SEC' }, issuetype: { name: type }, summary: 'x', ...fields },
  });
const fieldsOf = async (type: string, query = ''): Promise<string[]> => {
  const { body } = await jira('GET', `${BASE}/issue/createmeta/SEC/issuetypes/${type}${query}`);
  return (body as { fields: { fieldId: string }[] }).fields.map(({ fieldId }) => fieldId);
};

it('has a screen per issue type, with its fields page by page', async () => {
  const region = {
    id: 'customfield_1',
    name: 'Region',
    type: 'options',
    required: true,
    options: ['EU', 'US'],
  } as const;
  emulators.jira.settings.screens = { Bug: { customFields: [region], hiddenFields: ['duedate'] } };
  expect(await fieldsOf('10003')).toContain('duedate');
  const bug = await fieldsOf('10004');
  expect(bug).toContain('customfield_1');
  expect(bug).not.toContain('duedate');
  emulators.jira.settings.metadataPage = 3;
  expect(await fieldsOf('10004', '?startAt=3')).toEqual(bug.slice(3, 6));
  expect(await create('Task', {})).toMatchObject({ status: 201 });
  expect(await create('Bug', {})).toMatchObject({
    status: 400,
    body: { errors: { customfield_1: 'Region is required.' } },
  });
  expect(await create('Bug', { customfield_1: [{ value: 'Mars' }] })).toMatchObject({
    body: { errors: { customfield_1: "Option value is not valid for field 'Region'" } },
  });
  expect(await create('Bug', { customfield_1: [{ id: '10301' }] })).toMatchObject({ status: 201 });
  expect(await create('Task', { customfield_1: [] })).toMatchObject({
    body: { errors: { customfield_1: expect.stringContaining('not on the appropriate screen') } },
  });
});

it('finds users by their address, also if it is hidden', async () => {
  emulators.jira.settings.accounts = [
    { accountId: 'a', displayName: 'Ann', emailAddress: null, foundBy: 'ann@e.com', active: true },
  ];
  const find = async (query: string): Promise<unknown> =>
    (await jira('GET', `${BASE}/user/search?query=${encodeURIComponent(query)}`)).body;
  expect(await find('ann@e.com')).toEqual([
    expect.objectContaining({ accountId: 'a', active: true }),
  ]);
  expect(JSON.stringify(await find('ann@e.com'))).not.toContain('ann@');
  expect(await find('bob@e.com')).toEqual([]);
});

it('names the permissions of the account', async () => {
  emulators.jira.settings.lacking = ['EDIT_ISSUES'];
  const query = 'projectKey=SEC&permissions=EDIT_ISSUES,CREATE_ISSUES';
  expect(await jira('GET', `${BASE}/mypermissions?${query}`)).toMatchObject({
    body: {
      permissions: {
        EDIT_ISSUES: { havePermission: false },
        CREATE_ISSUES: { havePermission: true },
      },
    },
  });
});
