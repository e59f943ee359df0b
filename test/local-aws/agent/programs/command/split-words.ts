/** What the agent makes of a command's text (docs/design/agent.md#commands). */
export type Split =
  | { readonly kind: 'words'; readonly words: readonly string[] }
  /** The agent cannot split the text; its own reason. */
  | { readonly kind: 'error'; readonly reason: string };

type State = 'between' | 'word' | 'escape' | 'single' | 'double' | 'double-escape' | 'comment';

const SPACES = ' \t\r\n';
const OPEN_QUOTE = 'EOF found when expecting closing quote';
const OPEN_ESCAPE = 'EOF found after escape character';

/** Why a text may not end in a state; the others are ends of words. */
const UNFINISHED: Partial<Readonly<Record<State, string>>> = {
  escape: OPEN_ESCAPE,
  'double-escape': OPEN_ESCAPE,
  single: OPEN_QUOTE,
  double: OPEN_QUOTE,
};

/**
 * Splits a command as the agent does (google/shlex, its `Split`): nothing in single quotes means
 * anything, in double quotes a backslash keeps any character, outside them, too; `#` begins a comment
 * only where a word could begin. A word that only quotes make is an empty one.
 */
export function splitWords(text: string): Split {
  const words: string[] = [];
  let word = '';
  let state: State = 'between';
  for (const character of text) {
    const next = step(state, character);
    if (next.ends) {
      words.push(word);
      word = '';
    }
    if (next.keeps) word += character;
    ({ state } = next);
  }
  const reason = UNFINISHED[state];
  if (reason !== undefined) return { kind: 'error', reason };
  if (state === 'word') words.push(word);
  return { kind: 'words', words };
}

interface Step {
  readonly state: State;
  /** The character belongs to the word. */
  readonly keeps: boolean;
  /** The word ends before the character. */
  readonly ends: boolean;
}

function step(state: State, character: string): Step {
  const to = (next: State, keeps = false, ends = false): Step => ({ state: next, keeps, ends });
  switch (state) {
    case 'between':
      if (SPACES.includes(character)) return to('between');
      if (character === '#') return to('comment');
      return opening(character) ?? to('word', true);
    case 'word':
      if (SPACES.includes(character)) return to('between', false, true);
      return opening(character) ?? to('word', true);
    case 'escape':
      return to('word', true);
    case 'single':
      return character === "'" ? to('word') : to('single', true);
    case 'double':
      if (character === '"') return to('word');
      return character === '\\' ? to('double-escape') : to('double', true);
    case 'double-escape':
      return to('double', true);
    case 'comment':
      return to(character === '\n' ? 'between' : 'comment');
  }
}

function opening(character: string): Step | undefined {
  switch (character) {
    case "'":
      return { state: 'single', keeps: false, ends: false };
    case '"':
      return { state: 'double', keeps: false, ends: false };
    case '\\':
      return { state: 'escape', keeps: false, ends: false };
    default:
      return undefined;
  }
}
