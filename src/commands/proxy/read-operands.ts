import type { Command } from 'commander';
import { isPort } from '../../cli/framework/parse-port.ts';
import { readProgram } from '../../cli/framework/read-program.ts';
import { usageError } from '../../cli/framework/usage/usage-error.ts';

/** Where the proxy listens. */
export interface ListenAddress {
  /** Undefined for the loopback addresses. */
  readonly address: string | undefined;
  /** 0 for any free one; undefined for the usual one. */
  readonly port: number | undefined;
}

/** What the operands of `proxy` mean. */
export interface ProxyOperands {
  readonly target: string | undefined;
  readonly listen: ListenAddress;
  /** The words after `--`; undefined without `--exec`. */
  readonly program: readonly string[] | undefined;
}

const EXEC_EXAMPLE = 'proxy web --exec -- kubectl get nodes';
const LISTEN = /^(?:(\[[^\]]+\]|[^:]*):)?(\d+)$/;

/**
 * Reads `[TARGET] [[ADDRESS:]PORT] [--exec -- COMMAND…]`. No target id ends in a port number, so a first operand that does
 * is where the proxy listens.
 *
 * @param args - all arguments of the program
 * @param runsProgram - whether `--exec` was passed
 * @throws UsageError
 */
export function readOperands(
  self: Command,
  args: readonly string[],
  runsProgram: boolean,
): ProxyOperands {
  const { words, program } = readProgram(self, args, self.args, runsProgram, EXEC_EXAMPLE);
  const [first, second, surplus] = words;
  if (surplus !== undefined) {
    throw usageError(self, `There is one operand too many: ${JSON.stringify(surplus)}.`, [
      'Write a command to run after --exec --.',
    ]);
  }
  const isListenFirst = second === undefined && first !== undefined && LISTEN.test(first);
  const listen = isListenFirst ? first : second;
  return {
    target: isListenFirst ? undefined : first,
    listen: listen === undefined ? NOWHERE : readListen(self, listen),
    program,
  };
}

const NOWHERE: ListenAddress = { address: undefined, port: undefined };

function readListen(self: Command, text: string): ListenAddress {
  const [, address, port] = LISTEN.exec(text) ?? [];
  if (port === undefined || (Number(port) !== 0 && !isPort(port))) {
    throw usageError(self, `"${text}" is not a place to listen on.`, [
      'Pass PORT or ADDRESS:PORT, such as 1080 or 127.0.0.1:1080.',
    ]);
  }
  return {
    address: address === '' ? undefined : address?.replace(/^\[(.*)\]$/, '$1'),
    port: Number(port),
  };
}
