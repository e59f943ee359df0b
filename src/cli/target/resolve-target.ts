import { commandFailures } from '../../failures/commands.ts';
import { connectionFailures } from '../../failures/connections.ts';
import type { Failure } from '../../lib/errors/failure.ts';
import type { EcsPlace } from '../../aws/ecs.ts';
import type { ManagedNode, NodeCalls } from '../../aws/aws.ts';
import { printable } from '../../lib/printable.ts';
import type { Connection } from '../connections/connection.ts';
import { closestMatch } from '../invocation/edit-distance.ts';
import { CommandError, type CommandContext } from '../framework/command-context.ts';
import {
  listKnownNodes,
  NAME_TAGS,
  UNKNOWN_TO_EC2,
  type KnownNode,
  type KnownNodes,
} from './known-nodes.ts';
import { nodeTitle } from './node-title.ts';
import { isContainerName } from '../ecs/container-name.ts';
import { canPrompt } from '../prompt/prompt.ts';

/** What Systems Manager accepts as a target: EC2 and managed instances, and tasks of ECS. */
const TARGET_ID = /^(?:m?i-[0-9a-f]{8}(?:[0-9a-f]{9})?|ecs:(?!\/\/)[^\s_]+_[^\s_]+_\S+)$/;
/** How many names are proposed for an unknown name. */
const MAX_PROPOSALS = 3;
/** How many nodes an error lists; a picker shows all. */
const MAX_CANDIDATES = 20;
const ONLINE = 'Online';
/** Blanks before each node of that list. */
const LIST_INDENT = 2;

/** The node that a command's TARGET means. */
export interface ResolvedTarget {
  /** What StartSession takes as `Target`. */
  readonly id: string;
  /** As messages name it: `web (i-0123456789abcdef0)`; the id when nothing more is known. */
  readonly title: string;
  /** The managed node; undefined when Systems Manager was not asked. */
  readonly node: ManagedNode | undefined;
  /** The container, when it was named as `ecs://…`: ECS starts shells and commands on it. */
  readonly container?: EcsPlace;
}

/** Like `findTarget`, for a command that needs only the id. */
export async function resolveTarget(
  context: CommandContext,
  text: string | undefined,
): Promise<string> {
  return (await findTarget(context, text)).id;
}

/**
 * Finds the target that a command's TARGET means: an id is used unchanged; else it is a connection, or the Name tag,
 * private address or host name of a managed node. If that is not exactly one node, the user chooses, if there is a
 * user to ask.
 *
 * @param text - as the user wrote it; undefined when it was left out
 * A command with `--wait` or `--start` continues when sessions with the target start.
 *
 * @throws CommandError when it means nothing, or several nodes and no person can choose
 * @throws AwsError when the nodes cannot be listed, or the target does not become ready
 */
export async function findTarget(
  context: CommandContext,
  text: string | undefined,
): Promise<ResolvedTarget> {
  if (text === '') throw new CommandError(commandFailures['target-empty']());
  if (text === undefined) {
    if (!canPrompt(context)) throw new CommandError(commandFailures['target-missing']());
    return whenReady(context, of(await pickAny(context)));
  }
  const connection = await useConnection(context, text);
  return whenReady(context, await findNamed(context, connection?.target ?? text));
}

/** What was known of a machine that had to be waited for is not true any more. */
async function whenReady(context: CommandContext, target: ResolvedTarget): Promise<ResolvedTarget> {
  // ECS refuses a session until the agent of its container runs: the start is repeated.
  if (context.options.ready === undefined || target.container !== undefined) return target;
  const { awaitTarget } = await import('./ready/await-target.ts');
  await awaitTarget(context, target);
  return target.node?.pingStatus === ONLINE ? target : { ...target, node: undefined };
}

/**
 * The connection of a name, with its account selected. An id is never one, and no file is read for it.
 *
 * @throws CommandError when another target of the command is in another account, or a connections file cannot be used
 */
export async function useConnection(
  context: CommandContext,
  text: string,
): Promise<Connection | undefined> {
  const isNamed = !TARGET_ID.test(text) && !isContainerName(text);
  const connection = isNamed ? await context.connections.find(text) : undefined;
  const { profile = '', region = '' } = connection ?? {};
  if (!context.useAccount({ profile, region })) {
    throw new CommandError(connectionFailures['connection-other-account'](printable(text)));
  }
  const notice = connection && (await context.connections.noticeOf(connection));
  if (notice !== undefined) context.output.notify(notice);
  return connection;
}

