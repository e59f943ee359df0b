import type { Command } from 'commander';
import { checkLoggedAccount, type LoggedContent } from '../../cli/account-logs/logged-account.ts';
import { CommandError, type CommandContext } from '../../cli/framework/command-context.ts';
import { examples } from '../../cli/framework/command-line.ts';
import { operandBytes, readRawArguments } from '../../cli/framework/non-utf8-arguments.ts';
import type { CommandHelp } from '../../cli/framework/help/help-page.ts';
import { randomHex } from '../../cli/framework/random-hex.ts';
import { usageError } from '../../cli/framework/usage/usage-error.ts';
import { ValueError } from '../../cli/framework/usage/value-error.ts';
import { checkSettings } from '../../cli/run/prepare-session.ts';
import { useConnection } from '../../cli/target/resolve-target.ts';
import { copyFailures } from '../../failures/copies/copy.ts';
import { printable } from '../../lib/printable.ts';
import { engineOfSessions, type CreateEngine } from './copy-engine.ts';
import type { CopyOptions, CopyRun } from './copy-run.ts';
import { connectTargets, findTargets } from './copy-target.ts';
import { copyDown } from './copy-down.ts';
import { copyUp } from './copy-up.ts';
import { thisProcess } from './local/claimed-partial.ts';
import { createCopyReport, noCopyReport } from './report/copy-report.ts';
import { readRequest, type CopyRequest } from './request.ts';
import { runUntilSignal } from './run-until-signal.ts';
import { parseBucketPlace, type BucketPlace } from '../../cli/storage/bucket-place.ts';

/** The options of `cp` as commander stores them. */
interface CpOptions {
  readonly recursive?: true;
  readonly preserve?: true;
  readonly resume?: true;
  readonly sudo?: true;
  readonly sessions: number;
  readonly limitRate?: number;
  readonly via?: BucketPlace;
  readonly allowLogged?: true;
  readonly reason?: string;
}

/** More sessions to one target are not faster. */
const MAX_COPY_SESSIONS = 16;
const DEFAULT_SESSIONS = 4;
/** New files are for the user alone. */
const PRIVATE_UMASK = 0o077;
const COPIED: LoggedContent = {
  what: 'what you copy',
  question: 'Copy all the same?',
  refusal: copyFailures['copy-logged'],
};
/** Random bytes in the name of a temporary file. */
const MARK_BYTES = 6;

/** `cp SOURCE… DESTINATION`: files from and to targets. */
export function configureCp(command: Command, context: CommandContext): CommandHelp {
  command
    .description(
      'Copies files and directories from a target to this machine, or to a target. The target needs no SSH ' +
        'server, no AWS CLI and no open port.\n' +
        'SOURCE and DESTINATION are paths of this machine, TARGET:PATH for a path of a target, or - for stdin ' +
        'or stdout. A relative path of a target starts at the home directory of the session’s user. Write ./ ' +
        'before a name with a colon to make it a path of this machine. Several sources need a directory as ' +
        'their destination.\n' +
        'A file is written under a temporary name, compared by its SHA-256, and then renamed: a copy that ' +
        'fails leaves the old file as it was.',
    )
    .usage('[options] <source...> <destination>')
    .argument('[paths...]', 'the sources and, as the last one, the destination')
    .option('-r, --recursive', 'copy directories with all they contain')
    .option('-p, --preserve', 'keep times, and permissions whatever the umask is')
    .option('--resume', 'keep the part of a file when its copy fails, and continue with it')
    .option('--sudo', 'read and write on the target as root, with sudo -n')
    .option(
      '--sessions <number>',
      `parallel sessions, 1 to ${MAX_COPY_SESSIONS}`,
      parseSessions,
      DEFAULT_SESSIONS,
    )
    .option(
      '--limit-rate <rate>',
      'most bytes a second from a target, such as 500K or 2M',
      parseRate,
    )
    .option(
      '--via <bucket>',
      'copy through s3://BUCKET or s3://BUCKET/PREFIX: for what is too large for sessions, and for Windows',
      parseBucketPlace,
    )
    .option('--allow-logged', 'copy even if the account logs sessions')
    .option('--reason <text>', 'note for the session history')
    .action(async (_paths: unknown, options: CpOptions, self: Command) => {
      const isRecursive = options.recursive ?? false;
      const operands = readOperands(self.args, context.platform);
      const request = readRequest(self, operands, context.platform, {
        isRecursive,
        resumes: options.resume ?? false,
      });
      if (request.direction === 'up' && options.limitRate !== undefined) {
        throw usageError(self, '--limit-rate is only for copies from a target.', [
          'Leave it out. With --sessions 1, a copy to a target is slower.',
        ]);
      }
      checkVia(self, options);
      context.exitWith(await copyAll(context, request, options));
    });
  return {
    examples: examples(
      'cp i-0123456789abcdef0:/var/log/syslog .',
      'cp -r i-0123456789abcdef0:/etc/nginx backup',
      'cp i-0123456789abcdef0:/var/lib/app/dump.sql.gz - | gunzip | psql app',
      'cp --resume i-0123456789abcdef0:image.raw /data',
      'cp --via s3://transfer/copies i-0123456789abcdef0:image.raw /data',
    ),
  };
}

