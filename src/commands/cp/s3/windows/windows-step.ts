/** What the target does in one command. Paths are absolute; `text` and `problem` are results of each that fails. */
export type WindowsStep =
  /** Results: `home` and `temporary`, directories; `tar` where there is one. */
  | { readonly kind: 'facts' }
  /** Results: `is` directory, file or missing; `size` and `modified`, in seconds, of a file. */
  | { readonly kind: 'inspect'; readonly path: string }
  /** Result: `sha256`. */
  | { readonly kind: 'hash'; readonly path: string }
  /** Sends a part of a file. Results: `sent`, several times; `tag`. */
  | {
      readonly kind: 'send';
      readonly path: string;
      readonly from: number;
      readonly bytes: number;
      /** A secret. */
      readonly url: string;
    }
  /** Packs a directory. Results: `size` and `sha256` of the archive. */
  | { readonly kind: 'pack'; readonly directory: string; readonly archive: string }
  /** Makes an empty file beside the destination. Result: `in-the-way`, when that is a directory. */
  | { readonly kind: 'prepare'; readonly destination: string; readonly partial: string }
  /** Makes a directory beside the destination. Result: `in-the-way`, when that is a file. */
  | { readonly kind: 'prepare-tree'; readonly destination: string; readonly partial: string }
  /** Reads an object into a file, from where that ends. Result: `size` of the file, several times. */
  | {
      readonly kind: 'fetch';
      readonly file: string;
      readonly size: number;
      /** A secret. */
      readonly url: string;
    }
  /** Compares the hash, and gives the file its name. Results: `hash` when it differs; `done`. */
  | {
      readonly kind: 'finish';
      readonly destination: string;
      readonly partial: string;
      readonly sha256: string;
      readonly modifiedAt: Date | undefined;
    }
  /** Compares the hash of the archive `data` in the directory, and unpacks it. Results: as of `finish`. */
  | {
      readonly kind: 'unpack';
      readonly destination: string;
      readonly partial: string;
      readonly sha256: string;
      /** Whether files get the times of the archive. */
      readonly preserve: boolean;
    }
  /** Removes a file or directory, of which a command may have hold for a moment. Result: `removed`. */
  | { readonly kind: 'remove'; readonly path: string };

/** Names of results. What a target reports by another name is ignored: it would need memory without a limit. */
const STEP_RESULT_NAMES = [
  'beat',
  'done',
  'ended',
  'hash',
  'home',
  'in-the-way',
  'is',
  'modified',
  'problem',
  'removed',
  'sent',
  'sha256',
  'size',
  'tag',
  'tar',
  'temporary',
  'text',
  'type',
] as const;
export type StepResultName = (typeof STEP_RESULT_NAMES)[number];

/** @returns undefined when no step reports this */
export function stepResultName(word: string): StepResultName | undefined {
  return STEP_RESULT_NAMES.find((known) => known === word);
}

/** What a step has reported, by name; the last value of each. */
export type StepResults = ReadonlyMap<StepResultName, string>;

/** What a step needs besides itself. */
export interface StepOptions {
  /** Ends the command on the target. Its reason is thrown. */
  readonly signal: AbortSignal;
  /** Takes each result as it comes. */
  readonly onResult?: (name: StepResultName, value: string) => void;
}

/**
 * Does a step on the target, in a session of its own.
 *
 * @throws ProgramError when the session has failed: not when the step has, which reports a `problem`
 */
export type RunStep = (step: WindowsStep, options: StepOptions) => Promise<StepResults>;
