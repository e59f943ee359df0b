import {
  CancelCommandCommand,
  GetCommandInvocationCommand,
  ListCommandInvocationsCommand,
  ListCommandsCommand,
  SendCommandCommand,
  SSMClient,
  type CommandInvocation,
} from '@aws-sdk/client-ssm';
import { callFailures } from '../../../failures/calls.ts';
import type {
  CommandRequest,
  Invocation,
  InvocationOutput,
  InvocationPage,
  InvocationState,
} from '../../run-command.ts';
import { AwsError } from '../aws-error.ts';
import type { Call } from '../describe-failure.ts';
import type { SdkCalls } from '../sdk-calls.ts';
import { isSet } from './pages.ts';

/** Most invocations in one answer of ListCommandInvocations (Systems Manager API). */
const INVOCATIONS_IN_A_PAGE = 50;
/** The caller decides when a call is repeated: it paces the calls, and a command must not be sent twice. */
const ONCE = { maxAttempts: 1 };
/** `Status` of a command that still runs somewhere (Systems Manager API, `Command`). */
const OPEN_COMMANDS: ReadonlySet<string> = new Set(['Pending', 'InProgress', 'Cancelling']);

/** Runs a script on nodes, by the document for their shell. */
export function sendCommand(calls: SdkCalls, request: CommandRequest): Promise<string> {
  const { document, nodeIds, store } = request;
  const what: Call = {
    action: 'ssm:SendCommand',
    object: `document ${document} on ${nodeIds.length} nodes`,
    purpose: `run the command on ${nodeIds.length} machine${nodeIds.length === 1 ? '' : 's'}`,
    subject: { kind: 'document', name: document },
  };
  return calls.call('ssm', what, async (config) => {
    const command = new SendCommandCommand({
      DocumentName: document,
      // With `InstanceIds`, one node that is not managed any more would refuse the whole command.
      Targets: [{ Key: 'InstanceIds', Values: [...nodeIds] }],
      Parameters: {
        commands: [...request.lines],
        executionTimeout: [String(request.executionSeconds)],
      },
      TimeoutSeconds: request.deliverySeconds,
      MaxConcurrency: String(request.concurrency),
      MaxErrors: String(request.maxErrors),
      ...(request.comment === '' ? {} : { Comment: request.comment }),
      ...(store === undefined ? {} : { OutputS3BucketName: store.bucket }),
      ...(store === undefined || store.prefix === '' ? {} : { OutputS3KeyPrefix: store.prefix }),
    });
    const { Command } = await new SSMClient({ ...config, ...ONCE }).send(command);
    if (Command?.CommandId !== undefined) return Command.CommandId;
    throw new AwsError(callFailures['answer-incomplete'](what.purpose, 'command'));
  });
}

/** A page of what has become of a command. */
export function listInvocations(
  calls: SdkCalls,
  commandId: string,
  nextToken: string | undefined,
): Promise<InvocationPage> {
  const what = about('ssm:ListCommandInvocations', commandId, 'follow the command');
  return calls.call('ssm', what, async (config) => {
    const command = new ListCommandInvocationsCommand({
      CommandId: commandId,
      Details: true,
      MaxResults: INVOCATIONS_IN_A_PAGE,
      NextToken: nextToken,
    });
    const page = await new SSMClient({ ...config, ...ONCE }).send(command);
    return {
      invocations: (page.CommandInvocations ?? []).map(invocationOf),
      nextToken: isSet(page.NextToken) ? page.NextToken : undefined,
    };
  });
}

/** The output of a command on one node. */
export function getInvocationOutput(
  calls: SdkCalls,
  commandId: string,
  nodeId: string,
): Promise<InvocationOutput> {
  const what = about('ssm:GetCommandInvocation', commandId, `read the output of ${nodeId}`);
  return calls.call('ssm', what, async (config) => {
    const command = new GetCommandInvocationCommand({ CommandId: commandId, InstanceId: nodeId });
    const answer = await new SSMClient({ ...config, ...ONCE }).send(command);
    return {
      stdout: answer.StandardOutputContent ?? '',
      stderr: answer.StandardErrorContent ?? '',
      stdoutUrl: answer.StandardOutputUrl ?? '',
      stderrUrl: answer.StandardErrorUrl ?? '',
    };
  });
}

/** Whether a command has ended everywhere. */
export function hasCommandEnded(calls: SdkCalls, commandId: string): Promise<boolean> {
  const what = about('ssm:ListCommands', commandId, 'follow the command');
  return calls.call('ssm', what, async (config) => {
    const command = new ListCommandsCommand({ CommandId: commandId });
    const [found] = (await new SSMClient({ ...config, ...ONCE }).send(command)).Commands ?? [];
    return found?.Status !== undefined && !OPEN_COMMANDS.has(found.Status);
  });
}

/** Cancels a command on nodes. */
export function cancelCommand(
  calls: SdkCalls,
  commandId: string,
  nodeIds: readonly string[],
): Promise<void> {
  const what = about('ssm:CancelCommand', commandId, 'cancel the command');
  return calls.call('ssm', what, async (config) => {
    const command = new CancelCommandCommand({ CommandId: commandId, InstanceIds: [...nodeIds] });
    await new SSMClient(config).send(command);
  });
}

function about(action: string, commandId: string, purpose: string): Call {
  return { action, object: `command ${commandId}`, purpose };
}

function invocationOf(invocation: CommandInvocation): Invocation {
  const [plugin] = invocation.CommandPlugins ?? [];
  return {
    nodeId: invocation.InstanceId ?? '',
    state: stateOf(invocation, plugin?.ResponseCode),
    output: plugin?.Output ?? '',
  };
}

/**
 * Only a command that has run has a status: `Failed` is also what has not been delivered (Systems Manager API,
 * `CommandInvocation`).
 *
 * @param code - what the plugin has returned; -1 before it has run
 */
function stateOf(
  { Status, StatusDetails = '' }: CommandInvocation,
  code: number | undefined,
): InvocationState {
  switch (Status) {
    case 'Success':
      return { kind: 'exited', status: 0 };
    case 'Failed':
      return /^(?:Failed)?$/i.test(StatusDetails) && code !== undefined && code !== -1 && code !== 0
        ? { kind: 'exited', status: code }
        : { kind: 'unfinished', why: detailsOf(StatusDetails, Status) };
    case 'Cancelled':
    case 'TimedOut':
      return { kind: 'unfinished', why: detailsOf(StatusDetails, Status) };
    case 'InProgress':
    case 'Cancelling':
      return { kind: 'running' };
    default:
      return { kind: 'pending' };
  }
}

/** `Execution Timed Out` and `ExecutionTimedOut` are the same state: the API writes both. */
function detailsOf(details: string, status: string): string {
  return details === '' ? status : details.replaceAll(' ', '');
}
