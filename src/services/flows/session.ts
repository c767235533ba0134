import { EVERY_FLOW, accessTo, mayRunAny, permissionsOn } from '../../flows/permissions.ts';
import type { FlowVerb } from '../../flows/permissions.ts';
import { sameName } from '../../flows/comparable.ts';
import type { Flow, FlowPermission, ResourceSet } from '../../flows/types.ts';
import type { FlowRunRecord, FlowSettingsRepository } from '../../store/flow-types.ts';
import type { RequesterLookup, Identity } from './requester-lookup.ts';
import { refusal } from './refusal.ts';
import type { FlowRequester, FlowConfig, FlowServiceParts } from './types.ts';

/** One requester: the identity, and what it may do with the flows as they are now. */
export class Session {
  readonly requester: FlowRequester;
  readonly identity: Identity;
  readonly config: FlowConfig;
  readonly sets: readonly ResourceSet[];
  readonly #switches: ReadonlyMap<string, boolean>;

  private constructor(requester: FlowRequester, identity: Identity, now: CurrentSettings) {
    this.requester = requester;
    this.identity = identity;
    this.config = now.config;
    this.sets = now.sets;
    this.#switches = now.switches;
  }

  /** Throws RequesterUnreadableError if Okta does not identify the requester. */
  static async open(
    parts: Pick<FlowServiceParts, 'store' | 'flowConfig'>,
    requesters: RequesterLookup,
    requester: FlowRequester,
  ): Promise<Session> {
    const now = await readCurrentSettings(parts);
    return new Session(requester, await requesters.identify(requester, now.sets), now);
  }

  permissionsOn(flow: string): FlowPermission[] {
    return permissionsOn(this.sets, flow, this.identity.member);
  }

  /** Whether the requester may run any flow at all; such requesters see runs without a flow. */
  get mayRunAny(): boolean {
    return mayRunAny(this.sets, this.identity.member);
  }

  /** The flow of this name in any case, with its current switch; null if there is none. */
  flowNamed(name: string): Flow | null {
    const flow =
      this.config.flows.find((one) => one.name === name) ??
      this.config.flows.find((one) => sameName(one.name, name));
    return flow ? this.#switched(flow) : null;
  }

  get flows(): Flow[] {
    return this.config.flows.map((flow) => this.#switched(flow));
  }

  /**
   * The flow of this name. Throws FlowRefusal not_found if the requester may not see it, forbidden
   * if not run it.
   */
  requireFlow(name: string, verb: FlowVerb): Flow {
    const flow = this.flowNamed(name);
    if (flow === null) throw refusal('not_found');
    this.requirePermission(flow.name, verb);
    return flow;
  }

  /** Checks the permission alone; the flow may have been removed. */
  requirePermission(
    flow: string,
    verb: FlowVerb,
    missing: 'not_found' | 'no_run' = 'not_found',
  ): void {
    const answer = accessTo(verb, this.permissionsOn(flow));
    if (answer !== 'granted') throw refusal(answer === 'not_found' ? missing : answer);
  }

  /** Throws FlowRefusal unless the requester may run at least one flow. */
  requireAnyRun(): void {
    if (this.mayRunAny) return;
    const sees = this.config.flows.some(({ name }) => this.permissionsOn(name).length > 0);
    throw refusal(sees ? 'forbidden' : 'not_found');
  }

  /**
   * Runs without a flow (no route, several accounts) are visible to requesters who may run any flow
   * or see all.
   */
  get seesRunsWithoutFlow(): boolean {
    return this.mayRunAny || this.seesEvery;
  }

  sees({ flow }: Pick<FlowRunRecord, 'flow'>): boolean {
    return flow === null ? this.seesRunsWithoutFlow : this.permissionsOn(flow).length > 0;
  }

  /** True if the requester is a member of the set. */
  isIn(set: ResourceSet): boolean {
    const anyFlow = set.flows[0];
    return anyFlow !== undefined && permissionsOn([set], anyFlow, this.identity.member).length > 0;
  }

  /**
   * Names of the flows that the requester may see: existing ones, and removed ones that sets still
   * name.
   */
  get seenFlows(): string[] {
    const names = new Set([
      ...this.config.flows.map(({ name }) => name),
      ...this.sets.flatMap(({ flows }) => flows),
    ]);
    return [...names].filter((name) => name !== EVERY_FLOW && this.permissionsOn(name).length > 0);
  }

  /** True if a set gives the requester all flows, including removed ones. */
  get seesEvery(): boolean {
    return this.sets.some((set) => set.flows.includes(EVERY_FLOW) && this.isIn(set));
  }

  #switched(flow: Flow): Flow {
    return { ...flow, enabled: this.#switches.get(flow.name) ?? flow.enabled };
  }
}

interface CurrentSettings {
  config: FlowConfig;
  sets: readonly ResourceSet[];
  switches: ReadonlyMap<string, boolean>;
}

async function readCurrentSettings({
  store,
  flowConfig,
}: Pick<FlowServiceParts, 'store' | 'flowConfig'>): Promise<CurrentSettings> {
  const config = flowConfig();
  await seed(store.flowSettings, config.sets);
  const [sets, switches] = await Promise.all([
    store.flowSettings.sets(),
    store.flowSettings.switches(),
  ]);
  return { config, sets, switches };
}

/**
 * The sets last written to each store, as text. Without it every request would write to the store.
 */
const SEEDED = new WeakMap<FlowSettingsRepository, string>();

async function seed(settings: FlowSettingsRepository, sets: readonly ResourceSet[]): Promise<void> {
  const text = JSON.stringify(sets);
  if (SEEDED.get(settings) === text) return;
  await settings.seed(sets);
  SEEDED.set(settings, text);
}
