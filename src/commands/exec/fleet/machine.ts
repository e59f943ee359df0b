/** A managed node that runs the command. */
export interface Machine {
  readonly id: string;
  /** As its lines and messages name it, safe to show: no other machine of the fleet has it. */
  readonly name: string;
  readonly isWindows: boolean;
}

/** How the command ended on a machine. */
export type MachineEnd =
  /** By itself, with this status. */
  | { readonly kind: 'exited'; readonly status: number }
  /** Without a status. @param why - AWS's name of the state, such as `ExecutionTimedOut` */
  | { readonly kind: 'unfinished'; readonly why: string };

/** One output stream of a machine. */
export interface MachineStream {
  readonly bytes: Buffer;
  /** Whether AWS has kept only its start. */
  readonly isCut: boolean;
}

/** What has become of the command on a machine. */
export interface MachineResult {
  readonly machine: Machine;
  readonly end: MachineEnd;
  readonly stdout: MachineStream;
  readonly stderr: MachineStream;
  /** AWS's id of the command; undefined when it was not sent to this machine. */
  readonly commandId: string | undefined;
}

/** A stream without any output. */
export const NO_STREAM: MachineStream = { bytes: Buffer.alloc(0), isCut: false };