async function findNamed(context: CommandContext, text: string): Promise<ResolvedTarget> {
  if (TARGET_ID.test(text)) return { id: text, title: printable(text), node: undefined };
  if (isContainerName(text)) {
    const { findContainer } = await import('../ecs/find-container.ts');
    const { id, title, place } = await findContainer(context, text);
    return { id, title, node: undefined, container: place };
  }
  const found = await findNodes(context, text, context.options.ready !== undefined);
  const [only] = found;
  if (found.length === 1) return of(only);
  if (!canPrompt(context)) throw new CommandError(await ambiguous(context, text, found));
  const { pickNode } = await import('./pick-node.ts');
  return of(await pickNode(context, `Which "${text}"?`, found));
}

/**
 * Finds a target again that was found before, and asks nothing: the node of that name may be another one now. Of
 * several nodes it is the one from before if its agent is online, else the only one that is.
 *
 * @param before - its id then
 * @returns its id
 * @throws CommandError when no node has the name, or it is not clear which one it is
 * @throws AwsError when the nodes cannot be listed
 */
export async function findTargetAgain(
  context: CommandContext,
  text: string,
  before: string,
): Promise<string> {
  if (TARGET_ID.test(text)) return text;
  const connection = isContainerName(text) ? undefined : await context.connections.find(text);
  const name = connection?.target ?? text;
  if (TARGET_ID.test(name)) return name;
  if (isContainerName(name)) {
    const { findContainerAgain } = await import('../ecs/find-container.ts');
    return findContainerAgain(context, name, before);
  }
  const found = await findNodes(context, name, false);
  const online = found.filter(({ pingStatus }) => pingStatus === ONLINE);
  const candidates: readonly KnownNode[] = online.length === 0 ? found : online;
  const [only, other] = candidates;
  if (candidates.some(({ id }) => id === before)) return before;
  if (only !== undefined && other === undefined) return only.id;
  throw new CommandError(await ambiguous(context, name, found));
}

/** Whether a text is the id of a target, and no name. */
export function isTargetId(text: string): boolean {
  return TARGET_ID.test(text);
}

/**
 * All nodes that a text names, of those that are known.
 *
 * @throws CommandError when there is none
 */
export async function nodesNamed(
  context: CommandContext,
  text: string,
  known: KnownNodes,
): Promise<readonly KnownNode[]> {
  const found = known.nodes.filter((node) => isCalled(node, text));
  if (found.length > 0) return found;
  throw new CommandError(unknown(text, known, await connectionNames(context)));
}

/**
 * @param awaited - whether a machine that is not ready yet is meant, too: then EC2 is asked for those that Systems Manager
 *   does not know, or not any more
 * @returns the nodes of this name, at least one
 */
async function findNodes(
  context: CommandContext,
  text: string,
  awaited: boolean,
): Promise<readonly [KnownNode, ...KnownNode[]]> {
  const calls = await context.aws.calls();
  const tagged = await nodesWithTag(calls, text);
  const isFound = tagged.some(({ pingStatus }) => !awaited || pingStatus === ONLINE);
  const all = isFound ? undefined : await listKnownNodes(calls, context.clock);
  const wider = all === undefined ? [] : await called(all, text, awaited);
  // Without EC2 there are no Name tags.
  const [first, ...others] = wider.length === 0 ? tagged : wider;
  if (first === undefined)
    throw new CommandError(unknown(text, all, await connectionNames(context)));
  return [first, ...others];
}

async function called(
  all: KnownNodes,
  text: string,
  awaited: boolean,
): Promise<readonly KnownNode[]> {
  const isMeant = (node: KnownNode): boolean => isCalled(node, text);
  if (!awaited) return all.nodes.filter(isMeant);
  const { closestToReady, nodesToBe } = await import('./ready/candidates.ts');
  return closestToReady(nodesToBe(all).filter(isMeant));
}

function of(node: ManagedNode): ResolvedTarget {
  return { id: node.id, title: nodeTitle(node), node };
}

