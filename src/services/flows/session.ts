import { EVERY_FLOW, answerTo, mayRunAny, permissionsOn } from '../../flows/permissions.ts';
import type { FlowVerb } from '../../flows/permissions.ts';
import { sameName } from '../../flows/titles.ts';
import type { Flow, FlowPermission, ResourceSet } from '../../flows/types.ts';
import type { FlowRunRecord, FlowSettingsRepository } from '../../store/flow-types.ts';
import type { RequesterLookup, Identity } from './requester-lookup.ts';
import { refusal } from './refusal.ts';
import type { FlowRequester, FlowBook, FlowServiceParts } from './types.ts';

/** Somebody at the desk: who it is, and what they may do with the flows as they are now. */
export class Session {
  readonly requester: FlowRequester;
  readonly identity: Identity;
  readonly book: FlowBook;
  readonly sets: readonly ResourceSet[];
  readonly #switches: ReadonlyMap<string, boolean>;

  private constructor(requester: FlowRequester, standing: Identity, now: CurrentSettings) {
    this.requester = requester;
    this.identity = standing;
    this.book = now.book;
    this.sets = now.sets;
    this.#switches = now.switches;
  }

  /** Throws AskerUnreadableError where Okta does not say who asks. */
  static async open(
    parts: Pick<FlowServiceParts, 'store' | 'book'>,
    requesters: RequesterLookup,
    requester: FlowRequester,
  ): Promise<Session> {
    const now = await readCurrentSettings(parts);
    return new Session(requester, await requesters.identify(requester, now.sets), now);
  }

  permissionsOn(flow: string): FlowPermission[] {
    return permissionsOn(this.sets, flow, this.identity.member);
  }

  /** Enough to learn of runs that have no flow. */
  get mayRunAny(): boolean {
    return mayRunAny(this.sets, this.identity.member);
  }

  /** A flow of this name, whatever its case, as it is switched now; null where there is none. */
  flowNamed(name: string): Flow | null {
    const flow =
      this.book.flows.find((one) => one.name === name) ??
      this.book.flows.find((one) => sameName(one.name, name));
    return flow ? this.#switched(flow) : null;
  }

  get flows(): Flow[] {
    return this.book.flows.map((flow) => this.#switched(flow));
  }

  /**
   * The flow of this name. Throws FlowRefusal not_found where it may not even be seen, forbidden
   * where it may not be run.
   */
  requireFlow(name: string, verb: FlowVerb): Flow {
    const flow = this.flowNamed(name);
    if (flow === null) throw refusal('not_found');
    this.requirePermission(flow.name, verb);
    return flow;
  }

  /** The same for a flow that may be gone. */
  requirePermission(
    flow: string,
    verb: FlowVerb,
    missing: 'not_found' | 'no_run' = 'not_found',
  ): void {
    const answer = answerTo(verb, this.permissionsOn(flow));
    if (answer !== 'granted') throw refusal(answer === 'not_found' ? missing : answer);
  }

  /** Throws FlowRefusal unless some flow may be run. */
  requireAnyRun(): void {
    if (this.mayRunAny) return;
    const sees = this.book.flows.some(({ name }) => this.permissionsOn(name).length > 0);
    throw refusal(sees ? 'forbidden' : 'not_found');
  }

  /** Runs without a flow (no route, several accounts) are for those who may run any, or see all. */
  get seesRunsWithoutFlow(): boolean {
    return this.mayRunAny || this.seesEvery;
  }

  sees({ flow }: Pick<FlowRunRecord, 'flow'>): boolean {
    return flow === null ? this.seesRunsWithoutFlow : this.permissionsOn(flow).length > 0;
  }

  /** True where a set speaks of whoever asks. */
  isIn(set: ResourceSet): boolean {
    const named = set.flows[0];
    return named !== undefined && permissionsOn([set], named, this.identity.member).length > 0;
  }

  /** Names of flows that may be seen: those that there are, and those that sets still name. */
  get seenFlows(): string[] {
    const names = new Set([
      ...this.book.flows.map(({ name }) => name),
      ...this.sets.flatMap(({ flows }) => flows),
    ]);
    return [...names].filter((name) => name !== EVERY_FLOW && this.permissionsOn(name).length > 0);
  }

  /** True where a set gives all flows, those that are gone too. */
  get seesEvery(): boolean {
    return this.sets.some((set) => set.flows.includes(EVERY_FLOW) && this.isIn(set));
  }

  #switched(flow: Flow): Flow {
    return { ...flow, enabled: this.#switches.get(flow.name) ?? flow.enabled };
  }
}

interface CurrentSettings {
  book: FlowBook;
  sets: readonly ResourceSet[];
  switches: ReadonlyMap<string, boolean>;
}

async function readCurrentSettings({
  store,
  book: read,
}: Pick<FlowServiceParts, 'store' | 'book'>): Promise<CurrentSettings> {
  const book = read();
  await seed(store.flowSettings, book.sets);
  const [sets, switches] = await Promise.all([
    store.flowSettings.sets(),
    store.flowSettings.switches(),
  ]);
  return { book, sets, switches };
}

/**
 * Sets that a store was given last, as text: asking it with every request would be a write with
 * every request.
 */
const SEEDED = new WeakMap<FlowSettingsRepository, string>();

async function seed(settings: FlowSettingsRepository, sets: readonly ResourceSet[]): Promise<void> {
  const text = JSON.stringify(sets);
  if (SEEDED.get(settings) === text) return;
  await settings.seed(sets);
  SEEDED.set(settings, text);
}
