import type { JsonObject } from '../../../../src/lib/json.ts';
import { listedOutput, type ScriptOutput } from './command-output.ts';
import type { Invocation, LocalCommand } from './local-command.ts';

/** The output of a node that has not ended. */
export const NO_OUTPUT: ScriptOutput = {
  status: -1,
  stdout: Buffer.alloc(0),
  stderr: Buffer.alloc(0),
};

/** `Status` that goes with `StatusDetails`. */
function statusOf({ state }: Invocation): string {
  switch (state) {
    case 'Terminated':
      return 'Cancelled';
    case 'Undeliverable':
      return 'Failed';
    case 'DeliveryTimedOut':
    case 'ExecutionTimedOut':
      return 'TimedOut';
    default:
      return state;
  }
}

export function codeOf({ output }: Invocation): number {
  return output?.status ?? -1;
}

export function describeInvocation({ plan }: LocalCommand, invocation: Invocation): JsonObject {
  return {
    CommandId: plan.commandId,
    InstanceId: invocation.node.id,
    InstanceName: invocation.node.computerName ?? '',
    Comment: plan.comment,
    DocumentName: plan.documentName,
    Status: statusOf(invocation),
    StatusDetails: invocation.state,
  };
}

export function describePlugin({ plan }: LocalCommand, invocation: Invocation): JsonObject {
  return {
    Name: plan.plugin.replace('aws', 'aws:'),
    Status: statusOf(invocation),
    StatusDetails: invocation.state,
    ResponseCode: codeOf(invocation),
    Output: listedOutput(invocation.output ?? NO_OUTPUT),
  };
}

export function describeCommand({ plan, invocations }: LocalCommand): JsonObject {
  const open = invocations.filter(({ state }) => /^(?:Pending|InProgress|Cancelling)$/.test(state));
  return {
    CommandId: plan.commandId,
    DocumentName: plan.documentName,
    Comment: plan.comment,
    Status: open.length > 0 ? 'InProgress' : 'Success',
    TargetCount: invocations.length,
    CompletedCount: invocations.length - open.length,
  };
}
