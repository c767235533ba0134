import { isStillMet } from '../../governance/approval.ts';
import type { Approval, ApprovalRequirement, SourceFailure } from '../../governance/approval.ts';
import type { Obligations, Risk } from '../../governance/types.ts';
import type { ActionRequest } from '../../store/governance-types.ts';
import { ApproverSources, channelSource, isChannel } from './approver-sources.ts';
import type { SourceDeps } from './approver-sources.ts';
import type { GovernedDeps } from './deps.ts';

/** How much later a decision made before the deadline may arrive, milliseconds. */
const GRACE_MS = 60_000;
/** A CRITICAL request needs at least two approvers, whatever is configured. */
const LEAST_CRITICAL = 2;
/** How long a request waits for the members of a channel when it is opened. */
const OPEN_WITHIN_MS = 1_500;
/** How long they are read when approvers are reminded. */
const READ_WITHIN_MS = 60_000;

export type RequirementDeps = SourceDeps & Pick<GovernedDeps, 'settings'>;
type Request = Pick<
  ActionRequest,
  'run' | 'workflowId' | 'createdAt' | 'changesRights' | 'obligations'
>;

/** Who may approve, for each policy, and the sources that could not be read. */
export interface ApproversRead {
  requirements: ApprovalRequirement[];
  unread: SourceFailure[];
}

/** The sources of one policy: those it names, otherwise its channel and the default approvers. */
function sourcesOf(
  { settings }: Pick<GovernedDeps, 'settings'>,
  { any_of: named, hitlChannel }: Obligations['approvers'][number],
): string[] {
  if (named.length > 0) return named;
  return [...settings().defaultApprovers, ...(hitlChannel ? [channelSource(hitlChannel)] : [])];
}

function readerFor(
  deps: RequirementDeps,
  request: Request,
  channelWithinMs: number | null,
): ApproverSources {
  const { run, workflowId, createdAt, changesRights } = request;
  const tenured = Date.parse(createdAt) - deps.settings().tenureMs;
  const joinedBefore = changesRights ? new Date(tenured) : null;
  return new ApproverSources(deps, { run, workflowId, joinedBefore, channelWithinMs });
}

/** Who may approve a request that is being opened. */
export const requirementsOf = (deps: RequirementDeps, request: Request): Promise<ApproversRead> =>
  readRequirements(deps, request, { reader: readerFor(deps, request, OPEN_WITHIN_MS) });

/** Reads the sources again that could not be read so far, for at most `withinMs` each. */
export async function rereadSources(
  deps: RequirementDeps,
  request: Request,
  { unread = [] }: Pick<Approval, 'unread'>,
  withinMs = READ_WITHIN_MS,
): Promise<ApproversRead> {
  const only = new Set(unread.filter(isTemporary).map(({ source }) => source));
  const reader = readerFor(deps, request, withinMs);
  const read = await readRequirements(deps, request, { reader, only });
  return { ...read, unread: [...unread.filter((one) => !isTemporary(one)), ...read.unread] };
}

const isTemporary = ({ temporary }: SourceFailure): boolean => temporary;

/**
 * For each requirement, the user alone if a source that could not be read so far contains the user
 * now. Nobody else is read from a channel.
 */
export async function findVoter(
  deps: RequirementDeps,
  request: Request,
  { unread = [] }: Pick<Approval, 'unread'>,
  person: string,
): Promise<string[][]> {
  const only = new Set(unread.filter(isTemporary).map(({ source }) => source));
  const reader = readerFor(deps, request, null);
  const isIn = async (source: string): Promise<boolean> => {
    const people = isChannel(source)
      ? await reader.amongChannel(source, [person])
      : (await reader.read(source)).people;
    return people?.includes(person) ?? false;
  };
  return Promise.all(
    request.obligations.approvers.map(async (approver) => {
      const sources = sourcesOf(deps, approver).filter((source) => only.has(source));
      return (await Promise.all(sources.map(isIn))).includes(true) ? [person] : [];
    }),
  );
}

