import { defineFailures } from '../lib/errors/failure.ts';
import { printable } from '../lib/printable.ts';
import { quoteForShell } from '../lib/quote-for-shell.ts';

/** Where AWS publishes the CA certificates of RDS (RDS User Guide, "Using SSL/TLS to encrypt a connection to a DB instance"). */
const RDS_AUTHORITIES = 'https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem';

/** Failures of `db connect` before its client runs. `name` is that of the database. */
export const databaseClientFailures = defineFailures({
  'database-client-missing': {
    reason: 'input',
    text: (name: string, programs: readonly string[], packages: string) => [
      `No client for ${printable(name)} is on PATH (looked for ${programs.join(', ')})`,
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
      `${program} takes a password only as an argument, which other users can see`,
      'Leave out --secret and --iam, and type the password when it asks',
    ],
  },
  'database-authorities-unusable': {
    reason: 'input',
    text: (path: string, why: string) => [
      `The certificates of ${path} cannot be used: ${why}`,
      'Pass a PEM file with the CA certificates of the database to --ca',
    ],
  },
  'database-untrusted': {
    reason: 'input',
    text: (problem: string, name: string, isOfRds: boolean) => [
      problem,
      isOfRds
        ? `No system trusts the CAs of RDS. Download their certificates: \`curl -O ${RDS_AUTHORITIES}\`. Then run \`session-manager-plugin db connect ${word(name)} --ca global-bundle.pem\``
        : `Pass its CA certificates: \`session-manager-plugin db connect ${word(name)} --ca FILE\``,
    ],
  },
  'database-name-differs': {
    reason: 'input',
    text: (problem: string) => [
      problem,
      'The node reaches another server by this name, so nothing was sent to it. Check the name servers of the node',
    ],
  },
  'database-unanswered': {
    reason: 'input',
    text: (host: string, why: string, mayLackTls: boolean) => [
      `${printable(host)} does not answer through the node: ${why}`,
      `Check that the security group of the database lets the node connect${mayLackTls ? ', and that the database has TLS' : ''}. Or use another node: --through TARGET`,
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
      'Pass --secret one that contains a password, or JSON such as {"username": "app", "password": "…"}',
    ],
  },
  'database-token-unusable': {
    reason: 'input',
    text: (name: string, why: string, remedy: string) => [
      `You cannot sign in to ${printable(name)} with an IAM token: ${why}`,
      remedy,
    ],
  },
});

/** A name of AWS in a command to paste. */
function word(name: string): string {
  return quoteForShell(printable(name));
}
