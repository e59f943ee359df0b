/** The documents of AWS that run a script, by the shell that reads it. */
export type ScriptDocument = 'AWS-RunShellScript' | 'AWS-RunPowerShellScript';

/** Run Command of Systems Manager: AWS runs one command on many nodes. Each call rejects with an `AwsError` only. */
export interface RunCommandCalls {
  /**
   * Sends a command. It is sent once: the same request a second time would run the command again.
   *
   * @returns the id of the command
   */
  sendCommand(request: CommandRequest): Promise<string>;
  /** A page of the state of a command on its nodes, with the start of each output. A throttled call is not repeated. */
  invocations(commandId: string, nextToken: string | undefined): Promise<InvocationPage>;
  /** The output on one node, its streams apart. A throttled call is not repeated. */
  invocationOutput(commandId: string, nodeId: string): Promise<InvocationOutput>;
  /** Whether a command has ended on all its nodes, also on those for which nothing is listed. */
  hasCommandEnded(commandId: string): Promise<boolean>;
  /** Cancels a command on these nodes, also where it runs. */
  cancelCommand(commandId: string, nodeIds: readonly string[]): Promise<void>;
}

/** A request to SendCommand (Systems Manager API). */
export interface CommandRequest {
  readonly document: ScriptDocument;
  /** At most 50. */
  readonly nodeIds: readonly string[];
  /** Lines of the script. */
  readonly lines: readonly string[];
  /** Empty for none. */
  readonly comment: string;
  /** Nodes that run it at once. */
  readonly concurrency: number;
  /** Errors after which no further node runs it. */
  readonly maxErrors: number;
  /** How long an agent may take to get the command, in seconds. */
  readonly deliverySeconds: number;
  /** How long a node may run it, in seconds. */
  readonly executionSeconds: number;
  /** Where the agents store the whole outputs; undefined for nowhere. */
  readonly store: { readonly bucket: string; readonly prefix: string } | undefined;
}

/** How far a command is on one node. */
export type InvocationState =
  /** It waits for other nodes, or for the agent. */
  | { readonly kind: 'pending' }
  | { readonly kind: 'running' }
  /** It has ended by itself, with this status. */
  | { readonly kind: 'exited'; readonly status: number }
  /** It has no status. @param why - AWS's name of the state, such as `ExecutionTimedOut` */
  | { readonly kind: 'unfinished'; readonly why: string };

/** A command on one node, as a list describes it. */
export interface Invocation {
  readonly nodeId: string;
  readonly state: InvocationState;
  /** Stdout and stderr in one text, shortened by the agent. Empty until it has ended. */
  readonly output: string;
}

/** One answer of ListCommandInvocations. */
export interface InvocationPage {
  readonly invocations: readonly Invocation[];
  readonly nextToken: string | undefined;
}

/** The output of a command on one node, each stream up to a limit. */
export interface InvocationOutput {
  readonly stdout: string;
  readonly stderr: string;
  /** Where S3 has the whole streams; empty when they are not stored. */
  readonly stdoutUrl: string;
  readonly stderrUrl: string;
}
