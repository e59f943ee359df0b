const NAME_COLUMNS = 58;
const VALUE_COLUMNS = 12;

/** Begins a part of the report. */
export function heading(title: string): void {
  process.stdout.write(`\n${title}\n`);
}

/** Prints words between figures. */
export function line(words: string): void {
  process.stdout.write(`${words}\n`);
}

/**
 * Prints a figure. Nothing is decided here: machines differ, so a figure is for a person to read, and ratios
 * within one run mean more than absolute figures.
 *
 * @param value - with up to three digits that mean something
 * @param aim - what the figure should be, such as `< 2 ms`
 */
export function figure(name: string, value: number, unit: string, aim = ''): void {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  const text = `${value.toFixed(digits)} ${unit}`;
  const line = `  ${name.padEnd(NAME_COLUMNS)}${text.padStart(VALUE_COLUMNS)}`;
  process.stdout.write(aim === '' ? `${line}\n` : `${line}   (aim: ${aim})\n`);
}

/** Prints why a figure is missing. */
export function absent(name: string, reason: string): void {
  process.stdout.write(
    `  ${name.padEnd(NAME_COLUMNS)}${'-'.padStart(VALUE_COLUMNS)}   (${reason})\n`,
  );
}
