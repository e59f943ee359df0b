import { createInterface, type Interface, type Key } from 'node:readline';
import { Writable } from 'node:stream';
import { USUAL_SIZE } from '../../../protocol/terminal-size.ts';
import type {
  CommandContext,
  CommandOutput,
  CommandTerminal,
} from '../../framework/command-context.ts';
import { advancePick, initialPick, type PickList, type PickState } from './pick-list.ts';
import { createListScreen } from './list-screen.ts';
import { PickerCancelledError } from './picker-cancelled.ts';
import { createListView } from './view-list.ts';

/** How long a lone Esc may be the start of a longer sequence, in milliseconds: as `ttimeoutlen` of vim. */
const ESCAPE_TIMEOUT_MS = 100;

/** What a list needs of a command. */
export interface Picking extends Pick<CommandContext, 'interrupted'> {
  readonly output: Pick<CommandOutput, 'stderr'>;
  readonly terminal: Pick<CommandTerminal, 'input' | 'suspend' | 'window'>;
}

/** Why a list is no longer shown. */
type PickEnd =
  | { readonly kind: 'picked'; readonly index: number }
  /** By Ctrl-C, Esc or a signal. */
  | { readonly kind: 'cancelled' }
  /** By Ctrl-Z. */
  | { readonly kind: 'suspended' }
  /** The input has ended, as with Ctrl-D. */
  | { readonly kind: 'ended' };

/**
 * Lets a person pick one item of a list: with the arrow keys, and by typing words that it contains. The
 * list is drawn on stderr, so that stdout is the remote side's alone, and removed at the end. After the
 * program was stopped by Ctrl-Z, the list is shown again.
 *
 * @returns the index of the item; undefined when the input ends
 * @throws PickerCancelledError when the person leaves, or the command is interrupted
 */
export async function pickFromList(
  picking: Picking,
  list: PickList,
  withColors: boolean,
): Promise<number | undefined> {
  const view = createListView(list, withColors);
  let state = initialPick(list);
  for (;;) {
    const screen = createListScreen(picking.output.stderr);
    const end = await showUntilEnd(picking, list, {
      get: () => state,
      set(next) {
        state = next;
        const size = picking.terminal.window.size() ?? USUAL_SIZE;
        screen.draw(view(state, size), size);
      },
    });
    screen.erase();
    switch (end.kind) {
      case 'picked':
        return end.index;
      case 'ended':
        return undefined;
      case 'cancelled':
        throw new PickerCancelledError();
      case 'suspended':
        picking.terminal.suspend();
    }
  }
}

/** The state, which is drawn when it is set. */
interface ShownState {
  get(): PickState;
  set(state: PickState): void;
}

async function showUntilEnd(
  { interrupted, terminal }: Picking,
  list: PickList,
  shown: ShownState,
): Promise<PickEnd> {
  const { input, window } = terminal;
  const editor = createInterface({
    input,
    // The line is drawn here.
    output: new Writable({ write: (_chunk, _encoding, done) => done() }),
    terminal: true,
    historySize: 0,
    escapeCodeTimeout: ESCAPE_TIMEOUT_MS,
  });
  const cleanups: (() => void)[] = [];
  try {
    return await new Promise<PickEnd>((resolve) => {
      const leave = (): void => resolve({ kind: 'cancelled' });
      interrupted.addEventListener('abort', leave);
      cleanups.push(() => interrupted.removeEventListener('abort', leave));
      if (interrupted.aborted) leave();
      editor.on('SIGINT', leave);
      editor.on('SIGTSTP', () => resolve({ kind: 'suspended' }));
      editor.on('close', () => resolve({ kind: 'ended' }));
      // Keys that were typed before the list appeared pick nothing.
      const first = setImmediate(() => {
        setLine(editor, shown.get().filter);
        shown.set(shown.get());
        cleanups.push(listenToKeys(input, editor, list, shown, resolve));
        cleanups.push(window.onResize(() => shown.set(shown.get())));
      });
      cleanups.push(() => clearImmediate(first));
    });
  } finally {
    for (const cleanUp of cleanups) cleanUp();
    editor.close();
  }
}

function listenToKeys(
  input: CommandTerminal['input'],
  editor: Interface,
  list: PickList,
  shown: ShownState,
  end: (end: PickEnd) => void,
): () => void {
  let hasEnded = false;
  const finish = (by: PickEnd): void => {
    hasEnded = true;
    end(by);
  };
  const onEnter = (): void => {
    const { matches, marked, filter } = shown.get();
    const index = matches[marked];
    if (index !== undefined) finish({ kind: 'picked', index });
    else setLine(editor, filter);
  };
  const onKey = (_text: unknown, key: Key): void => {
    if (hasEnded) return;
    if (key.name === 'escape') {
      finish({ kind: 'cancelled' });
      return;
    }
    const by = stepOf(key);
    const { line, cursor } = editor;
    shown.set(
      advancePick(
        list,
        shown.get(),
        by === undefined ? { kind: 'typed', filter: line, cursor } : { kind: 'moved', by },
      ),
    );
  };
  editor.on('line', onEnter);
  input.on('keypress', onKey);
  return () => {
    editor.off('line', onEnter);
    input.off('keypress', onKey);
  };
}

/** Items that PageUp and PageDown go; less than what most terminals show. */
const PAGE = 10;

/** How far a key moves the mark; undefined for a key that edits the filter. */
function stepOf({ name, ctrl }: Key): number | undefined {
  switch (name) {
    case 'up':
      return -1;
    case 'down':
      return 1;
    case 'pageup':
      return -PAGE;
    case 'pagedown':
      return PAGE;
    // As in a shell (readline, "previous-history" and "next-history").
    case 'p':
      return ctrl === true ? -1 : undefined;
    case 'n':
      return ctrl === true ? 1 : undefined;
    default:
      return undefined;
  }
}

function setLine(editor: Interface, text: string): void {
  editor.write(null, { ctrl: true, name: 'e' });
  editor.write(null, { ctrl: true, name: 'u' });
  editor.write(text);
}
