// The package carries type declarations for the name under which it is published only, and these
// leave out that without an encoding a terminal gives and takes bytes.
declare module 'node-pty' {
  export interface PtyOptions {
    readonly cols: number;
    readonly rows: number;
    readonly cwd?: string;
    readonly env?: Record<string, string | undefined>;
    /** Null for bytes. */
    readonly encoding: null;
  }

  /** A terminal with the process that leads its session. */
  export interface Pty {
    readonly pid: number;
    /** The master's descriptor, non-blocking, on systems other than Windows. */
    readonly fd: number;
    onData(listener: (data: Buffer) => void): { dispose(): void };
    onExit(listener: (exit: { readonly exitCode: number; readonly signal?: number }) => void): {
      dispose(): void;
    };
    /** The terminal's end of output, on systems other than Windows. */
    on(event: 'close', listener: () => void): void;
    write(data: string | Buffer): void;
    resize(columns: number, rows: number): void;
    kill(signal?: string): void;
    pause(): void;
    resume(): void;
  }

  export function spawn(file: string, args: readonly string[], options: PtyOptions): Pty;
}
