import type { TestContext } from 'node:test';
import type { ForwardEvent } from '../../../../src/commands/forward/json-reporter.ts';
import { connectLocally, readToEnd } from '../../port/support/local-program.ts';
import { startService, type TargetService } from '../../port/support/target-service.ts';
import type { PipedProgram } from '../../support/piped-program.ts';

/** A service that sends its name to each client, then ends the connection. */
export function startNamed(t: TestContext, name: string): Promise<TargetService> {
  return startService(t, (socket) => socket.end(name));
}

/** What the service at the other end of a local port sends, up to its end. */
export async function nameAt(t: TestContext, port: number): Promise<string> {
  const socket = await connectLocally(t, { port, host: '127.0.0.1' });
  return (await readToEnd(socket)).toString();
}

/** A local port that another program uses as long as the test lasts. */
export async function takenPort(t: TestContext): Promise<number> {
  return (await startService(t, (socket) => socket.destroy())).port;
}

/** The events that `forward --json` has printed so far. */
export function eventsIn(text: string): readonly ForwardEvent[] {
  const lines = text.slice(0, text.lastIndexOf('\n') + 1).split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as ForwardEvent);
}

/** The first event of a kind that `forward --json` prints. */
export async function untilEvent<Kind extends ForwardEvent['event']>(
  program: PipedProgram,
  kind: Kind,
): Promise<ForwardEvent & { readonly event: Kind }> {
  const isMeant = (event: ForwardEvent): event is ForwardEvent & { readonly event: Kind } =>
    event.event === kind;
  const found = (): (ForwardEvent & { readonly event: Kind }) | undefined =>
    eventsIn(program.stdout.text).find(isMeant);
  await program.stdout.until(`the event ${kind}`, () => found() !== undefined);
  const event = found();
  if (event === undefined) throw new Error(`the event ${kind} has gone`);
  return event;
}