async function pickAny(context: CommandContext): Promise<ManagedNode> {
  const known = await listKnownNodes(await context.aws.calls(), context.clock);
  const withoutTags = known.withoutEc2?.(NAME_TAGS);
  const nodes =
    context.options.ready === undefined
      ? known.nodes
      : (await import('./ready/candidates.ts')).nodesToBe(known);
  if (nodes.length === 0) {
    throw new CommandError(commandFailures['targets-none'](await context.aws.region()));
  }
  if (withoutTags !== undefined) context.logger.warn(withoutTags);
  const { pickNode } = await import('./pick-node.ts');
  return pickNode(context, 'Target:', nodes);
}

/** One call finds them, without permission for EC2, too. */
async function nodesWithTag(calls: NodeCalls, nameTag: string): Promise<readonly KnownNode[]> {
  const nodes: KnownNode[] = [];
  for await (const node of calls.nodes({ nameTag }))
    nodes.push({ ...node, ...UNKNOWN_TO_EC2, instanceState: undefined });
  return nodes;
}

function isCalled(node: KnownNode, text: string): boolean {
  return isAmong([node.id, ...namesOf(node), node.ipAddress, ...node.otherNames], text);
}

/** Host names are the same in upper and lower case (RFC 4343), and with a dot at their end. */
function isAmong(names: readonly string[], text: string): boolean {
  const wanted = text.toLowerCase().replace(/\.$/, '');
  return names.some((name) => name.toLowerCase() === wanted);
}

/** The names of a node, and its host name without the domain. */
function namesOf(node: ManagedNode): readonly string[] {
  return [node.name, shortHost(node), node.computerName];
}

function shortHost({ computerName }: ManagedNode): string {
  return computerName.split('.')[0] ?? '';
}

async function ambiguous(
  { options, terminal }: CommandContext,
  text: string,
  found: readonly KnownNode[],
): Promise<Failure<'input'>> {
  const [{ layOutRows }, { describeNode, NODE_COLUMNS }] = await Promise.all([
    import('../output/table.ts'),
    import('./pick-node.ts'),
  ]);
  const width = terminal.stderr && !options.json ? terminal.window.size()?.cols : undefined;
  const rows = found.slice(0, MAX_CANDIDATES).map(describeNode);
  const lines = layOutRows({ columns: NODE_COLUMNS, rows }, (width ?? Infinity) - LIST_INDENT);
  const rest = found.length > MAX_CANDIDATES ? [`and ${found.length - MAX_CANDIDATES} more`] : [];
  return commandFailures['target-ambiguous'](text, found.length, [...lines, ...rest]);
}

async function connectionNames({ connections }: CommandContext): Promise<readonly string[]> {
  return (await connections.files()).flatMap((file) => file.connections.map(({ name }) => name));
}

function unknown(
  text: string,
  all: KnownNodes | undefined,
  connections: readonly string[],
): Failure<'input'> {
  const unmanaged = all?.unmanaged.find(({ id, nameTag, addresses, hostNames }) =>
    isAmong([id, nameTag, ...addresses, ...hostNames], text),
  );
  if (unmanaged !== undefined) {
    const isStopped = unmanaged.state === 'stopped' || unmanaged.state === 'stopping';
    const code = isStopped ? 'target-stopped' : 'target-unmanaged';
    return commandFailures[code](text, unmanaged.id);
  }
  const nodes = (all?.nodes ?? []).flatMap((node) => [...namesOf(node), node.id, node.ipAddress]);
  return commandFailures['target-unknown'](text, closestNames(text, [...connections, ...nodes]));
}

/** Names that contain the text, then names that differ by a typing error. */
function closestNames(text: string, known: readonly string[]): readonly string[] {
  const remaining = new Set(known.filter((name) => name !== ''));
  const wanted = text.toLowerCase();
  const found = [...remaining].filter((name) => name.toLowerCase().includes(wanted));
  while (found.length < MAX_PROPOSALS) {
    for (const name of found) remaining.delete(name);
    const closest = closestMatch(text, remaining);
    if (closest === undefined) break;
    found.push(closest);
  }
  return found.slice(0, MAX_PROPOSALS).map(printable);
}
