/** What `--fast` is without a value. */
export const ALWAYS = 'always';
/** What it may be. */
export const FAST_MODES = [ALWAYS, 'auto'] as const;
export type FastMode = (typeof FAST_MODES)[number];
