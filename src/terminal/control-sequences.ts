/** `CSI`, a prefix, parameters, an intermediate byte and the final byte. */
export interface ControlSequence {
  /** `<`, `=`, `>` or `?`; empty when there is none. */
  readonly prefix: string;
  /** The first number of each parameter, 0 for one that was left out. Never empty. */
  readonly parameters: readonly number[];
  /** The last one; empty when there is none. */
  readonly intermediate: string;
  readonly final: string;
}

/** Receives the sequences that a terminal executes. */
export interface SequenceHandler {
  controlSequence(sequence: ControlSequence): void;
  /** `ESC`, an intermediate byte (empty when there is none) and the final byte. */
  escapeSequence(intermediate: string, final: string): void;
}

/** Finds the control sequences in a terminal's output. */
export interface SequenceParser {
  /** Takes the next bytes of the output, which may be split anywhere. */
  feed(output: Buffer): void;
  /** What the output ends in: nothing, a sequence, or a string such as a title. */
  readonly pending: 'nothing' | 'sequence' | 'string';
  /** The bytes of what the output ends in; undefined when they are too many to be kept. */
  readonly unfinished: Buffer | undefined;
  /** Starts again, as before any output. */
  reset(): void;
}

type State = 'ground' | 'escape' | 'control' | 'string' | 'bell-string';

const ESCAPE = 0x1b;
const BELL = 0x07;
const CANCEL = 0x18;
const SUBSTITUTE = 0x1a;
const FIRST_PRINTABLE = 0x20;
const DIGIT_0 = 0x30;
const DIGIT_9 = 0x39;
const COLON = 0x3a;
const SEMICOLON = 0x3b;
const LAST_PARAMETER_BYTE = 0x3f;
const FIRST_FINAL = 0x40;
const DELETE = 0x7f;
/** What `ESC` and one of these bytes begin (ECMA-48). Only operating system commands end with BEL. */
const STARTS: ReadonlyMap<string, State> = new Map([
  ['[', 'control'],
  [']', 'bell-string'],
  ['P', 'string'],
  ['X', 'string'],
  ['^', 'string'],
  ['_', 'string'],
]);
/** As many as xterm.js takes. */
const MOST_PARAMETERS = 32;
/** Of a parameter; xterm takes larger ones for this. */
const LARGEST_NUMBER = 65_535;
/** Longer than the control sequences and titles in use; an image is not worth keeping. */
const MOST_UNFINISHED_BYTES = 512;
const NOTHING = Buffer.alloc(0);

/**
 * Creates a parser for 7-bit sequences, the only ones in use with UTF-8 (ECMA-48 and xterm's
 * "Control Sequences"). Its memory does not grow with the output.
 */
export function createSequenceParser(handler: SequenceHandler): SequenceParser {
  let state: State = 'ground';
  let prefix = '';
  let intermediate = '';
  let parameters: number[] = [];
  let number = 0;
  /** After a colon: what follows are details of the parameter before it. */
  let inDetails = false;
  let unfinished: Buffer | undefined = NOTHING;

  const endParameter = (): void => {
    if (parameters.length < MOST_PARAMETERS) parameters.push(number);
    number = 0;
    inDetails = false;
  };

  const begin = (): State => {
    prefix = '';
    intermediate = '';
    parameters = [];
    number = 0;
    inDetails = false;
    return 'escape';
  };

  const afterEscape = (byte: number): State => {
    const character = String.fromCharCode(byte);
    if (byte < DIGIT_0) {
      intermediate = character;
      return 'escape';
    }
    const started = intermediate === '' ? STARTS.get(character) : undefined;
    if (started !== undefined) return started;
    handler.escapeSequence(intermediate, character);
    return 'ground';
  };

  const afterControl = (byte: number): State => {
    if (byte >= FIRST_FINAL) {
      endParameter();
      const final = String.fromCharCode(byte);
      handler.controlSequence({ prefix, parameters, intermediate, final });
      return 'ground';
    }
    if (byte < DIGIT_0) intermediate = String.fromCharCode(byte);
    else if (byte <= DIGIT_9) {
      if (!inDetails) number = Math.min(number * 10 + byte - DIGIT_0, LARGEST_NUMBER);
    } else if (byte === COLON) inDetails = true;
    else if (byte === SEMICOLON) endParameter();
    else if (byte <= LAST_PARAMETER_BYTE) prefix = String.fromCharCode(byte);
    return 'control';
  };

  const after = (byte: number): State => {
    if (byte === CANCEL || byte === SUBSTITUTE) return 'ground';
    switch (state) {
      case 'ground':
      case 'string':
        return state;
      case 'bell-string':
        return byte === BELL ? 'ground' : state;
      case 'escape':
      case 'control':
        // Control characters are executed in the middle of a sequence, which goes on after them.
        if (byte < FIRST_PRINTABLE || byte === DELETE) return state;
        if (byte > DELETE) return 'ground';
        return state === 'escape' ? afterEscape(byte) : afterControl(byte);
    }
  };

  const keep = (rest: Buffer, isWhole: boolean): void => {
    const before = isWhole ? NOTHING : unfinished;
    unfinished =
      before === undefined || before.length + rest.length > MOST_UNFINISHED_BYTES
        ? undefined
        : Buffer.concat([before, rest]);
  };

  return {
    feed(output) {
      /** Where the sequence begins that is being read; undefined when it began in earlier output. */
      let start: number | undefined;
      for (let at = 0; at < output.length; at++) {
        if (state === 'ground') {
          at = output.indexOf(ESCAPE, at);
          if (at === -1) break;
        }
        const byte = output[at] ?? 0;
        if (byte === ESCAPE) {
          start = at;
          state = begin();
        } else state = after(byte);
      }
      if (state === 'ground') unfinished = NOTHING;
      else keep(output.subarray(start ?? 0), start !== undefined);
    },
    get pending() {
      switch (state) {
        case 'ground':
          return 'nothing';
        case 'escape':
        case 'control':
          return 'sequence';
        case 'string':
        case 'bell-string':
          return 'string';
      }
    },
    get unfinished() {
      return unfinished;
    },
    reset() {
      state = 'ground';
      unfinished = NOTHING;
    },
  };
}
