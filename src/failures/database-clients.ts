import { defineFailures } from '../lib/errors/failure.ts';
import { printable } from '../lib/printable.ts';
import { quoteForShell } from '../lib/quote-for-shell.ts';

/** Where AWS publishes the authorities of RDS (RDS User Guide, "Using SSL/TLS to encrypt a connection to a DB instance"). */
const RDS_AUTHORITIES = 'https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem';

/** Failures of `db connect` before its client runs. `name` is that of the database. */
export const databaseClientFailures = defineFailures({
  'database-client-missing': {
    reason: 'input',
    text: (name: string, programs: readonly string[], packages: string) => [
      `No client for ${printable(name)} is on PATH: ${programs.join(', ')}`,
      `Install ${packages}. Or forward the port, and connect any client to it: \`session-manager-plugin db ${word(name)}\``,
    ],
  },
  'database-client-unknown': {
    reason: 'input',
    text: (client: string, name: string, programs: readonly string[]) => [
      `"${printable(client)}" is not a client for ${printable(name)}`,
      `Pass one of these to --client: ${programs.join(', ')}`,
    ],
  },
  'database-client-none': {
    reason: 'input',
    text: (name: string, engine: string) => [
      `This command starts no client for ${printable(engine)}`,
      `Forward the port, and connect any client to it: \`session-manager-plugin db ${word(name)}\``,
    ],
  },
  'database-client-asks': {
    reason: 'input',
    text: (program: string) => [
      `${program} takes a password only where other users can see it, so it asks for it`,
      'Leave --secret and --iam out, and type the password',
    ],
  },
  'database-authorities-unusable': {
    reason: 'input',
    text: (path: string, why: string) => [
      `The certificates of ${path} cannot be used: ${why}`,
      'Pass to --ca a file in PEM with the authorities of the database',
    ],
  },
  'database-untrusted': {
    reason: 'input',
    text: (problem: string, name: string, isOfRds: boolean) => [
      problem,
      isOfRds
        ? `Get the authorities of RDS, which no system has, and pass them: \`curl -O ${RDS_AUTHORITIES}\`, then \`session-manager-plugin db connect ${word(name)} --ca global-bundle.pem\``
        : `Pass the certificates of its authorities: \`session-manager-plugin db connect ${word(name)} --ca FILE\``,
    ],
  },
  'database-name-differs': {
    reason: 'input',
    text: (problem: string) => [
      problem,
      'The node reaches another server under this name, so nothing was sent to it. Check the name servers of the node',
    ],
  },
  'database-unanswered': {
    reason: 'input',
    text: (host: string, why: string, mayLackTls: boolean) => [
      `${printable(host)} does not answer through the node: ${why}`,
      `Check that the security group of the database allows its port for the node${mayLackTls ? ', and that the database has TLS' : ''}. Or use another node: --through TARGET`,
    ],
  },
  'database-tls-off': {
    reason: 'input',
    text: (host: string) => [
      `${printable(host)} offers no TLS, so no password was sent to it`,
      'Turn on TLS in the settings of the database',
    ],
  },
  'database-secret-unusable': {
    reason: 'input',
    text: (secret: string, why: string) => [
      `The secret ${secret} has no password that can be used: ${why}`,
      'Pass to --secret one with a password, or with JSON such as {"username": "app", "password": "…"}',
    ],
  },
  'database-token-unusable': {
    reason: 'input',
    text: (name: string, why: string, remedy: string) => [
      `You cannot sign in to ${printable(name)} with a token of IAM: ${why}`,
      remedy,
    ],
  },
});

/** A name of AWS in a command to paste. */
function word(name: string): string {
  return quoteForShell(printable(name));
}
