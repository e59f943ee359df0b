import type { Command } from 'commander';
import type { CommandContext } from '../../cli/framework/command-context.ts';
import { examples } from '../../cli/framework/command-line.ts';
import type { CommandHelp } from '../../cli/framework/help/help-page.ts';
import { ValueError } from '../../cli/framework/usage/value-error.ts';
import { parseTime } from '../../cli/framework/parse-time.ts';
import { playRecording, type PlayOptions } from './play-recording.ts';

/** A longer pause than that of any session: their longest time, in milliseconds. */
const MAX_PLAYED_PAUSE_MS = 24 * 3_600_000;

/** `play FILE`: shows what a recorded session has shown, with its pauses. */
export function configurePlay(command: Command, context: CommandContext): CommandHelp {
  command
    .description(
      'Replays a recording of shell --record, or of asciinema 2, with its pauses. Space pauses, q or Ctrl-C ends it.',
    )
    .argument('<file>', 'the recording')
    .option(
      '--speed <factor>',
      'how many times as fast as recorded, such as 2 or 0.5',
      parseSpeed,
      1,
    )
    .option(
      '--max-pause <time>',
      'shorten longer pauses of the recording to this time, such as 2s',
      (text) => parseTime(text, { ms: MAX_PLAYED_PAUSE_MS, text: '24h' }),
    )
    .action(async (path: string, options: PlayOptions) => {
      context.exitWith(await playRecording(context, path, options));
    });
  return { examples: examples('play repair.cast', 'play repair.cast --speed 4 --max-pause 2s') };
}

function parseSpeed(text: string): number {
  const speed = /^\d{1,6}(?:\.\d{1,6})?$/.test(text) ? Number(text) : 0;
  if (speed > 0) return speed;
  throw new ValueError(['Pass a number above 0, such as 2 or 0.5.']);
}
