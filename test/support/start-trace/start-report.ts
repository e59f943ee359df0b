import type { Profiler } from 'node:inspector';

/** What traced-program.ts is to do, as JSON in its first argument. */
export interface TraceOrder {
  /** Directory with the files of the bundle. */
  readonly bundle: string;
  /** Directory with their code caches; without one the files are compiled in full. */
  readonly codeCaches?: string;
  /** Path of the file that takes the {@link StartReport}. */
  readonly report: string;
  /** Whether a profile is taken, too, which slows the start down. */
  readonly profiles: boolean;
}

/** A file of the bundle, or a module of the runtime that the bundle asked for. */
export interface Load {
  readonly kind: 'file' | 'builtin';
  readonly name: string;
  /** Milliseconds of the processor, without the loads within it. */
  readonly ms: number;
  /** Of these, to read and compile it; 0 for modules of the runtime. */
  readonly compileMs: number;
}

/** What has happened until a moment of the start. */
export interface Moment {
  /** Milliseconds since the program began. */
  readonly ms: number;
  /** Milliseconds of the processor that this process has used since then, in all its threads. */
  readonly cpuMs: number;
  /** How many of the loads are complete. */
  readonly loads: number;
  /** The modules that the runtime has loaded since then, also those that only it can ask for. */
  readonly runtimeModules: readonly string[];
  /** Microseconds on the clock of the profile. */
  readonly profileTime: number;
}

/** The moments of a start, in this order. */
export const MOMENTS = ['connecting', 'firstByte', 'open'] as const;

/** A start, from the first line of the program to the first message on an open WebSocket. */
export interface StartReport {
  readonly loads: readonly Load[];
  /**
   * `connecting`: the first socket is made; `firstByte`: the first byte goes to the gateway; `open`: the first
   * message on the open WebSocket does.
   */
  readonly moments: Readonly<Record<(typeof MOMENTS)[number], Moment>>;
  readonly profile: Profiler.Profile | undefined;
}
