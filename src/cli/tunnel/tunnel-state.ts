/** The state of a tunnel that several users share. */
export type TunnelState =
  /** Its sessions are being started. */
  | 'opening'
  /** It carries connections. */
  | 'open'
  /** It takes no more users, and is about to end. */
  | 'closing'
  | 'closed';

/** What happens to the tunnel. */
export type TunnelEvent =
  | 'opened'
  /** It could not be opened. */
  | 'failed'
  /** It no longer answers, or one of its sessions has ended. */
  | 'lost'
  /** Its last user has left. */
  | 'unwanted'
  /** Both sessions have ended. */
  | 'ended';

type Transitions = Readonly<Partial<Record<TunnelEvent, TunnelState>>>;

/** The state after each event; an event that is not listed changes nothing. */
export const TUNNEL_TRANSITIONS: Readonly<Record<TunnelState, Transitions>> = {
  opening: { opened: 'open', failed: 'closed', unwanted: 'closing' },
  open: { lost: 'closing', unwanted: 'closing' },
  closing: { failed: 'closed', ended: 'closed' },
  closed: {},
};
