import { Option, type Command } from 'commander';
import type { HelpSection } from '../../../cli/framework/help/help-page.ts';
import { collect } from '../../../cli/framework/usage/operands.ts';

/** The heading of these options in the help. */
const TITLE = 'Many machines';

/** Options of a command on many machines, as they are typed. */
export interface FleetOptions {
  readonly tag?: readonly string[];
  readonly targets?: readonly string[];
  readonly filter?: string;
  readonly all?: true;
  readonly concurrency?: string;
  readonly maxErrors?: string;
  readonly timeout?: string;
  readonly comment?: string;
  readonly output?: string;
  readonly yes?: true;
  readonly group?: true;
  readonly summary?: true;
  readonly fold?: true;
}

/** Options that select machines; each of the others needs one of them. */
export const SELECTING = ['tag', 'targets', 'filter', 'all'] as const;
const SETTINGS = [
  ...(['concurrency', 'maxErrors', 'timeout', 'comment', 'output'] as const),
  ...(['yes', 'group', 'summary', 'fold'] as const),
] as const;

/** Declares the options. Everything else about many machines is loaded when one of them is used. */
export function addFleetOptions(command: Command): void {
  command
    .optionsGroup(TITLE)
    .option('--tag <key=value>', 'run on all machines with this tag; repeatable', collect)
    .option('--targets <names>', 'run on these machines: ids or names, with commas', collectNames)
    .option(
      '--filter <text>',
      'run on all machines that contain these words, as `targets` lists them',
    )
    .option('--all', 'run on all machines of the region')
    .option(
      '--concurrency <number>',
      'machines that run it at once, or their share: 20, 10% (default: 50)',
    )
    .option(
      '--max-errors <number>',
      'stop when it has failed on more machines, or a larger share: 1, 5%',
    )
    .option('--timeout <time>', 'how long each machine may take: 90s, 10m, 2h (default: 1h)')
    .option('--comment <text>', 'note for the history of Run Command')
    .option(
      '--output <s3-url>',
      'where AWS stores whole outputs: s3://BUCKET or s3://BUCKET/PREFIX',
    )
    .option('-y, --yes', 'do not ask before the command runs on more than one machine')
    .addOption(new Option('--group', 'print the output of each machine below its name'))
    .addOption(
      new Option('--summary', 'print only a table of the machines').conflicts(['group', 'fold']),
    )
    .addOption(new Option('--fold', 'print equal outputs once, at the end').conflicts(['group']))
    .optionsGroup('');
}

/** What the help explains about them. */
export const FLEET_HELP: HelpSection = {
  kind: 'text',
  title: 'On many machines',
  paragraphs: [
    'With --tag, --targets, --filter or --all, AWS runs the command (Run Command of Systems Manager): as root, and as ' +
      'SYSTEM on Windows, while exec on one target runs it as the user of sessions. AWS keeps the text of the command in its ' +
      'history: put no secrets in it.',
    'The output of a machine comes when the command has ended there. The exit status is 0 if all machines have 0, else the ' +
      'highest one; 255 if the command did not run on a machine.',
  ],
};

/** Whether the command runs on many machines. */
export function selectsFleet(options: FleetOptions): boolean {
  return SELECTING.some((name) => options[name] !== undefined);
}

/** An option that only many machines have; undefined when there is none. */
export function fleetSetting(options: FleetOptions): string | undefined {
  const name = SETTINGS.find((one) => options[one] !== undefined);
  return name === undefined ? undefined : `--${name.replace('E', '-e')}`;
}

function collectNames(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, ...value.split(',')];
}
