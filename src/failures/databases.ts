import { defineFailures } from '../lib/errors/failure.ts';

const LIST_DATABASES = 'To list the databases, run `session-manager-plugin db list`';

/** Failures of a database before its port is forwarded. */
export const databaseFailures = defineFailures({
  'database-missing': {
    reason: 'input',
    text: () => [
      'The name of the database is missing, and there is no terminal to choose it in',
      LIST_DATABASES,
    ],
  },
  'database-unknown': {
    reason: 'input',
    text: (name: string, nearest: string | undefined) => [
      `There is no database "${name}"`,
      nearest === undefined
        ? `Check --region and --profile. ${LIST_DATABASES}`
        : `Did you mean ${nearest}?`,
    ],
  },
  'database-ambiguous': {
    reason: 'input',
    text: (name: string, count: number, lines: readonly string[]) => [
      `"${name}" is the name of ${count} databases`,
      ['Pass one of these:', ...lines.map((line) => `  ${line}`)].join('\n'),
    ],
  },
  'databases-none': {
    reason: 'input',
    text: (place: string) => [
      `There is no database in ${place}`,
      'Pass another --region or --profile',
    ],
  },
  'database-not-ready': {
    reason: 'input',
    text: (name: string, status: string) => [
      `The database ${name} has no endpoint yet: its status is ${status}`,
      'Wait until it is available, and try again',
    ],
  },
  'database-vpc-unknown': {
    reason: 'input',
    text: (name: string, command: string) => [
      `The VPC of the database ${name} is not known, so no managed node can be chosen for it`,
      `Pass a target that can reach it: \`${command}\``,
    ],
  },
  'database-node-none': {
    reason: 'input',
    text: (name: string, vpc: string, others: string, command: string) => [
      `No managed node is online in ${vpc}, the VPC of the database ${name}`,
      `${others === '' ? 'Start one there' : `Nodes are online in ${others}`}. If another target can reach the database, pass it: \`${command}\``,
    ],
  },
  'database-node-unknown': {
    reason: 'input',
    text: (why: string, command: string) => [
      `No managed node can be chosen for the database. ${why}`,
      `Or pass a target: \`${command}\``,
    ],
  },
});
