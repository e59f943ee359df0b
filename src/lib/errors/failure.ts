/** What a text function of a table returns: what is wrong, and what to do about it; each a sentence. */
export type Sentences = readonly [problem: string, remedy: string];

/** One failure in a table: its kind, and the function that makes its text of the facts. */
export interface FailureEntry<Reason extends string, Facts extends readonly never[]> {
  readonly reason: Reason;
  readonly text: (...facts: Facts) => Sentences;
}

/** A failure that is reported to the user, and to programs by its code. */
export interface Failure<Reason extends string = string> {
  /** The stable name of this failure, a row of `docs/errors.md`: `port-in-use`. */
  readonly code: string;
  /** The kind of failure, which code decides by. */
  readonly reason: Reason;
  /** What is wrong: a sentence with its full stop, without the name of an API. */
  readonly problem: string;
  /** What to do: a sentence or two, with the whole command; empty where nothing helps. */
  readonly remedy: string;
  /** What callers such as the AWS CLI read in its place (docs/design/protocol.md#texts). */
  readonly callerText?: string;
}

type Entries<Reason extends string> = Readonly<Record<string, FailureEntry<Reason, never[]>>>;

/** Makes each failure of a table of the same facts as its text. */
export type Failures<Table extends Entries<string>> = {
  readonly [Code in keyof Table]: (
    ...facts: Parameters<Table[Code]['text']>
  ) => Failure<Table[Code]['reason']>;
};

/** A table of failures, by their codes. */
export function defineFailures<Reason extends string, Table extends Entries<Reason>>(
  table: Table & Entries<Reason>,
): Failures<Table> {
  const makers = Object.entries(table).map(([code, { reason, text }]) => [
    code,
    (...facts: never[]): Failure => {
      const [problem, remedy] = text(...facts);
      return { code, reason, problem: sentence(problem), remedy: sentence(remedy) };
    },
  ]);
  return Object.fromEntries(makers) as Failures<Table>;
}

/** What is wrong, then what to do; a proposal is on a line of its own. */
export function messageOf({ problem, remedy }: Pick<Failure, 'problem' | 'remedy'>): string {
  if (remedy === '') return problem;
  return `${problem}${remedy.startsWith(PROPOSAL) ? '\n' : ' '}${remedy}`;
}

/** How a remedy begins that proposes another name. */
const PROPOSAL = 'Did you mean ';
/** A final command or list keeps its form: a full stop would be pasted with it. */
const ENDS_ITSELF = /(?:[.?!:\u2026]|\n[^\n]*)$/;

function sentence(text: string): string {
  return text === '' || ENDS_ITSELF.test(text) ? text : `${text}.`;
}

/** The same failure, with something else to do about it. */
export function withRemedy<Reason extends string>(
  { code, reason, problem }: Failure<Reason>,
  remedy: string,
): Failure<Reason> {
  return { code, reason, problem, remedy: sentence(remedy) };
}

/** The same failure as one of a command's input. */
export function asInput({ code, problem, remedy }: Failure): Failure<'input'> {
  return { code, reason: 'input', problem, remedy };
}
