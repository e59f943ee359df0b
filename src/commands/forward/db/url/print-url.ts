import { createServer } from 'node:net';
import type { CommandContext } from '../../../../cli/framework/command-context.ts';
import { printJson } from '../../../../cli/output/print-list.ts';
import { systemCode } from '../../../../lib/errors/system-error.ts';
import { quoteForShell } from '../../../../lib/quote-for-shell.ts';
import { connectionUrl, connectionVariables, type LocalEnd } from './connection-url.ts';

/** Prints how programs reach a database at its local port, and reports when the port is not forwarded. */
export async function printUrl(
  context: CommandContext,
  end: LocalEnd,
  { asVariables, command }: { readonly asVariables: boolean; readonly command: string },
): Promise<void> {
  const { options, output } = context;
  const variables = connectionVariables(end);
  const lines = asVariables
    ? Object.entries(variables).map(([name, value]) => `export ${name}=${quoteForShell(value)}`)
    : [connectionUrl(end)];
  if (options.json) await printJson(context, { url: connectionUrl(end), variables });
  else await output.print(lines.map((line) => `${line}\n`).join(''));
  if (!(await isFree(end.port))) return;
  output.notify(
    `Nothing listens on port ${end.port} yet. To forward it, run \`session-manager-plugin ${command}\` in another terminal.`,
  );
}

/** Listens instead of connecting: a connection would reach the database, which may count connections that do not sign in. */
function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', (error) => resolve(systemCode(error) !== 'EADDRINUSE'));
    server.listen({ port, host: '127.0.0.1' }, () => server.close(() => resolve(true)));
  });
}
