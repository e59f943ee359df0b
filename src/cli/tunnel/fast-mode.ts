/** Sessions of one fast tunnel: one for each direction. */
export const SESSIONS_OF_TUNNEL = 2;
/** What `--fast` is without a value. */
export const ALWAYS = 'always';
/** Uses the agent's ports where a tunnel is not possible. */
export const AUTO = 'auto';
/** What it may be. */
export const FAST_MODES = [ALWAYS, AUTO] as const;
export type FastMode = (typeof FAST_MODES)[number];
