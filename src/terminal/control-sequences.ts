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
  /** What is incomplete at the end of the output: nothing, a sequence, or a string such as a title. */
  readonly pending: 'nothing' | 'sequence' | 'string';
  /** The bytes of the incomplete part; undefined when they are too many to keep. */
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
const MAX_PARAMETERS = 32;
/** The largest parameter; xterm reduces larger ones to it. */
const LARGEST_NUMBER = 65_535;
/** Longer than the control sequences and titles in use; images are not kept. */
const MAX_UNFINISHED_BYTES = 512;
const NOTHING = Buffer.alloc(0);

/**
 * Creates a parser for 7-bit sequences, the only ones in use with UTF-8 (ECMA-48 and xterm's
 * "Control Sequences"). Its memory does not grow with the output.
 */
export function createSequenceParser(handler: SequenceHandler): SequenceParser {
  return new Parser(handler);
}

class Parser implements SequenceParser {
  readonly #handler: SequenceHandler;
  #state: State = 'ground';
  #prefix = '';
  #intermediate = '';
  #parameters: number[] = [];
  #number = 0;
  /** After a colon, details of the previous parameter follow. */
  #inDetails = false;
  #unfinished: Buffer | undefined = NOTHING;

  constructor(handler: SequenceHandler) {
    this.#handler = handler;
  }

  feed(output: Buffer): void {
    /** Where the sequence begins that is being read; undefined when it began in earlier output. */
    let start: number | undefined;
    for (let at = 0; at < output.length; at++) {
      if (this.#state === 'ground') {
        at = output.indexOf(ESCAPE, at);
        if (at === -1) break;
      }
      const byte = output[at] ?? 0;
      if (byte === ESCAPE) {
        start = at;
        this.#begin();
      } else this.#state = this.#after(byte);
    }
    if (this.#state === 'ground') this.#unfinished = NOTHING;
    else this.#keep(output.subarray(start ?? 0), start !== undefined);
  }

  get pending(): SequenceParser['pending'] {
    switch (this.#state) {
      case 'ground':
        return 'nothing';
      case 'escape':
      case 'control':
        return 'sequence';
      case 'string':
      case 'bell-string':
        return 'string';
    }
  }

  get unfinished(): Buffer | undefined {
    return this.#unfinished;
  }

  reset(): void {
    this.#state = 'ground';
    this.#unfinished = NOTHING;
  }

  #begin(): void {
    this.#state = 'escape';
    this.#prefix = '';
    this.#intermediate = '';
    this.#parameters = [];
    this.#number = 0;
    this.#inDetails = false;
  }

  #after(byte: number): State {
    if (byte === CANCEL || byte === SUBSTITUTE) return 'ground';
    const state = this.#state;
    switch (state) {
      case 'ground':
      case 'string':
        return state;
      case 'bell-string':
        return byte === BELL ? 'ground' : state;
      case 'escape':
      case 'control':
        // Terminals execute control characters in the middle of a sequence, which then continues.
        if (byte < FIRST_PRINTABLE || byte === DELETE) return state;
        if (byte > DELETE) return 'ground';
        return state === 'escape' ? this.#afterEscape(byte) : this.#afterControl(byte);
    }
  }

  #afterEscape(byte: number): State {
    const character = String.fromCharCode(byte);
    if (byte < DIGIT_0) {
      this.#intermediate = character;
      return 'escape';
    }
    const started = this.#intermediate === '' ? STARTS.get(character) : undefined;
    if (started !== undefined) return started;
    this.#handler.escapeSequence(this.#intermediate, character);
    return 'ground';
  }

  #afterControl(byte: number): State {
    if (byte >= FIRST_FINAL) {
      this.#endParameter();
      this.#handler.controlSequence({
        prefix: this.#prefix,
        parameters: this.#parameters,
        intermediate: this.#intermediate,
        final: String.fromCharCode(byte),
      });
      return 'ground';
    }
    if (byte < DIGIT_0) this.#intermediate = String.fromCharCode(byte);
    else if (byte <= DIGIT_9) this.#addDigit(byte - DIGIT_0);
    else if (byte === COLON) this.#inDetails = true;
    else if (byte === SEMICOLON) this.#endParameter();
    else if (byte <= LAST_PARAMETER_BYTE) this.#prefix = String.fromCharCode(byte);
    return 'control';
  }

  #addDigit(digit: number): void {
    if (!this.#inDetails) this.#number = Math.min(this.#number * 10 + digit, LARGEST_NUMBER);
  }

  #endParameter(): void {
    if (this.#parameters.length < MAX_PARAMETERS) this.#parameters.push(this.#number);
    this.#number = 0;
    this.#inDetails = false;
  }

  #keep(rest: Buffer, isWhole: boolean): void {
    const before = isWhole ? NOTHING : this.#unfinished;
    this.#unfinished =
      before === undefined || before.length + rest.length > MAX_UNFINISHED_BYTES
        ? undefined
        : Buffer.concat([before, rest]);
  }
}
