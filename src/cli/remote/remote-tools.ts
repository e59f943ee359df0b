import { sessionFailures } from '../../failures/session.ts';
import { SessionError } from '../../lib/errors/session-error.ts';
import type { Remote } from './remote.ts';
import { askTarget } from './ask-target.ts';

/** The tools of a target, as far as commands use them. Words are for a POSIX shell. */
export interface RemoteTools {
  /** What `uname -s` prints, such as `Linux` or `Darwin`. */
  readonly system: string;
  /** The home directory of the session's user, where relative paths begin. */
  readonly home: string;
  /** The first of $TMPDIR, /tmp and /dev/shm that can be written to; undefined when none can. */
  readonly temporary: string | undefined;
  /** Encodes stdin as base64, without line breaks. Undefined: nothing does. */
  readonly encodeBase64: string | undefined;
  readonly decodeBase64: string | undefined;
  /** Prints the SHA-256 of a file, or of stdin, in hexadecimal first. */
  readonly sha256: string | undefined;
  /** Whether `dd` reads whole blocks of a pipe or terminal with `iflag=fullblock`. */
  readonly readsFullBlocks: boolean;
  /** Those of {@link OPTIONAL_TOOLS} that the target has. */
  readonly has: ReadonlySet<OptionalTool>;
}

/** Tools that are looked for by their names. */
const OPTIONAL_TOOLS = ['stty', 'mkfifo', 'mktemp', 'tar', 'gzip', 'od'] as const;
export type OptionalTool = (typeof OPTIONAL_TOOLS)[number];

/**
 * Prints a line for each fact, with its name before it. Each candidate is tried with a known answer: a tool may be there
 * without an option.
 */
const SCRIPT = `
has() { command -v "$1" >/dev/null 2>&1; }
tell() { printf '%s=%s\\n' "$1" "$2"; }
first() {
  name=$1 input=$2 expected=$3
  shift 3
  for words; do
    if has "\${words%% *}" && [ "$(printf %s "$input" | $words 2>/dev/null | cut -d ' ' -f 1)" = "$expected" ]; then
      tell "$name" "$words"
      return
    fi
  done
}
tell system "$(uname -s)"
tell home "$HOME"
for directory in "$TMPDIR" /tmp /dev/shm; do
  if [ -n "$directory" ] && [ -d "$directory" ] && [ -w "$directory" ]; then
    tell temporary "$directory"
    break
  fi
done
first encodeBase64 abc YWJj 'base64 -w0' base64 'openssl base64 -A'
first decodeBase64 YWJj abc 'base64 -d' 'base64 -D' 'openssl base64 -d -A'
first sha256 abc ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad \\
  sha256sum 'shasum -a 256' 'openssl dgst -sha256 -r'
first fullBlocks abc abc 'dd bs=3 count=1 iflag=fullblock'
for tool in ${OPTIONAL_TOOLS.join(' ')}; do
  if has "$tool"; then tell has "$tool"; fi
done
`;

/**
 * Finds out which tools a target has, by one command.
 *
 * @returns undefined when the command was stopped
 * @throws AwsError, CommandError or SessionError when it cannot be run
 */
export async function inspectTools(remote: Remote): Promise<RemoteTools | undefined> {
  const answer = await askTarget(remote, SCRIPT);
  if (answer === undefined) return undefined;
  const tools = readTools(answer);
  if (tools === undefined) throw new SessionError(sessionFailures['target-not-posix']());
  return tools;
}

function readTools(answer: string): RemoteTools | undefined {
  const facts = answer.split('\n').map((line): readonly [string, string] => {
    const at = line.indexOf('=');
    return at === -1 ? [line, ''] : [line.slice(0, at), line.slice(at + 1)];
  });
  const values = new Map(facts);
  const names = new Set(facts.flatMap(([name, value]) => (name === 'has' ? [value] : [])));
  const system = values.get('system');
  if (system === undefined) return undefined;
  return {
    system,
    home: values.get('home') ?? '/',
    temporary: values.get('temporary'),
    encodeBase64: values.get('encodeBase64'),
    decodeBase64: values.get('decodeBase64'),
    sha256: values.get('sha256'),
    readsFullBlocks: values.has('fullBlocks'),
    has: new Set(OPTIONAL_TOOLS.filter((tool) => names.has(tool))),
  };
}
