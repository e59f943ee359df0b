import { hasControlCharacters } from '../../lib/printable.ts';
import { AUTO } from '../tunnel/fast-mode.ts';
import { readIdleTime } from '../ports/idle-time.ts';

/** What a key of a connection takes. */
export interface KeyRule {
  /** A phrase after "is not". */
  readonly what: string;
  /** The line of a file, for messages. */
  readonly example: string;
  /** Whether only the user's own file may have it. */
  readonly isUsersOnly: boolean;
  readonly isRight: (value: unknown) => boolean;
  /** A text in a list that only the user's own file may have. */
  readonly isUsersText?: (text: string) => boolean;
}

/** Names of profiles, host names and ports are shorter. */
const MAX_CONNECTION_TEXT_CHARACTERS = 1024;
/** The characters of a region's name, which becomes part of a host name. */
const REGION = /^[a-z0-9-]+$/;

export const TARGET_EXAMPLE = 'target = "bastion"';
export const HOW_TO_WRITE =
  'Begin a connection with its name in brackets, such as [db], and write its keys below';

const text = { what: 'a text of one line', isUsersOnly: false, isRight: isText } as const;

/** All keys, in the order of the documentation. */
export const KEYS: ReadonlyMap<string, KeyRule> = new Map<string, KeyRule>([
  ['target', { ...text, example: TARGET_EXAMPLE }],
  ['profile', { ...text, example: 'profile = "prod"' }],
  [
    'region',
    {
      what: 'the name of an AWS region',
      example: 'region = "eu-central-1"',
      isUsersOnly: false,
      isRight: (value) => isText(value) && REGION.test(value),
    },
  ],
  [
    'forward',
    {
      what: 'a list of texts',
      example: 'forward = ["5432:orders.internal:5432"]',
      isUsersOnly: false,
      isRight: (value) => isListOfTexts(value) && value.length > 0,
      isUsersText: reachesHere,
    },
  ],
  [
    'on-demand',
    {
      what: 'true or false',
      example: 'on-demand = true',
      isUsersOnly: true,
      isRight: (value) => typeof value === 'boolean',
    },
  ],
  [
    'idle',
    {
      what: 'a time from 1s to 24h',
      example: 'idle = "10m"',
      isUsersOnly: true,
      isRight: (value) => typeof value === 'string' && readIdleTime(value) !== undefined,
    },
  ],
  [
    'fast',
    {
      what: 'true, false or "auto"',
      example: 'fast = true',
      isUsersOnly: true,
      isRight: (value) => typeof value === 'boolean' || value === AUTO,
    },
  ],
]);

/** Whether a port reaches something of this machine that a repository must not: a Unix socket, or a service by -R. */
function reachesHere(port: string): boolean {
  return port.startsWith('-R') || port.replace(/\/udp$/, '').includes('/');
}

/** Whether a value is a list of texts, each of one line. */
export function isListOfTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(isText);
}

function isText(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    value !== '' &&
    value.length <= MAX_CONNECTION_TEXT_CHARACTERS &&
    !hasControlCharacters(value)
  );
}
