/** Chooses how the status of a ticket is changed, whatever the workflow of its project looks like. */

import type { Accounts, FieldInput, FieldValues, ScreenField } from './screen-fields.ts';
import { fillForm, problemText } from './ticket-form.ts';

/** A transition that an issue offers now. */
export interface OfferedTransition {
  name: string;
  toStatus: string;
  toCategory: 'new' | 'indeterminate' | 'done';
  /** The fields of its screen. */
  fields: readonly ScreenField[];
}

/** Values for the screens of transitions. */
export interface Filling {
  values: FieldValues;
  accounts: Accounts;
}

const NOTHING: Filling = { values: {}, accounts: new Map() };

/** How tickets are closed, from the configuration. */
export interface ClosingWish {
  /** Name of the transition, or of the status it leads to; null if the configuration names none. */
  transition: string | null;
  /** Taken if it is offered; nothing is wrong if it is not. */
  preferred: string;
  resolution: string | null;
}

/** How far the way to a status has come, and what to fill in. */
export interface Way {
  /** Statuses from which the way has come. */
  visited: ReadonlySet<string>;
  filling?: Filling;
}

export type TransitionChoice<Offered> =
  | {
      kind: 'take';
      transition: Offered;
      resolution: string | null;
      /** Further fields of its screen. */
      fields: Record<string, FieldInput>;
      /** Whether its screen requires a comment. */
      needsComment: boolean;
      /** False: a step on the way. */
      isLast: boolean;
    }
  /** A person must decide; `why` says what is unclear and how to configure it. */
  | { kind: 'unclear'; why: string }
  | { kind: 'none' };

