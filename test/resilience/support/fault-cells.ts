/** The kinds of session that lose connections. */
export const SESSION_KINDS = ['shell', 'mux', 'basic', 'stdio'] as const;
export type SessionKind = (typeof SESSION_KINDS)[number];

/** What happens to the way between the program and the target. */
export const FAULTS = [
  'cut at a random byte',
  'cut while publication is paused',
  'cut in the handshake',
  'cut during a resume',
  '403 on resume once',
  'empty token on resume',
  'gateway down for 30 s',
  'agent cut',
] as const;
export type Fault = (typeof FAULTS)[number];

/** What flows when it happens. */
export const TRAFFICS = ['idle', 'bulk up', 'bulk down', 'bulk both ways'] as const;
export type Traffic = (typeof TRAFFICS)[number];

/** One session with one fault. */
export interface Cell {
  readonly kind: SessionKind;
  readonly fault: Fault;
  readonly traffic: Traffic;
}

/**
 * Until the handshake is complete there is no remote shell and no local port. Only an SSH session can have
 * data, which waits in stdin: the cells of the other kinds would repeat the idle one.
 */
function canHappen({ kind, fault, traffic }: Cell): boolean {
  return fault !== 'cut in the handshake' || kind === 'stdio' || traffic === 'idle';
}

/** Every cell of the table that means something. */
export function allCells(): readonly Cell[] {
  return SESSION_KINDS.flatMap((kind) =>
    FAULTS.flatMap((fault) => TRAFFICS.map((traffic) => ({ kind, fault, traffic }))),
  ).filter(canHappen);
}

/** The cell as its test is called. It holds nothing that means something in a pattern. */
export function cellName({ kind, fault, traffic }: Cell): string {
  return `${kind}, ${fault}, ${traffic}`;
}
