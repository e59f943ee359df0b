import { createServer, type Server, type Socket } from 'node:net';
import type { Command } from 'commander';
import { backgroundPlace } from '../../cli/background/place.ts';
import { SUPERVISE } from '../../cli/background/start-supervisor.ts';
import type { CommandContext } from '../../cli/framework/command-context.ts';
import { examples } from '../../cli/framework/command-line.ts';
import { reportedFailure } from '../../cli/framework/failure.ts';
import type { CommandHelp } from '../../cli/framework/help/help-page.ts';
import { printableJson } from '../../lib/printable.ts';
import { messageOf } from '../../lib/errors/failure.ts';
import { withTimeout } from '../../lib/with-timeout.ts';
import { welcomeClient } from './client.ts';
import { startConnectionProcess } from './connection-process.ts';
import { credentialFiles } from './sign-in-watch.ts';
import { createSupervisor } from './supervisor.ts';

/** A supervisor that no client asks for anything was started by an `up` that has ended. */
const FIRST_CLIENT_LIMIT_MS = 10_000;
/** Programs that are connected at the same time: further ones are closed. */
const MAX_CLIENTS = 64;
/** How long clients that do not read delay the end. */
const CLOSE_LIMIT_MS = 1_000;

/**
 * `__supervise`: runs the connections in the background until none is left. On stdout it reports that it takes requests, or
 * that another supervisor does.
 */
export function configureSupervise(command: Command, context: CommandContext): CommandHelp {
  command
    .description('Runs connections in the background: "up" calls this command.')
    .action(async () => {
      const report = (outcome: object): void => {
        void context.output.print(`${printableJson(outcome)}\n`);
      };
      try {
        await supervise(context, report);
      } catch (error) {
        const { reason, code, ...sentences } = reportedFailure(error);
        report({ outcome: 'failed', error: { reason, code, message: messageOf(sentences) } });
        throw error;
      }
    });
  return { examples: examples(SUPERVISE) };
}

async function supervise(
  context: CommandContext,
  report: (outcome: object) => void,
): Promise<void> {
  const { clock, random, version, sessions } = context;
  const { signals, release } = sessions.signals.acquireEndings();
  const place = backgroundPlace(context);
  const supervisor = createSupervisor({
    ...{ clock, credentialFiles, random: random.uniform },
    startProcess: (job, surroundings, events) =>
      startConnectionProcess(job, surroundings, clock, events),
  });
  const clients = new Set<Socket>();
  let welcome = (socket: Socket): void => void early.push(socket);
  const early: Socket[] = [];
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    clients.add(socket);
    socket.on('close', () => clients.delete(socket));
    // A client that only checks whether there is a supervisor closes the connection at once.
    socket.on('error', () => undefined);
    welcome(socket);
  });
  server.maxConnections = MAX_CLIENTS;
  if (!(await place.claim(server))) {
    for (const socket of clients) socket.destroy();
    release();
    report({ outcome: 'taken' });
    return;
  }
  const serve = async (socket: Socket): Promise<void> => {
    const leave = supervisor.visit();
    socket.on('close', leave);
    if (!(await place.admits(socket))) {
      socket.destroy();
      return;
    }
    welcomeClient(socket, {
      ...{ clock, version, pid: process.pid },
      serve(client, request) {
        supervisor.serve(client, request);
        leave();
        waiting.cancel();
        leaveFirst();
      },
    });
  };
  const leaveFirst = supervisor.visit();
  const waiting = clock.after(FIRST_CLIENT_LIMIT_MS, leaveFirst);
  welcome = (socket) => void serve(socket);
  for (const socket of early) welcome(socket);
  signals.onSignal((signal) => {
    if (signal !== 'SIGTSTP' && (signal !== 'SIGHUP' || sessions.signals.hangUpEnds)) {
      supervisor.stop();
    }
  });
  report({ outcome: 'ready' });
  await supervisor.empty;
  waiting.cancel();
  welcome = (socket) => void socket.destroy();
  await withTimeout(clock, CLOSE_LIMIT_MS, closed(server), () => undefined);
  for (const socket of clients) socket.destroy();
  release();
}

/** Removes the socket at once, and resolves when no client is connected. */
function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}
