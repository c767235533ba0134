import { describe, expect, it } from 'vitest';
import { chooseClosing, chooseReopening } from '../../../src/mfa/transitions.ts';
import type { ScreenField } from '../../../src/mfa/screen-fields.ts';
import type { OfferedTransition } from '../../../src/mfa/transitions.ts';

const to = (
  name: string,
  toCategory: OfferedTransition['toCategory'] = 'done',
  fields: ScreenField[] = [],
): OfferedTransition => ({ name, toStatus: name, toCategory, fields });
const field = (id: string, required: boolean, ...allowed: string[]): ScreenField => ({
  id,
  name: id,
  required,
  hasDefault: false,
  type: 'option',
  items: null,
  isDocument: false,
  allowed: allowed.map((name, at) => ({ id: `${at}`, name, children: [] })),
});
const resolutions = (required: boolean, ...allowed: string[]): ScreenField =>
  field('resolution', required, ...allowed);
const WISH = { transition: null, preferred: 'Done', resolution: null };

/** What is chosen: the name of the transition with its resolution, or why none is. */
function closing(
  offered: OfferedTransition[],
  wish: Partial<typeof WISH> | { transition: string } | { resolution: string } = {},
  visited: string[] = [],
): string {
  const choice = chooseClosing(offered, { ...WISH, ...wish }, { visited: new Set(visited) });
  if (choice.kind !== 'take') return choice.kind;
  const { transition, resolution, isLast } = choice;
  return `${transition.name}${resolution === null ? '' : ` as ${resolution}`}${isLast ? '' : ', then on'}`;
}

describe('the transition that closes a ticket', () => {
  it.each([
    ['the preferred one', [to('Close'), to('Done')], 'Done'],
    ['one whose name says that the work is done', [to('Archive'), to('Resolve')], 'Resolve'],
    ['the only one, whatever its name', [to('Archive')], 'Archive'],
    ['not one that means refusal', [to("Won't do"), to('Archive')], 'Archive'],
    ['not one that means refusal in German', [to('Abgelehnt'), to('Erledigt')], 'Erledigt'],
    ['not one that means refusal in French', [to('Refusé'), to('Terminé')], 'Terminé'],
    ['not one that means refusal in Japanese', [to('却下'), to('完了')], '完了'],
    ['none if it is the only one and means refusal', [to('Rejected')], 'unclear'],
    ['none if the names say nothing', [to('Archive'), to('Park')], 'unclear'],
    ['a step if none leads to done yet', [to('Start', 'indeterminate')], 'Start, then on'],
    ['none if there is none', [], 'none'],
  ])('is %s', (_, offered, chosen) => {
    expect(closing(offered)).toBe(chosen);
  });

  it('is the configured one, by its name or the name of the status', () => {
    expect(closing([to('Done'), to('Archive')], { transition: 'archive' })).toBe('Archive');
    expect(closing([{ ...to('Close'), toStatus: 'Won’t do' }], { transition: 'Won’t do' })).toBe(
      'Close',
    );
    expect(closing([to('Done'), to('Close')], { transition: 'Finish' })).toBe('unclear');
  });

  it('does not go back to a status from which the way has come', () => {
    const offered = [to('To Do', 'new'), to('In Review', 'indeterminate')];
    expect(closing(offered, {}, ['In Progress'])).toBe('In Review, then on');
    expect(closing(offered, {}, ['In Review'])).toBe('To Do, then on');
    expect(closing(offered, {}, ['In Review', 'To Do'])).toBe('none');
  });

  it.each([
    ['the one named Done', resolutions(true, "Won't Do", 'Done'), {}, 'Done as Done'],
    ['one that means done', resolutions(true, 'Duplicate', 'Fixed'), {}, 'Done as Fixed'],
    ['the only one that is no refusal', resolutions(true, 'Rejected', 'X'), {}, 'Done as X'],
    ['the configured one', resolutions(false, 'Done', 'Y'), { resolution: 'y' }, 'Done as Y'],
    ['none if it is optional and unclear', resolutions(false, 'X', 'Y'), {}, 'Done'],
    ['a question if it is required and unclear', resolutions(true, 'X', 'Y'), {}, 'unclear'],
    ['a question if it is not offered', resolutions(true, 'Done'), { resolution: 'Z' }, 'unclear'],
  ])('has as resolution %s', (_, screenField, wish, chosen) => {
    expect(closing([to('Done', 'done', [screenField])], wish)).toBe(chosen);
  });

  it('names the fields that it cannot fill in', () => {
    const offered = [to('Done', 'done', [field('customfield_10202', true)])];
    expect(chooseClosing(offered, WISH, { visited: new Set() })).toMatchObject({
      kind: 'unclear',
      why: expect.stringContaining('customfield_10202'),
    });
  });
});

it('reopens to the configured status, otherwise to the nearest to the beginning', () => {
  const offered = [to('Resume', 'indeterminate'), to('Reopen', 'new'), to('Archive')];
  expect(chooseReopening(offered, null)).toMatchObject({ transition: { name: 'Reopen' } });
  expect(chooseReopening(offered, 'resume')).toMatchObject({ transition: { name: 'Resume' } });
  expect(chooseReopening([to('Archive')], null)).toEqual({ kind: 'none' });
});
