import type { ManagedNode, NodeCalls, SessionCalls } from '../../../aws/aws.ts';
import type { EcsCalls } from '../../../aws/ecs.ts';
import { isAwsError } from '../../../aws/sdk/aws-error.ts';
import { isCommandError, type CommandContext } from '../../../cli/framework/command-context.ts';
import { isContainer } from '../../../cli/remote/remote-shell.ts';
import { resolveTarget } from '../../../cli/target/resolve-target.ts';
import {
  LAST_AGENT_WITHOUT_TERMINATE_FLAG,
  LAST_BASIC_AGENT,
  LAST_KEEP_ALIVE_AGENT,
} from '../../../protocol/agent-versions.ts';
import { compareVersions } from '../../../protocol/version.ts';
import { explain } from './explain.ts';
import { failure, ok, skipped, warning, type Finding } from './finding.ts';
import { missingOf, type Need } from './needs.ts';

/** What only agents newer than a version can do. */
const GATES = [
  { above: LAST_AGENT_WITHOUT_TERMINATE_FLAG, feature: 'close forwarded ports at once' },
  {
    above: LAST_BASIC_AGENT,
    feature: 'carry several connections at a time through a forwarded port',
  },
  { above: LAST_KEEP_ALIVE_AGENT, feature: 'let idle forwarded ports time out' },
] as const;

const UPDATE_AGENT = 'Update the SSM Agent of the target';
const RESTART_AGENT =
  'Check that the target runs, that its SSM Agent runs, that its role allows Systems Manager, and that it reaches the endpoints of ssm and ssmmessages';

/** What came of the target that was named. */
export type FoundTarget =
  | { readonly kind: 'none' }
  | { readonly kind: 'found'; readonly id: string }
  | { readonly kind: 'not-found'; readonly finding: Finding };

/**
 * Finds the target that was named.
 *
 * @param text - undefined when none was
 * @param needs - what it takes to ask AWS
 */
export async function findTarget(
  context: CommandContext,
  text: string | undefined,
  needs: readonly Need[],
): Promise<FoundTarget> {
  const check = 'target';
  if (text === undefined) return { kind: 'none' };
  const missing = await missingOf(needs);
  if (missing !== undefined) return { kind: 'not-found', finding: skipped(check, missing) };
  try {
    return { kind: 'found', id: await resolveTarget(context, text) };
  } catch (error) {
    if (!isCommandError(error) && !isAwsError(error)) throw error;
    const { text: problem, next } = explain(error);
    return { kind: 'not-found', finding: failure(check, problem, next) };
  }
}

/** Checks that Systems Manager manages the target and receives its pings, and how new its agent is. */
export async function checkNode(calls: NodeCalls, target: string): Promise<readonly Finding[]> {
  const check = 'target';
  // ECS tasks are not managed nodes.
  if (isContainer(target)) return [];
  let node: ManagedNode | undefined;
  try {
    for await (const found of calls.nodes({ ids: [target] })) node = found;
  } catch (error) {
    const { text, next } = explain(error);
    return [warning(check, text, next)];
  }
  if (node === undefined) {
    const text = `${target} is not a managed node in this account and region`;
    return [failure(check, text, `Check --region and --profile. ${RESTART_AGENT}`)];
  }
  const what = `${node.id}${node.name === '' ? '' : ` (${node.name})`}, ${node.platform}`;
  const ping =
    node.pingStatus === 'Online'
      ? ok(check, `${what}: ping status Online`)
      : failure(check, `${what}: ping status ${node.pingStatus}`, RESTART_AGENT);
  return [ping, checkAgent(node.agentVersion)];
}

/** What the target's agent is too old for. */
function checkAgent(version: string): Finding {
  const check = 'agent';
  if (version === '') return warning(check, 'version unknown', UPDATE_AGENT);
  const missing = GATES.filter(({ above }) => compareVersions(version, above) <= 0);
  return missing.length === 0
    ? ok(check, `version ${version}`)
    : warning(
        check,
        `version ${version} is too old: it cannot ${missing.map(({ feature }) => feature).join(', or ')}`,
        UPDATE_AGENT,
      );
}

/** Whether the agent of a container can start sessions. GetConnectionStatus is for nodes (its API names an instance id). */
async function checkContainer(calls: EcsCalls, target: string): Promise<Finding> {
  const check = 'connection';
  try {
    const { findContainerOf } = await import('../../../cli/ecs/container-of.ts');
    await findContainerOf(calls, target);
    return ok(check, 'the task and its agent of ECS Exec run');
  } catch (error) {
    const { text, next } = explain(error);
    return isCommandError(error) ? failure(check, text, next) : warning(check, text, next);
  }
}

/** Whether the target's agent is at the message gateway right now. */
export async function checkConnection(
  calls: SessionCalls & EcsCalls,
  target: string,
): Promise<Finding> {
  const check = 'connection';
  if (isContainer(target)) return checkContainer(calls, target);
  try {
    return (await calls.isConnected(target))
      ? ok(check, 'the agent is connected to the message gateway')
      : failure(check, 'the agent is not connected to the message gateway', RESTART_AGENT);
  } catch (error) {
    const { text, next } = explain(error);
    return warning(check, text, next);
  }
}
