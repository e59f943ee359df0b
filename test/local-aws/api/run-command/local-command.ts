import type { LocalNode } from '../nodes-api.ts';
import { withFailure, type ScriptOutput } from './command-output.ts';
import type { RateControl } from './rate-control.ts';
import { KILLED, type Script } from './script.ts';

/** `StatusDetails` of an invocation (botocore, service-2.json of ssm: `CommandInvocation`). */
export type InvocationState =
  | 'Pending'
  | 'InProgress'
  | 'Cancelling'
  | 'Success'
  | 'Failed'
  | 'Cancelled'
  | 'Terminated'
  | 'Undeliverable'
  | 'DeliveryTimedOut'
  | 'ExecutionTimedOut';

const RUNNING: ReadonlySet<InvocationState> = new Set(['InProgress', 'Cancelling']);
/** Only these count as errors of a command (`StatusDetails` of `CommandInvocation`). */
const ERRORS: ReadonlySet<InvocationState> = new Set(['Failed', 'ExecutionTimedOut']);

/** One copy of a command, for one node. */
export interface Invocation {
  readonly node: LocalNode;
  state: InvocationState;
  script: Script | undefined;
  output: ScriptOutput | undefined;
}

/** Where outputs are stored in S3. */
export interface Place {
  readonly bucket: string;
  readonly prefix: string;
}

/** What a command is made of. */
export interface CommandPlan {
  readonly commandId: string;
  readonly documentName: string;
  /** `awsrunShellScript` */
  readonly plugin: string;
  /** Undefined when outputs are not stored. */
  readonly place: Place | undefined;
  readonly comment: string;
  readonly parameters: Readonly<Record<string, readonly string[]>>;
  readonly nodes: readonly LocalNode[];
  readonly rate: RateControl;
  /** Seconds that the script of a node may take. */
  readonly executionTimeout: number;
  /** Whether the agent of a node can be reached. */
  readonly isReachable: (node: LocalNode) => boolean;
  /** Runs the script on a node. */
  readonly start: (node: LocalNode) => Script;
  /** Stores the outputs of a node that has ended, where they are stored. */
  readonly store: (node: LocalNode, output: ScriptOutput) => Promise<void>;
}

/** A command of Run Command that really runs on this machine, once for each node. */
export interface LocalCommand {
  readonly plan: CommandPlan;
  readonly invocations: readonly Invocation[];
  /** The most nodes that ran it at once. */
  readonly mostAtOnce: number;
  /** Cancels it on these nodes; on all without a list. */
  cancel(nodeIds?: readonly string[]): void;
  /** Resolves when it runs nowhere any more. */
  close(): Promise<void>;
}

function isCancelling({ state }: Invocation): boolean {
  return state === 'Cancelling';
}

const MS_PER_SECOND = 1_000;

/** Starts a command with its rate control (user guide, "Run commands at scale"). */
export function startCommand(plan: CommandPlan): LocalCommand {
  const invocations: readonly Invocation[] = plan.nodes.map((node) => ({
    node,
    state: 'Pending',
    script: undefined,
    output: undefined,
  }));
  const running = new Set<Promise<void>>();
  let mostAtOnce = 0;

  const count = (states: ReadonlySet<InvocationState>): number =>
    invocations.filter(({ state }) => states.has(state)).length;
  const advance = (): void => {
    for (const invocation of invocations) {
      if (invocation.state !== 'Pending') continue;
      if (count(ERRORS) > plan.rate.errors) invocation.state = 'Terminated';
      else if (!plan.isReachable(invocation.node)) invocation.state = 'Undeliverable';
      else if (count(RUNNING) < plan.rate.concurrency) begin(invocation);
    }
  };
  const begin = (invocation: Invocation): void => {
    invocation.state = 'InProgress';
    mostAtOnce = Math.max(mostAtOnce, count(RUNNING));
    const work = run(invocation);
    running.add(work);
    void work.finally(() => running.delete(work));
  };
  const run = async (invocation: Invocation): Promise<void> => {
    const script = plan.start(invocation.node);
    invocation.script = script;
    const late = new Set<Invocation>();
    const timer = setTimeout(() => {
      late.add(invocation);
      script.kill();
    }, plan.executionTimeout * MS_PER_SECOND);
    const output = await script.ended;
    clearTimeout(timer);
    let state: InvocationState = output.status === 0 ? 'Success' : 'Failed';
    if (isCancelling(invocation)) state = 'Cancelled';
    // The agent takes its own status of a script that it has killed for a timeout (`pluginutil.GetStatus`).
    else if (late.has(invocation) || output.status === KILLED) state = 'ExecutionTimedOut';
    const shown = state === 'Failed' ? withFailure(output) : output;
    await plan.store(invocation.node, shown);
    invocation.output = shown;
    invocation.state = state;
    advance();
  };
  const cancel = (nodeIds?: readonly string[]): void => {
    for (const invocation of invocations) {
      if (nodeIds?.includes(invocation.node.id) === false) continue;
      if (invocation.state === 'Pending') invocation.state = 'Cancelled';
      if (invocation.state !== 'InProgress') continue;
      invocation.state = 'Cancelling';
      invocation.script?.kill();
    }
  };
  advance();
  return {
    plan,
    invocations,
    get mostAtOnce() {
      return mostAtOnce;
    },
    cancel,
    async close() {
      cancel();
      await Promise.all(running);
    },
  };
}
