import type { Clock, Timer } from '../../../lib/clock.ts';
import { createDeferred, type Deferred } from '../../../lib/deferred.ts';
import { asError } from '../../../lib/errors/as-error.ts';
import type { Logger } from '../../../logging/logger.ts';
import { answerScript, type AnswerSource, type AnswerTools } from './sessions/answer-scripts.ts';
import { createAnswerSlot, type AnswerSlot, type Loss, type Owed } from './sessions/answer-slot.ts';
import type { AskedBlock, BlockSource } from './blocks/block-queue.ts';
import type { RequestSessionEnd } from './sessions/request-session.ts';
import type { RequestSessions } from './sessions/request-sessions.ts';
import type { TargetSessions } from './sessions/target-sessions.ts';
import { scriptFor } from './as-root.ts';
import { describeLoss, doubtsRequests, errorOf, explainShortBlock, isHopeless } from './losses.ts';
import { COMMAND_CHECK_MS } from './blocks/stall-watch.ts';
import { createTransfer, type Transfer } from './blocks/transfer.ts';
import { createBlockWriter, type BlockWriter } from './write-blocks.ts';

/**
 * Pauses before a new command, in milliseconds, when one after the other has brought nothing. After the last
 * one the copy fails.
 */
const PAUSES_MS = [0, 1_000, 2_000, 4_000, 8_000] as const;

/** How the end of a pipe begins whose script has succeeded. */
const SUCCESS = '0 ';

/** What is copied. */
export interface DownloadPlan {
  /** As the user wrote it, for messages. */
  readonly title: string;
  readonly source: BlockSource;
  /** Bytes of the source to leave out. */
  readonly from: number;
  /** The source for a command that leaves out its first bytes. */
  answerSource(from: number): AnswerSource;
  /** Whether the target reads it as root, by `sudo -n`. */
  readonly sudo: boolean;
  /**
   * Gets the bytes in their order, one call at a time. Their memory is used again when it resolves. What it throws ends
   * the copy.
   */
  write(bytes: Buffer): Promise<void>;
}

/** What a download works with. */
export interface DownloadHost {
  readonly sessions: TargetSessions;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly tools: AnswerTools & { readonly hasGzip: boolean };
  /** Commands side by side, once blocks are sent with pauses. */
  readonly maxCommands: number;
  /** Bytes of the source a second; undefined for no limit. */
  readonly limitRate: number | undefined;
  readonly requests: Pick<RequestSessions, 'openChannel'>;
  /** Called with the length of each block that is written. */
  readonly freeWritten: (bytes: number) => void;
  /** Takes what ends in the background. */
  readonly keep: (ending: Promise<unknown>) => void;
}

/** What was copied. */
export interface DownloadResult {
  /** Bytes that were written. */
  readonly bytes: number;
  /** Of a pipe: the status of its script, and what its program for SHA-256 has printed for all of it. */
  readonly end: string | undefined;
  /** The last text that the script of a pipe has written to stderr, when it has failed. Foreign text. */
  readonly errorText: string;
}

interface Run {
  readonly plan: DownloadPlan;
  readonly host: DownloadHost;
  readonly transfer: Transfer;
  readonly writer: BlockWriter;
  readonly slots: AnswerSlot[];
  readonly result: Deferred<DownloadResult>;
  readonly failed: Deferred<unknown>;
  state: 'copying' | 'ended';
  /** How many commands have brought nothing since the last block. */
  failures: number;
  /** Of a pipe, once it has arrived. */
  end: string | undefined;
  again: Timer | undefined;
}

/**
 * Copies a source from the target. Blocks are asked for only while what was not yet written fits the window.
 * A command that stops is replaced, and continues from the last whole block.
 *
 * @param signal - ends the copy at once; its reason is thrown
 * @throws CommandError, AwsError, SessionError when the target cannot be copied from
 */
export async function runDownload(
  plan: DownloadPlan,
  host: DownloadHost,
  signal: AbortSignal,
): Promise<DownloadResult> {
  const { tools, limitRate, clock } = host;
  const { source, from } = plan;
  const transfer = createTransfer({ source, from, canCompress: tools.hasGzip, limitRate });
  const writer = createBlockWriter(transfer, (bytes) => plan.write(bytes), {
    written: (bytes) => onWritten(run, bytes),
    failed: (error) => fail(run, error),
  });
  const run: Run = {
    ...{ plan, host, transfer, writer },
    slots: [],
    result: createDeferred(),
    failed: createDeferred(),
    state: 'copying',
    failures: 0,
    end: undefined,
    again: undefined,
  };
  addSlot(run);
  const check = clock.every(COMMAND_CHECK_MS, () => run.slots.forEach((slot) => slot.check()));
  const abort = (): void => fail(run, signal.reason);
  signal.addEventListener('abort', abort);
  try {
    if (signal.aborted) abort();
    advance(run);
    // There may be nothing to copy.
    finishWhenWritten(run);
    const failure = run.failed.promise.then((error) => Promise.reject(asError(error)));
    return await Promise.race([run.result.promise, failure]);
  } finally {
    signal.removeEventListener('abort', abort);
    check.cancel();
    run.again?.cancel();
  }
}

function addSlot(run: Run): void {
  const { sessions, clock, keep } = run.host;
  const slot: AnswerSlot = createAnswerSlot(sessions, clock, keep, {
    replied: (owed, reply) => onReply(run, slot, owed, reply),
    lost: (loss) => onLost(run, slot, loss),
  });
  run.slots.push(slot);
}

