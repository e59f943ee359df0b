import { familyOf, ProgramError } from '../../../lib/errors/program-error.ts';

/**
 * What is wrong with a value: a sentence.
 *
 * @param what - the option or argument, at the beginning of a sentence
 */
export type ValueProblem = (what: string) => string;

/**
 * The function that reads an option or an argument cannot use its value. It does not know their name:
 * `explainValues` makes a usage error of this.
 */
export class ValueError extends ProgramError<'usage'> {
  override readonly name = 'ValueError';
  readonly hints: readonly string[];
  /** Undefined when the hints explain it. */
  readonly problemOf: ValueProblem | undefined;

  /** @param hints - sentences about what to do, each shown on its own line */
  constructor(hints: readonly string[], problemOf?: ValueProblem) {
    const problem = problemOf?.('The value') ?? 'The value cannot be used.';
    super('value', { code: 'usage', reason: 'usage', problem, remedy: hints.join(' ') });
    this.hints = hints;
    this.problemOf = problemOf;
  }
}

/** Whether an error is a {@link ValueError}. */
export function isValueError(thrown: unknown): thrown is ValueError {
  return familyOf(thrown) === 'value';
}
