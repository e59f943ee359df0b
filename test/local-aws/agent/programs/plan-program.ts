import { lookup } from 'node:dns';
import { isIP } from 'node:net';
import type { SeparateOutput, SessionPlan } from '../../session/session-request.ts';
import type { AgentOptions } from '../agent-options.ts';
import { commandProgram } from './command/command-program.ts';
import { refusalOf } from '../ports/denied-hosts.ts';
import type { TargetAddress } from '../ports/target-connection.ts';
import { muxProgram } from '../ports/mux-program.ts';
import { portMode } from '../ports/port-features.ts';
import type { Program, StartProgram } from './program.ts';
import { shellProgram } from './pty/shell-program.ts';
import { singlePortProgram } from '../ports/single-port-program.ts';

/** Chooses what runs for a session. */
export function planProgram(plan: SessionPlan): StartProgram {
  switch (plan.kind) {
    case 'shell':
      return shellProgram(plan.command);
    case 'command':
      return (host) =>
        commandProgram(plan.command, separateOutput(plan.separate, host.options))(host);
    case 'port':
      return (host) => forwarding(plan.properties, host.agentVersion, host.clientVersion)(host);
  }
}

function separateOutput(
  ofDocument: SeparateOutput | undefined,
  { separateOutputStream }: AgentOptions,
): SeparateOutput | undefined {
  if (separateOutputStream === undefined) return ofDocument;
  const separate = ofDocument ?? { stdoutPrefix: '', stderrPrefix: '' };
  return separateOutputStream ? separate : undefined;
}

function forwarding(
  properties: Readonly<Record<string, string>>,
  agentVersion: string,
  clientVersion: string,
): StartProgram {
  const address = {
    host: properties['host'] ?? '',
    port: Number(properties['portNumber']),
  };
  const refusal = refusalOf(address.host);
  if (refusal !== undefined) return refusedProgram(refusal);
  const mode = portMode(properties['type'] ?? '', agentVersion, clientVersion);
  switch (mode.kind) {
    case 'mux':
      return afterLookup(address, muxProgram(address, mode.keepAlive));
    case 'basic':
      return afterLookup(address, singlePortProgram(address, true));
    case 'stdio':
      return afterLookup(address, singlePortProgram(address, false));
  }
}

/** A name that does not exist ends the session before it has dialled (docs/design/agent.md#destinations). */
function afterLookup(address: TargetAddress, start: StartProgram): StartProgram {
  return (host) => {
    const { host: name } = host.options.route?.(address) ?? address;
    if (name === '' || name === 'localhost' || isIP(name) !== 0) return start(host);
    let program: Program | undefined;
    let isClosed = false;
    lookup(name, (error) => {
      if (isClosed) return;
      if (error !== null) host.done('remote', `lookup ${name}: no such host`);
      else {
        program = start(host);
        host.ready();
      }
    });
    const close = async (end: 'terminate' | 'close'): Promise<void> => {
      isClosed = true;
      await program?.[end]();
    };
    return {
      receive: (type, payload) => program?.receive(type, payload) ?? false,
      writable: () => program?.writable(),
      terminate: () => close('terminate'),
      close: () => close('close'),
    };
  };
}

/** The agent ends the session before it has dialled. */
function refusedProgram(reason: string): StartProgram {
  return (host) => {
    host.done('remote', reason);
    const close = (): Promise<void> => Promise.resolve();
    return { receive: () => true, writable: () => undefined, terminate: close, close };
  };
}
