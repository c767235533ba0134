/** Fills in the screens on which tickets are created, closed and reopened. */

import { encodeField } from './screen-fields.ts';
import type {
  Accounts,
  FieldInput,
  FieldValue,
  FieldValues,
  ScreenField,
} from './screen-fields.ts';

/** What templates can insert. In bulk mode there is no such user. */
export interface TemplateUser {
  login: string;
  department: string | null;
  verdict: string;
}

const PLACEHOLDER = /\{\{\s*(login|department|verdict)\s*\}\}/g;

/** Whether a value depends on the user. */
export const isTemplate = (value: FieldValue): boolean =>
  [value].flat().some((one) => typeof one === 'string' && one.search(PLACEHOLDER) >= 0);

/** Inserts the user's data into a template. A value that the user does not have is left blank. */
export const fillTemplate = (template: string, user: TemplateUser | null): string =>
  template.replace(PLACEHOLDER, (_, name: keyof TemplateUser) => user?.[name] ?? '').trim();

/** The values for one user. Those that are blank for this user are left out. */
export function valuesFor(values: FieldValues, user: TemplateUser | null): FieldValues {
  const filled = Object.entries(values).flatMap(([id, value]): [string, FieldValue][] => {
    const list = [value]
      .flat()
      .map((one) => (typeof one === 'string' ? fillTemplate(one, user) : one))
      .filter((one) => one !== '');
    const [first] = list;
    if (first === undefined) return [];
    return [[id, typeof value === 'object' ? list : first]];
  });
  return Object.fromEntries(filled);
}

/** Why a field of a screen has no usable value. */
export interface FieldProblem {
  id: string;
  /** Jira's name of the field. */
  name: string;
  /** Without a value, Jira refuses the request. */
  required: boolean;
  problem: string;
}

export interface FilledForm {
  fields: Record<string, FieldInput>;
  /** Ids of configured fields that the screen does not have. */
  absent: string[];
  problems: FieldProblem[];
}

/** Encodes the configured values for a screen. */
export function fillForm(
  screen: readonly ScreenField[],
  values: FieldValues,
  accounts: Accounts,
): FilledForm {
  const form: FilledForm = { fields: {}, absent: [], problems: [] };
  for (const [id, value] of Object.entries(values)) {
    const field = screen.find((one) => one.id === id);
    if (!field) {
      form.absent.push(id);
      continue;
    }
    const encoded = encodeField(field, value, accounts);
    if (encoded.ok) form.fields[id] = encoded.input;
    else form.problems.push({ ...identityOf(field), problem: encoded.problem });
  }
  return form;
}

const identityOf = (field: ScreenField): Omit<FieldProblem, 'problem'> => ({
  id: field.id,
  name: field.name,
  required: isNeeded(field),
});

/** Whether Jira refuses a request without this field. It fills in the reporter by itself. */
const isNeeded = ({ id, required, hasDefault }: ScreenField): boolean =>
  required && !hasDefault && id !== 'reporter';

/** What arx fills in by itself on the create screen. */
export interface OwnValues {
  hasPriority: boolean;
  hasDueDate: boolean;
}

/** What must be on the create screen, because a ticket without it is none. */
const NEEDED = ['summary', 'labels'] as const;
const ALWAYS_FILLED = ['project', 'issuetype', 'summary', 'description', 'labels'];

/** Fields of arx that a ticket can do without. */
const OPTIONAL_FIELDS = ['duedate', 'priority', 'description'] as const;

/** What is wrong with a create screen, whoever the ticket is for. */
export interface ScreenFindings {
  /** Fields of arx's own that are not on the screen; tickets are created without them. */
  absent: string[];
  /** Fields without which no ticket can be created, each with the remedy. */
  blocking: FieldProblem[];
}

/** Compares a create screen with what arx fills in. `filled`: ids of the filled-in further fields. */
export function inspectScreen(
  screen: readonly ScreenField[],
  own: OwnValues,
  filled: ReadonlySet<string>,
): ScreenFindings {
  const ids = new Set(screen.map(({ id }) => id));
  const wanted = OPTIONAL_FIELDS.filter((id) => isWanted(id, own));
  const lacking = NEEDED.filter((id) => !ids.has(id)).map((id) => ({
    id,
    name: id,
    required: true,
    problem: NOT_ON_SCREEN[id],
  }));
  const unfilled = screen
    .filter((field) => {
      const { id } = field;
      const isFilled = ALWAYS_FILLED.includes(id) || isWanted(id, own) || filled.has(id);
      return isNeeded(field) && !isFilled;
    })
    .map((field) => ({ ...identityOf(field), problem: remedyFor(field.id) }));
  return { absent: wanted.filter((id) => !ids.has(id)), blocking: [...lacking, ...unfilled] };
}

function isWanted(id: string, { hasPriority, hasDueDate }: OwnValues): boolean {
  if (id === 'priority') return hasPriority;
  return id === 'duedate' ? hasDueDate : id === 'description';
}

const NOT_ON_SCREEN = {
  summary: 'it is not on the create screen. Add the field Summary to the screen',
  labels:
    'it is not on the create screen, and arx finds its tickets by their labels. Add the field Labels to the screen',
};

const SETTING: Readonly<Record<string, string>> = {
  priority: 'tickets.priority',
  duedate: 'tickets.due_in',
};

const remedyFor = (id: string): string =>
  `it is required, and arx does not fill it in. Set ${SETTING[id] ?? `tickets.fields.${id}`}`;

/** A problem as one sentence: the field by name and id, and what is wrong. */
export const problemText = ({ id, name, problem }: FieldProblem): string =>
  `${name === id ? id : `${name} (${id})`}: ${problem}`;
