import { readCommandLine, USAGE, UsageError, type CommandLine } from './command-line.ts';
import { howToConnect } from './how-to-connect.ts';
import { startLocalAws } from './local-aws.ts';

const USAGE_STATUS = 2;

/** Runs the local target until a signal comes. */
async function main(): Promise<void> {
  let commandLine: CommandLine;
  try {
    commandLine = readCommandLine(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`local-aws: ${error.message}\n${USAGE}`);
    process.exitCode = USAGE_STATUS;
    return;
  }
  if (commandLine.kind === 'help') {
    process.stdout.write(USAGE);
    return;
  }
  const aws = await startLocalAws(commandLine.options);
  const stopped = new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, resolve);
  });
  process.stdout.write(howToConnect(aws));
  await stopped;
  await aws.close();
}

await main();
