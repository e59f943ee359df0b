import { isPort } from '../../cli/framework/parse-port.ts';
import { shown } from '../../cli/framework/usage/usage-words.ts';
import type { Parameters } from './json-parameters.ts';

/**
 * AWS's own documents: the prefix is reserved for them (Systems Manager user guide, "Create SSM document
 * content"), so their parameters are known.
 */
const AWS_DOCUMENT = /(?:^|\/)AWS-[^/]*$/;
const REMOTE_PORT = 'portNumber';
const LOCAL_PORT = 'localPortNumber';
/** Lets the system choose a local port. */
const ANY_PORT = '0';

/** A parameter that is no port, and what to do: a sentence each. */
interface PortFault {
  readonly problem: string;
  readonly hint: string;
}

/** A port among the parameters of a document of AWS that AWS would refuse; undefined when there is none. */
export function findInvalidPort(
  documentName = '',
  parameters: Parameters = {},
): PortFault | undefined {
  if (!AWS_DOCUMENT.test(documentName)) return undefined;
  const remote = parameters[REMOTE_PORT]?.find((port) => !isPort(port));
  if (remote !== undefined) {
    return fault(REMOTE_PORT, remote, 'A port is a number from 1 to 65535.');
  }
  const local = parameters[LOCAL_PORT]?.find((port) => port !== ANY_PORT && !isPort(port));
  if (local === undefined) return undefined;
  return fault(LOCAL_PORT, local, 'A port is a number from 1 to 65535, or 0 for any free one.');
}

function fault(name: string, port: string, hint: string): PortFault {
  return { problem: `"${shown(port)}" is not a port: ${name} in --parameters.`, hint };
}
