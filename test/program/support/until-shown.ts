import { shown, withDeadline, type Transcript } from './transcript.ts';

/**
 * Resolves as soon as a terminal shows what is awaited, which is asked now and whenever something
 * comes. Rejects as `Transcript.until` does.
 *
 * @param show - what the terminal makes of everything that came
 */
export function untilShown<Shown>(
  transcript: Transcript,
  show: (text: string) => Promise<Shown>,
  what: string,
  reached: (shown: Shown) => boolean,
): Promise<void> {
  const check = async (): Promise<void> => {
    for (;;) {
      const { text } = transcript;
      if (reached(await show(text))) return;
      await transcript.until(what, (now) => now !== text);
    }
  };
  return withDeadline(what, check(), () => shown(transcript.text));
}
