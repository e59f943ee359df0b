/** Sessions of one fast tunnel: one for each direction. */
export const SESSIONS_OF_TUNNEL = 2;
/** What `--fast` means without a value: a tunnel is required. */
export const ALWAYS = 'always';
/** Use the agent's ports if a tunnel is not possible. */
export const AUTO = 'auto';
/** All values of `--fast`. */
export const FAST_MODES = [ALWAYS, AUTO] as const;
export type FastMode = (typeof FAST_MODES)[number];
