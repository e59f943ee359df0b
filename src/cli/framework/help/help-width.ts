/** Where no terminal shows the help. */
const PIPE_COLUMNS = 80;
/** A line with more columns is hard to read. */
const WIDEST_COLUMNS = 100;
/** With fewer columns, hardly a word has room. */
const NARROWEST_COLUMNS = 20;

/**
 * How wide a help text is made: as COLUMNS demands (environ(7)), or as the terminal is wide.
 *
 * @param demanded - the variable COLUMNS; counts when it is a number
 * @param columns - of the terminal; undefined when there is none
 */
export function helpWidth(demanded: string | undefined, columns: number | undefined): number {
  const width = /^[1-9]\d*$/.test(demanded ?? '') ? Number(demanded) : (columns ?? PIPE_COLUMNS);
  // A terminal that does not know its size reports 0 columns.
  const known = width === 0 ? PIPE_COLUMNS : width;
  return Math.min(Math.max(known, NARROWEST_COLUMNS), WIDEST_COLUMNS);
}