/** @throws CommandError for a name that the system does not pass on as it was typed */
function readOperands(typed: readonly string[], platform: NodeJS.Platform): readonly Buffer[] {
  const operands = operandBytes(typed, () => readRawArguments(platform));
  return operands.map((bytes, i) => {
    if (bytes !== undefined) return bytes;
    throw new CommandError(copyFailures['copy-operand-not-utf8'](printable(typed[i] ?? '')));
  });
}

async function copyAll(
  context: CommandContext,
  request: CopyRequest,
  options: CpOptions,
): Promise<number> {
  // What is wrong for all files is reported before anything is sent, and questions are asked.
  checkSettings(context);
  const places = request.direction === 'down' ? request.sources : [request.destination];
  // Connections select the account.
  for (const { target } of places) await useConnection(context, target);
  await (await context.aws.calls()).prepareCredentials();
  const targets = await findTargets(context, places);
  const { via } = options;
  if (via === undefined) await checkLoggedAccount(context, COPIED, options.allowLogged ?? false);
  const createEngine = via === undefined ? engineOfSessions : await engineThrough(context, via);
  const hidesEvents = context.options.json && request.destination.kind === 'stream';
  return runUntilSignal(context, async (stopped) => {
    const run: CopyRun = {
      context,
      options: readOptions(options),
      report: hidesEvents ? noCopyReport : createCopyReport(context),
      createEngine,
      stopped,
      mark: () => randomHex(context.random, MARK_BYTES),
      partialOwner: thisProcess(),
      umask: readUmask(),
    };
    const targetOf = connectTargets(run, targets);
    if (request.direction === 'down') return copyDown(run, request, targetOf);
    return copyUp(run, request, await targetOf(request.destination));
  });
}

async function engineThrough(context: CommandContext, via: BucketPlace): Promise<CreateEngine> {
  const { openEngineThroughS3 } = await import('./s3/engine-through-s3.ts');
  return openEngineThroughS3(context, via);
}

/** A copy through S3 sends nothing through sessions, and leaves nothing to continue. */
const NOT_THROUGH_S3 = [
  ['resume', '--resume'],
  ['limitRate', '--limit-rate'],
  ['sessions', '--sessions'],
] as const;

function checkVia(command: Command, { via }: CpOptions): void {
  if (via === undefined) return;
  const [, other] =
    NOT_THROUGH_S3.find(([option]) => command.getOptionValueSource(option) === 'cli') ?? [];
  if (other === undefined) return;
  throw usageError(command, `--via and ${other} exclude each other.`, [`Leave out ${other}.`]);
}

/** To read it, the runtime has to set it. */
function readUmask(): number {
  const umask = process.umask(PRIVATE_UMASK);
  process.umask(umask);
  return umask;
}

function readOptions(options: CpOptions): CopyOptions {
  return {
    isRecursive: options.recursive ?? false,
    preserves: options.preserve ?? false,
    resumes: options.resume ?? false,
    sudo: options.sudo ?? false,
    sessions: options.sessions,
    limitRate: options.limitRate,
    reason: options.reason,
  };
}

function parseSessions(text: string): number {
  const sessions = Number(text);
  if (Number.isInteger(sessions) && sessions >= 1 && sessions <= MAX_COPY_SESSIONS) return sessions;
  throw new ValueError([`Pass a number from 1 to ${MAX_COPY_SESSIONS}.`]);
}

const RATE = /^(\d{1,9})([KMG]?)$/i;
const RATE_UNITS: Readonly<Record<string, number>> = {
  '': 1,
  K: 1024,
  M: 1024 ** 2,
  G: 1024 ** 3,
};

/** Units as those of curl: 1K is 1024 bytes. */
function parseRate(text: string): number {
  const [, digits = '', unit = ''] = RATE.exec(text) ?? [];
  const rate = Number(digits) * (RATE_UNITS[unit.toUpperCase()] ?? 0);
  if (rate > 0) return rate;
  throw new ValueError(['Pass a number of bytes with K, M or G, such as 500K or 2M.']);
}