/** Opens commands and asks for blocks, as far as that is possible now. */
function advance(run: Run): void {
  if (run.state === 'ended' || isExplaining(run)) return;
  const { transfer, slots, host } = run;
  if (transfer.needsSession || isEndMissing(run)) slots.forEach((slot) => openSlot(run, slot));
  const free = slots.flatMap((slot, index) => (slot.canAsk ? [index] : []));
  const { blocks, again } = transfer.ask(free, host.clock.monotonic());
  for (const block of blocks) slots[block.session]?.ask({ kind: 'block', block });
  if (isEndMissing(run)) askForEnd(run);
  run.again?.cancel();
  run.again = again === undefined ? undefined : host.clock.after(again, () => advance(run));
}

/** Whether a file is shorter than it was: the target is asked why, and nothing else. */
function isExplaining({ slots }: Run): boolean {
  return slots.some((slot) => slot.owes('explanation'));
}

function isEndMissing({ plan, transfer, end }: Run): boolean {
  return plan.source.kind === 'pipe' && transfer.isAsked && end === undefined;
}

function askForEnd({ slots }: Run): void {
  const slot = slots.find(({ canAsk }) => canAsk);
  if (slot !== undefined && !slot.owes('end')) slot.ask({ kind: 'end' });
}

function openSlot(run: Run, slot: AnswerSlot): void {
  if (slot.state !== 'closed') return;
  const { plan, host, transfer } = run;
  const channel = host.requests.openChannel((lost) => onRequestsLost(run, slot, lost));
  const source = plan.answerSource(transfer.arrivedBytes);
  const script = scriptFor(answerScript(source, channel.fifo, host.tools), plan.sudo);
  slot.open(script, channel, plan.source.kind === 'pipe');
}

function onReply(run: Run, slot: AnswerSlot, owed: Owed, reply: Buffer): void {
  if (owed.kind === 'explanation') {
    fail(run, explainShortBlock(run.plan.title, reply));
  } else if (owed.kind === 'end') {
    run.end = reply.toString('latin1');
    finishWhenWritten(run);
  } else {
    onBlock(run, slot, owed.block, reply);
  }
}

function onBlock(run: Run, slot: AnswerSlot, block: AskedBlock, reply: Buffer): void {
  switch (run.transfer.arrived(block, reply, run.host.clock.monotonic())) {
    case 'taken':
      run.failures = 0;
      run.writer.wake();
      advance(run);
      break;
    case 'damaged':
      onLost(run, slot, { kind: 'damaged' });
      break;
    case 'too-short':
      slot.ask({ kind: 'explanation', block });
  }
}

function onWritten(run: Run, bytes: number): void {
  run.host.freeWritten(bytes);
  advance(run);
  finishWhenWritten(run);
}

function finishWhenWritten(run: Run): void {
  const { transfer, writer, slots, host, end } = run;
  if (!transfer.isDelivered || isEndMissing(run) || run.state === 'ended') return;
  run.state = 'ended';
  const bytes = writer.written;
  const finished = slots.map((slot) => {
    if (end === undefined) slot.ask({ kind: 'end' });
    return slot.finish();
  });
  // Only of a script that has failed its errors are needed, and they come with its end.
  if (end === undefined || end.startsWith(SUCCESS)) {
    run.result.resolve({ bytes, end, errorText: '' });
    host.keep(Promise.all(finished));
  } else {
    void Promise.all(finished).then((texts) =>
      run.result.resolve({ bytes, end, errorText: texts.join('') }),
    );
  }
}

function fail(run: Run, error: unknown): void {
  if (run.state === 'ended') return;
  run.state = 'ended';
  run.writer.stop();
  run.failed.resolve(error);
  for (const slot of run.slots) slot.close();
}

function onRequestsLost(run: Run, slot: AnswerSlot, { end, text }: RequestSessionEnd): void {
  onLost(run, slot, { kind: 'requests-ended', end, text });
}

/** Replaces a command, unless nothing can be expected of another one. */
function onLost(run: Run, slot: AnswerSlot, loss: Loss): void {
  const { transfer, host, slots, plan } = run;
  if (run.state === 'ended') return;
  // One that owed nothing was perhaps idle for too long, while nothing was written.
  const pause = slot.isOwed ? PAUSES_MS[run.failures++] : 0;
  if (pause === undefined || isHopeless(loss, transfer.arrivedBytes === plan.from)) {
    fail(run, errorOf(loss, plan));
    return;
  }
  const from = transfer.arrivedBytes;
  host.logger.warn(`${describeLoss(loss)}: a new command continues from byte ${from}`);
  if (slot.isOwed && loss.kind === 'cut') slowDown(run);
  if (loss.kind === 'cut' || loss.kind === 'stalled') transfer.stopped();
  transfer.released(slots.indexOf(slot));
  if (doubtsRequests(loss)) slot.retireRequests();
  slot.replace(pause, () => advance(run));
}

/**
 * The service is reported to cut connections with more messages a second than a limit
 * (docs/design/protocol.md#window-and-rate): each command stays below it, and several run side by side.
 */
function slowDown(run: Run): void {
  const { host, transfer, plan } = run;
  if (transfer.isPaced) return;
  transfer.slowDown();
  const commands = plan.source.kind === 'pipe' ? 1 : host.maxCommands;
  while (run.slots.length < commands) addSlot(run);
  host.logger.warn(
    `blocks are sent with pauses from now on, by ${commands} commands: the service may have cut the connection because of too many messages a second`,
  );
}
