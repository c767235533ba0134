import type { ContextFacts } from '../../governance/context.ts';
import type { Named } from '../pipeline/operation.ts';
import type { CallContext, OktaOperations } from '../types.ts';

type Table = Named<OktaOperations>;
type Family = Operation extends `${infer Name}:${string}` ? Name : never;
type Operation = keyof Table & string;
type VerbOf<Name extends Family> = Operation extends infer One
  ? One extends `${Name}:${infer Verb}`
    ? Verb
    : never
  : never;

/** `read_detail` → `readDetail`. */
type Camel<Text extends string> = Text extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<Camel<Tail>>}`
  : Text;

type RowOf<Name extends Family, Verb extends string> = `${Name}:${Verb}` extends keyof Table
  ? Table[`${Name}:${Verb}`]
  : never;

/** The options of one call besides its input. */
export interface OktaCallOptions {
  /** Reason for the call; it is recorded in the audit trail, and required for approvals. */
  reason?: string;
  /** Facts about the target; they can only raise the risk. */
  facts?: ContextFacts;
  /** The approval under which the call is made. */
  grant?: { requestId: string };
  signal?: AbortSignal;
  priority?: CallContext<unknown>['priority'];
}

// The input is optional if an empty one is valid.
type Method<Input, Output> =
  Record<never, never> extends Input
    ? (input?: Input, options?: OktaCallOptions) => Promise<Output>
    : (input: Input, options?: OktaCallOptions) => Promise<Output>;

/**
 * Okta's operations as methods: `users:read_detail` is `users.readDetail`. Derived from the table
 * of types.
 */
export type OktaApi = {
  readonly [Name in Family]: {
    readonly [Verb in VerbOf<Name> as Camel<Verb>]: Method<
      RowOf<Name, Verb>['input'],
      RowOf<Name, Verb>['output']
    >;
  };
};
