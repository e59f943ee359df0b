/** How far a forwarded port has come. */
export type PortStage =
  /** Local programs cannot connect. */
  | 'closed'
  /** They can, and no session has taken connections so far. */
  | 'open'
  /** A session has: what prevents all sessions of the port was not there. */
  | 'proven';

/** What happens to it. */
export type PortStageEvent =
  /** It listens. */
  | 'listening'
  /** A session takes connections. */
  | 'joined';

/** The stage after each event. */
export const PORT_STAGES: Readonly<Record<PortStage, Readonly<Record<PortStageEvent, PortStage>>>> =
  {
    closed: { listening: 'open', joined: 'proven' },
    open: { listening: 'open', joined: 'proven' },
    proven: { listening: 'proven', joined: 'proven' },
  };
