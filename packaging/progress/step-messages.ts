/** What the process of a target sends to its parent when a step begins. */
interface StepMessage {
  readonly step: string;
}

/** Sends the next step to the parent process, which prints it; without a parent, nothing happens. */
export function beginStep(step: string): void {
  process.send?.({ step } satisfies StepMessage);
}

/** The step in a message of the process of a target; undefined for other messages. */
export function stepIn(message: unknown): string | undefined {
  if (typeof message !== 'object' || message === null || !('step' in message)) return undefined;
  return typeof message.step === 'string' ? message.step : undefined;
}
