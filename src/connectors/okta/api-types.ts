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

/** What can be said of one call besides its input. */
export interface OktaCallOptions {
  /** Why; stands in the audit trail, and is needed for approvals. */
  reason?: string;
  /** What is known of the target; it can only raise the risk. */
  facts?: ContextFacts;
  /** The approval under which the call is made. */
  grant?: { requestId: string };
  signal?: AbortSignal;
  priority?: CallContext<unknown>['priority'];
}

// An input that may be left out is one that is right when it is empty.
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
