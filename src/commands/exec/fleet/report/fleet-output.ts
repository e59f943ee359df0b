import { stripVTControlCharacters, styleText } from 'node:util';
import type { CommandContext } from '../../../../cli/framework/command-context.ts';
import { drain } from '../../../../lib/drain.ts';
import { printableLines } from '../../../../lib/printable.ts';

/** Colors of names. Red is for failures. */
const COLORS = ['cyan', 'magenta', 'green', 'blue', 'yellow'] as const;
const BYTES = 'latin1';

/** Where output of machines is written. */
export type StreamName = 'stdout' | 'stderr';

/** Writes output of machines: bytes to a pipe; to a terminal a text that cannot control it. */
export interface FleetOutput {
  /**
   * @param label - is put before each line; empty for none
   * @param position - of the machine in the fleet, which decides its color
   */
  write(stream: StreamName, bytes: Buffer, label?: string, position?: number): Promise<void>;
}

/** @param context - of the command, whose status line makes room for each output */
export function createFleetOutput({ output, terminal, options }: CommandContext): FleetOutput {
  return {
    async write(name, bytes, label = '', position = 0) {
      if (bytes.length === 0) return;
      const isTerminal = terminal[name];
      const text = isTerminal ? safeText(bytes) : bytes.toString(BYTES);
      const whole = text.endsWith('\n') ? text : `${text}\n`;
      const color = COLORS[position % COLORS.length];
      const isColored = isTerminal && options.color && color !== undefined;
      const shown = isColored ? styleText(color, label, { validateStream: false }) : label;
      const encoding = isTerminal ? 'utf8' : BYTES;
      // Lines of a pipe are bytes, one for each character.
      const before = isTerminal ? shown : Buffer.from(shown).toString(BYTES);
      const lines = whole.slice(0, -1).split('\n');
      output.status.clear();
      output[name].write(lines.map((line) => `${before}${line}\n`).join(''), encoding);
      await drain(output[name]);
    },
  };
}

/** Colors of the output are left out, because a cut could leave the terminal in one. */
function safeText(bytes: Buffer): string {
  return printableLines(stripVTControlCharacters(bytes.toString()));
}
