import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { startLocalAws, type LocalAws, type LocalSession } from '../test/local-aws/local-aws.ts';
import { PROGRAM } from './paths.ts';
import { startWithPipes, type Command } from './program.ts';
import { figure, heading } from './report.ts';
import { median } from './statistics.ts';

const STARTS = 20;
const CUTS = 20;
const TARGET = 'mi-bench';
const PROMPT = 'bench> ';

type Program = ReturnType<typeof startWithPipes>;

interface Opened {
  readonly program: Program;
  readonly session: LocalSession;
  /** From the start of the process to its first message on an open WebSocket. */
  readonly openMs: number;
}

/** Starts a session and the program, and measures until its WebSocket is open. */
export async function openSession(aws: LocalAws, command?: Command): Promise<Opened> {
  const request = { Target: TARGET };
  const response = await aws.startSession(request, {
    agent: { environment: { PS1: PROMPT }, shell: '/bin/sh' },
  });
  const session = aws.session(response.SessionId);
  const args = [
    JSON.stringify(response),
    aws.region,
    'StartSession',
    '',
    JSON.stringify(request),
    aws.endpoint,
  ];
  const start = performance.now();
  const program = startWithPipes(args, {}, command);
  await session.until('the connection', ({ record }) => record.connections.length > 0);
  return { program, session, openMs: performance.now() - start };
}

/** Resolves when the program has written a text from now on. */
function written(program: Program, text: string): Promise<void> {
  return new Promise((resolve) => {
    let seen = '';
    const onData = (chunk: Buffer): void => {
      seen += chunk.toString('latin1');
      if (!seen.includes(text)) return;
      program.stdout.off('data', onData);
      resolve();
    };
    program.stdout.on('data', onData);
  });
}

async function runWithoutArguments(): Promise<number> {
  const start = performance.now();
  await once(spawn(process.execPath, [PROGRAM], { stdio: 'ignore' }), 'exit');
  return performance.now() - start;
}

async function benchOpening(aws: LocalAws): Promise<void> {
  const empty: number[] = [];
  const opening: number[] = [];
  for (let i = 0; i < STARTS; i++) {
    empty.push(await runWithoutArguments());
    const { program, openMs } = await openSession(aws);
    opening.push(openMs);
    program.kill('SIGKILL');
    await once(program, 'exit');
  }
  figure('start to open WebSocket, minimum', Math.min(...opening), 'ms');
  figure('start to open WebSocket, median', median(opening), 'ms');
  const difference = Math.min(...opening) - Math.min(...empty);
  figure('minimum over the run without arguments', difference, 'ms', '<= 60 ms');
  figure('median over it', median(opening) - median(empty), 'ms', '<= 60 ms');
}

async function benchReconnect(aws: LocalAws): Promise<void> {
  const { program, session } = await openSession(aws);
  await written(program, PROMPT);
  const times: number[] = [];
  for (let i = 0; i < CUTS; i++) {
    const answer = written(program, `answer ${i}\r\n`);
    const start = performance.now();
    session.cutClient();
    program.stdin.write(`echo answer ${i}\n`);
    await answer;
    times.push(performance.now() - start);
  }
  program.kill('SIGTERM');
  await once(program, 'exit');
  figure(`cut to first byte again, median of ${CUTS}`, median(times), 'ms', '<= 400 ms');
  figure('cut to first byte again, maximum', Math.max(...times), 'ms');
}

/** How long connecting takes, and connecting again. */
export async function benchConnection(): Promise<void> {
  heading('Connection, with static credentials');
  const aws = await startLocalAws();
  await benchOpening(aws);
  await benchReconnect(aws);
  await aws.close();
}
