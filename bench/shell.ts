import { once } from 'node:events';
import type { Pty } from 'node-pty';
import { fastest, rateOf, startFloor, type Transfer } from './floor/floor.ts';
import { startLocalTarget, type LocalTarget } from './local-target/local-target.ts';
import { watchUsage, type UsageOverTime } from './process-usage.ts';
import { startInTerminal, startWithPipes, type Command, type ProgramSettings } from './program.ts';
import { figure, heading } from './report.ts';
import { median, percentile } from './statistics.ts';

const TARGET = 'mi-bench';
const PROMPT = 'bench> ';
const STARTS = 10;
const KEYSTROKES = 1000;
/** Keys on one line before it is thrown away: a line discipline keeps 4096 at most (termios(3)). */
const KEYS_PER_LINE = 500;
const KILL_LINE = '\x15';
const ROUNDS = 3;
const OUTPUT_BYTES = 100 * 1024 * 1024;
const MEBIBYTE = 1024 * 1024;

/** Resolves when the terminal has shown a text. */
function shown(terminal: Pty, text: string): Promise<void> {
  return new Promise((resolve) => {
    let seen = '';
    const listening = terminal.onData((data) => {
      seen += data.toString('latin1');
      if (!seen.includes(text)) return;
      listening.dispose();
      resolve();
    });
  });
}

function exited(terminal: Pty): Promise<void> {
  return new Promise((resolve) => {
    terminal.onExit(() => resolve());
  });
}

/** Starts a shell session in a terminal; resolves when the prompt appears. */
export async function openShell(
  target: LocalTarget,
  command?: Command,
  settings: ProgramSettings = {},
): Promise<{ terminal: Pty; promptMs: number }> {
  const args = await target.start(
    { Target: TARGET },
    { agent: { environment: { PS1: PROMPT }, shell: '/bin/sh' } },
  );
  const start = performance.now();
  const terminal = startInTerminal(args, settings, command);
  await shown(terminal, PROMPT);
  return { terminal, promptMs: performance.now() - start };
}

/** Leaves a shell session; resolves when the program has ended. */
export async function leaveShell(terminal: Pty): Promise<void> {
  const ended = exited(terminal);
  terminal.write('exit\r');
  await ended;
}

async function startsToPrompt(target: LocalTarget): Promise<readonly number[]> {
  const times: number[] = [];
  for (let i = 0; i < STARTS; i++) {
    const { terminal, promptMs } = await openShell(target);
    times.push(promptMs);
    await leaveShell(terminal);
  }
  return times;
}

/** Milliseconds from each keystroke to its echo. Nothing of them remains on the line. */
export async function typeKeys(terminal: Pty, count: number): Promise<readonly number[]> {
  const times: number[] = [];
  for (let i = 1; i <= count; i++) {
    const echoed = shown(terminal, 'x');
    const start = performance.now();
    terminal.write('x');
    await echoed;
    times.push(performance.now() - start);
    if (i % KEYS_PER_LINE === 0 || i === count) terminal.write(KILL_LINE);
  }
  return times;
}

async function keystrokesToEcho(target: LocalTarget): Promise<readonly number[]> {
  const { terminal } = await openShell(target);
  const times = await typeKeys(terminal, KEYSTROKES);
  await leaveShell(terminal);
  return times;
}

/** From the first byte of output to the last. */
async function bulkOutput(target: LocalTarget): Promise<Transfer> {
  const args = await target.start(
    {
      Target: TARGET,
      DocumentName: 'AWS-StartNonInteractiveCommand',
      Parameters: {
        command: [`head -c ${OUTPUT_BYTES} /dev/zero`],
        separateOutputStream: ['true'],
      },
    },
    { agent: { pacing: false } },
  );
  const program = startWithPipes(args, {});
  const ended = once(program, 'close');
  let bytes = 0;
  let first = 0;
  let last = 0;
  let usage: (() => UsageOverTime) | undefined;
  program.stdout.on('data', (chunk: Buffer) => {
    // The start line is the program's own.
    if (usage === undefined && !chunk.includes(0)) return;
    last = performance.now();
    if (usage === undefined) {
      first = last;
      usage = watchUsage(program.pid ?? 0);
    }
    bytes += chunk.length;
  });
  await ended;
  if (bytes < OUTPUT_BYTES || usage === undefined) {
    throw new Error(`${bytes} bytes of output in place of ${OUTPUT_BYTES}`);
  }
  return { bytes, seconds: (last - first) / 1000, client: usage() };
}

/** What a shell session costs, through the local target and against the floor. */
export async function benchShell(): Promise<void> {
  const target = await startLocalTarget();
  heading('Shell session');
  const starts = await startsToPrompt(target);
  figure(`start to first prompt, minimum of ${STARTS}`, Math.min(...starts), 'ms');
  figure('start to first prompt, median', median(starts), 'ms');

  const echoes = await keystrokesToEcho(target);
  figure(`keystroke to echo, median of ${KEYSTROKES}`, median(echoes), 'ms', '< 2 ms');
  figure('keystroke to echo, 99th percentile', percentile(echoes, 0.99), 'ms', '< 10 ms');

  await benchOutput(target);
  await target.close();
}

async function benchOutput(target: LocalTarget): Promise<void> {
  const bare: Transfer[] = [];
  const outputs: Transfer[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const floor = await startFloor();
    bare.push(await floor.transfer('down', OUTPUT_BYTES));
    floor.close();
    outputs.push(await bulkOutput(target));
  }
  const floor = fastest(bare);
  const output = fastest(outputs);
  figure(`floor: 100 MiB towards a bare client, best of ${ROUNDS}`, rateOf(floor), 'MB/s');
  figure(`output of 100 MiB, best of ${ROUNDS}`, rateOf(output), 'MB/s');
  figure('output against the floor', (100 * rateOf(output)) / rateOf(floor), '%', '>= 60 %');
  figure("CPU time of the floor's client", floor.client.cpuSeconds, 's');
  figure('CPU time of the program', output.client.cpuSeconds, 's');
  const growth = outputs.map(({ client }) => client.peakBytes - client.startBytes);
  figure(
    'memory growth during the output, worst',
    Math.max(...growth) / MEBIBYTE,
    'MiB',
    '< 30 MiB',
  );
}