/** Words by which names of transitions, statuses and resolutions say that the work was refused. */
const REFUSAL =
  /\b(won'?t|wont|will not|not do|reject\w*|declin\w*|cancel\w*|abandon\w*|discard\w*|duplicate|invalid|obsolete|refus\w*|den(?:y|ied)|withdraw\w*|cannot reproduce|incomplete)\b|ablehn|abgelehnt|verworfen|abgebrochen|storniert|ungültig|duplikat|annul|rejet|refus|abandonn|rechaz|cancelad|descartad|rifiut|annullat|scartat|afgewezen|geannuleerd|avvis|avbrut|odrzuc|anulow|отклон|отмен|却下|拒否|キャンセル|中止|거부|거절|취소|拒绝|拒絕|取消|驳回/iu;

/** Words that say that the work was done. */
const SUCCESS =
  /\b(done|resolv\w*|clos\w*|complet\w*|finish\w*|fix\w*|fulfil\w*|accept\w*|approv\w*|deliver\w*)\b|erledigt|fertig|gelöst|geschlossen|schließen|behoben|abgeschlossen|abschließen|termin|résol|résou|ferm|hecho|resuelt|resolver|cerrad|cerrar|finaliz|conclu|fatto|risol|chius|completat|klaar|opgelost|gesloten|voltooid|klar|löst|stängd|gotow|rozwiąz|zamkn|готов|решен|закры|выполн|完了|解決|クローズ|완료|해결|닫|完成|解决|解決|关闭|關閉/iu;

const meansRefusal = (text: string): boolean => REFUSAL.test(text);
const isSame = (a: string, b: string): boolean =>
  a.trim().toLocaleLowerCase('en') === b.trim().toLocaleLowerCase('en');
const isNamed = ({ name, toStatus }: OfferedTransition, wanted: string): boolean =>
  isSame(name, wanted) || isSame(toStatus, wanted);

/**
 * The next transition on the way to a closed status. One that means refusal is never taken for done
 * unless the configuration names it.
 */
export function chooseClosing<Offered extends OfferedTransition>(
  offered: readonly Offered[],
  wish: ClosingWish,
  { visited, filling = NOTHING }: Way,
): TransitionChoice<Offered> {
  const closing = offered.filter(({ toCategory }) => toCategory === 'done');
  const wanted = wish.transition;
  if (wanted !== null) {
    const named = offered.find((one) => isNamed(one, wanted));
    const { resolution } = wish;
    if (named) return takeWithScreen(named, { resolution, filling }, named.toCategory === 'done');
  } else if (closing.length > 0) {
    return chooseAmong(closing, wish, filling);
  }
  const step = stepOnTheWay(offered, visited);
  if (step) return takeWithScreen(step, { resolution: null, filling }, false);
  if (wanted !== null && closing.length > 0) {
    const why = `no transition is named ${wanted}: the issue offers ${namesOf(closing)}. Correct tickets.close.transition.`;
    return { kind: 'unclear', why };
  }
  return { kind: 'none' };
}

function chooseAmong<Offered extends OfferedTransition>(
  closing: readonly Offered[],
  { preferred, resolution }: ClosingWish,
  filling: Filling,
): TransitionChoice<Offered> {
  const acceptable = closing.filter(
    ({ name, toStatus }) => !meansRefusal(name) && !meansRefusal(toStatus),
  );
  const chosen =
    acceptable.find((one) => isNamed(one, preferred)) ??
    acceptable.find(({ name, toStatus }) => SUCCESS.test(name) || SUCCESS.test(toStatus)) ??
    (acceptable.length === 1 ? acceptable[0] : undefined);
  if (chosen) return takeWithScreen(chosen, { resolution, filling }, true);
  const why = `it is not clear which transition closes the issue as done: it offers ${namesOf(closing)}. Set tickets.close.transition.`;
  return { kind: 'unclear', why };
}

/** A transition to a status that is nearer to the end and was not visited. */
function stepOnTheWay<Offered extends OfferedTransition>(
  offered: readonly Offered[],
  visited: ReadonlySet<string>,
): Offered | undefined {
  const fresh = offered.filter(
    ({ toStatus, toCategory, name }) =>
      toCategory !== 'done' && !visited.has(toStatus) && !meansRefusal(name),
  );
  return fresh.find(({ toCategory }) => toCategory === 'indeterminate') ?? fresh[0];
}

/** Takes a transition if its screen can be filled in. */
function takeWithScreen<Offered extends OfferedTransition>(
  transition: Offered,
  { resolution, filling }: { resolution: string | null; filling: Filling },
  isLast: boolean,
): TransitionChoice<Offered> {
  const { fields, name } = transition;
  const screen = fields.filter(({ id }) => id !== 'resolution' && id !== 'comment');
  const form = fillForm(screen, filling.values, filling.accounts);
  const others = screen.filter(
    ({ id, required, hasDefault }) => required && !hasDefault && !form.fields[id],
  );
  const wrong = form.problems.filter(({ required }) => required);
  if (wrong.length > 0) {
    const why = `the transition ${name} cannot be filled in: ${wrong.map(problemText).join('; ')}. Correct the fields of tickets.close or tickets.reopen.`;
    return { kind: 'unclear', why };
  }
  if (others.length > 0) {
    const why = `the transition ${name} requires fields that arx does not fill in: ${others.map(({ id }) => id).join(', ')}. Set them in the fields of tickets.close or tickets.reopen, or choose another one with tickets.close.transition.`;
    return { kind: 'unclear', why };
  }
  const field = fields.find(({ id }) => id === 'resolution');
  const chosen = field ? chooseResolution(field, resolution) : null;
  if (field && chosen === null && (field.required || resolution !== null)) {
    const why = `the transition ${name} offers the resolutions ${namesIn(field)}. Set tickets.close.resolution to one of them.`;
    return { kind: 'unclear', why };
  }
  const needsComment = fields.some(({ id, required }) => id === 'comment' && required);
  return {
    kind: 'take',
    transition,
    resolution: chosen,
    fields: form.fields,
    needsComment,
    isLast,
  };
}

const namesIn = ({ allowed }: ScreenField): string => allowed.map(({ name }) => name).join(', ');

function chooseResolution(field: ScreenField, wanted: string | null): string | null {
  const allowed = field.allowed.map(({ name }) => name);
  if (wanted !== null) return allowed.find((name) => isSame(name, wanted)) ?? null;
  const acceptable = allowed.filter((name) => !meansRefusal(name));
  return (
    acceptable.find((name) => isSame(name, 'Done')) ??
    acceptable.find((name) => SUCCESS.test(name)) ??
    (acceptable.length === 1 ? (acceptable[0] ?? null) : null)
  );
}

/** The transition that reopens an issue: the configured one, otherwise the nearest to its beginning. */
export function chooseReopening<Offered extends OfferedTransition>(
  offered: readonly Offered[],
  wanted: string | null,
  filling: Filling = NOTHING,
): TransitionChoice<Offered> {
  const reopening = offered.filter(({ toCategory }) => toCategory !== 'done');
  const chosen =
    (wanted === null ? undefined : reopening.find((one) => isNamed(one, wanted))) ??
    reopening.find(({ toCategory }) => toCategory === 'new') ??
    reopening[0];
  return chosen ? takeWithScreen(chosen, { resolution: null, filling }, true) : { kind: 'none' };
}

const namesOf = (transitions: readonly OfferedTransition[]): string =>
  transitions.map(({ name, toStatus }) => `${name} (to ${toStatus})`).join(', ');
