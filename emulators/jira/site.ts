import type {
  Comment,
  Issue,
  IssueFields,
  IssueLink,
  JiraSettings,
  RichText,
  SavedFilter,
  Status,
} from './model.ts';
import { STATUSES } from './model.ts';

/** The account of the API token, and the person who uses the control server. */
export const ROBOT = { accountId: '5b10ac8d82e05b22cc7d4ef5', displayName: 'arx automation' };
export const PERSON = { accountId: '5b109f2e9729b51b54dc274d', displayName: 'Mia Krystof' };

/** The state of one emulated Jira site with one project. */
export class JiraSite {
  readonly settings: JiraSettings;
  readonly project: { id: string; key: string; name: string };
  readonly links: IssueLink[] = [];
  readonly filters: SavedFilter[] = [];
  readonly #byKey = new Map<string, Issue>();
  readonly #all: Issue[] = [];
  readonly #movedTo = new Map<string, string>();
  #numbers = 0;
  #ids = 20_000;

  constructor(settings: JiraSettings, projectKey: string) {
    this.settings = settings;
    this.project = { id: '10100', key: projectKey, name: 'Security' };
  }

  /** An issue by key or id; null if it does not exist or was deleted. */
  issue(keyOrId: string): Issue | null {
    const key = keyOrId.toUpperCase();
    const found =
      this.#byKey.get(this.#movedTo.get(key) ?? key) ?? this.#all.find(({ id }) => id === keyOrId);
    return found && this.#byKey.has(found.key) ? found : null;
  }

  /** Moves an issue to another project; its old key still leads to it. */
  moveToProject(issue: Issue, project: string): void {
    const old = issue.key;
    this.#numbers += 1;
    issue.key = `${project}-${this.#numbers}`;
    this.#byKey.delete(old);
    this.#byKey.set(issue.key, issue);
    this.#movedTo.set(old, issue.key);
    this.change(issue, {});
  }

  isArchived({ key }: Issue): boolean {
    return this.settings.archived?.includes(key) === true;
  }

  present(): Issue[] {
    return [...this.#byKey.values()];
  }

  nextId(): string {
    this.#ids += 1;
    return String(this.#ids);
  }

  create(wanted: Omit<IssueFields, 'status' | 'resolution' | 'resolutiondate' | 'updated'>): Issue {
    const now = Date.now();
    const rest = { status: STATUSES[0], resolution: null, resolutiondate: null, updated: now };
    const fields: IssueFields = { ...wanted, ...rest };
    this.#numbers += 1;
    const issue: Issue = {
      id: this.nextId(),
      key: `${this.project.key}-${this.#numbers}`,
      created: now,
      fields,
      comments: [],
      revisions: [{ at: now, fields }],
    };
    this.#byKey.set(issue.key, issue);
    this.#all.push(issue);
    return issue;
  }

  change(issue: Issue, changes: Partial<IssueFields>): void {
    const now = Date.now();
    issue.fields = { ...issue.fields, ...changes, updated: now };
    issue.revisions = [...this.#stillSeen(issue, now), { at: now, fields: issue.fields }];
  }

  move(issue: Issue, status: Status, resolution = 'Done'): void {
    const done = status.category === 'done';
    this.change(issue, {
      status,
      resolution: done ? resolution : null,
      resolutiondate: done ? Date.now() : null,
    });
  }

  comment(issue: Issue, body: RichText, author: string): Comment {
    const comment = { id: this.nextId(), body, author, created: Date.now() };
    issue.comments.push(comment);
    this.change(issue, {});
    return comment;
  }

  remove(issue: Issue): void {
    this.#byKey.delete(issue.key);
    issue.revisions = [...this.#stillSeen(issue, Date.now()), { at: Date.now(), fields: null }];
  }

  /**
   * The issues known to the search index: the latest revisions older than the delay. There is no
   * delay for `fresh` ids.
   */
  indexed(fresh: ReadonlySet<string>): { issue: Issue; fields: IssueFields }[] {
    const seenUntil = Date.now() - this.settings.indexLagMs;
    return this.#all.flatMap((issue) => {
      const until = fresh.has(issue.id) ? Infinity : seenUntil;
      const fields = issue.revisions.findLast(({ at }) => at <= until)?.fields;
      return fields ? [{ issue, fields }] : [];
    });
  }

  // Revisions that the delayed index no longer needs are dropped.
  #stillSeen(issue: Issue, now: number): Issue['revisions'] {
    const seen = issue.revisions.findLastIndex(({ at }) => at <= now - this.settings.indexLagMs);
    return issue.revisions.slice(Math.max(0, seen));
  }
}