async function readRequirements(
  deps: RequirementDeps,
  { obligations }: Request,
  { reader, only }: { reader: ApproverSources; only?: ReadonlySet<string> },
): Promise<ApproversRead> {
  const unread = new Map<string, SourceFailure>();
  const requirements = await Promise.all(
    obligations.approvers.map(async (approver): Promise<ApprovalRequirement> => {
      const sources = sourcesOf(deps, approver).filter((one) => only?.has(one) ?? true);
      const readings = await Promise.all(sources.map((source) => reader.read(source)));
      for (const { failure } of readings) if (failure) unread.set(failure.source, failure);
      const eligible = [...new Set(readings.flatMap(({ people }) => people))];
      return { policy: approver.policy, count: approver.count, eligible };
    }),
  );
  return { requirements, unread: [...unread.values()] };
}

/** Who the escalation adds: the default approvers. */
export async function readEscalation(
  deps: RequirementDeps,
  request: Request,
): Promise<{ added: string[]; unread: SourceFailure[] }> {
  const reader = readerFor(deps, request, READ_WITHIN_MS);
  const readings = await Promise.all(
    deps.settings().defaultApprovers.map((source) => reader.read(source)),
  );
  return {
    added: [...new Set(readings.flatMap(({ people }) => people))],
    unread: readings.flatMap(({ failure }) => failure ?? []),
  };
}

/** Whether the votes of a request still suffice, as far as the sources can be read. */
export type QuorumNow = 'met' | 'unmet' | 'unreadable';

/**
 * Counts the votes of a request again: for each policy over those who are eligible now, with the
 * default approvers if the request escalated. Channels are only read if the others do not suffice.
 */
export async function quorumNow(
  deps: RequirementDeps,
  request: Request,
  approval: Approval,
): Promise<QuorumNow> {
  const reader = readerFor(deps, request, null);
  const escalated = approval.escalated ? deps.settings().defaultApprovers : [];
  const { approvers } = request.obligations;
  const readings = await Promise.all(
    approvers.map((one) => {
      const sources = [...sourcesOf(deps, one), ...escalated].filter((name) => !isChannel(name));
      return Promise.all(sources.map((source) => reader.read(source)));
    }),
  );
  const named = readings.map((some) => some.flatMap(({ people }) => people));
  if (isStillMet(approval, named)) return 'met';
  const voters = approval.votes.map(({ person }) => person);
  const inChannels = await Promise.all(
    approvers.map(async (one): Promise<string[] | null> => {
      const channels = sourcesOf(deps, one).filter(isChannel);
      const found = await Promise.all(
        channels.map((channel) => reader.amongChannel(channel, voters)),
      );
      return found.some((people) => people === null) ? null : found.flatMap((one) => one ?? []);
    }),
  );
  const eligible = named.map((people, at) => [...people, ...(inChannels[at] ?? [])]);
  if (isStillMet(approval, eligible)) return 'met';
  const mayChange =
    inChannels.includes(null) || readings.flat().some(({ failure }) => failure?.temporary === true);
  return mayChange ? 'unreadable' : 'unmet';
}

export interface ApprovalQuestion extends ApproversRead {
  obligations: Obligations;
  risk: Risk;
  banned: string[];
  now: Date;
}

/** A fresh approval with its deadline and quorum. */
export function newApproval(
  { settings }: Pick<GovernedDeps, 'settings'>,
  question: ApprovalQuestion,
): Approval {
  const { expiresInMs, criticalQuorum } = settings();
  const { obligations, risk, requirements, unread, banned, now } = question;
  return {
    state: 'PENDING',
    deadline: now.getTime() + (obligations.expiresInMs ?? expiresInMs),
    grace: GRACE_MS,
    requirements,
    quorum: risk === 'CRITICAL' ? Math.max(LEAST_CRITICAL, criticalQuorum) : 1,
    banned,
    votes: [],
    ...(unread.length > 0 && { unread }),
  };
}
