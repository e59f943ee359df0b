import type { Stage } from './stage.ts';

/** What sessions come to: each must happen in a long run. */
export const REACHED = [
  'shell',
  'command',
  'stdio',
  'basic',
  'multiplexed',
  'encrypted',
  'silent start',
  'resumed',
  'receiving paused',
  'ended by a step',
  'ended by the service',
  'ended by a signal',
  'lost for good',
] as const;
export type Reached = (typeof REACHED)[number];

function isRunning({ plan, world, agent }: Stage): boolean {
  switch (plan.kind) {
    case 'shell':
    case 'stdio':
      return world.stdin.stream.listenerCount('data') > 0;
    case 'command':
      return world.filtered() > 0;
    case 'basic':
    case 'multiplexed':
      return agent.received > 0;
  }
}

/** Notes what a session has come to by now. */
export function noteReached(stage: Stage, reached: Set<Reached>): void {
  const { plan, world, agent } = stage;
  const { current } = world.gateway;
  if (agent.opened) reached.add('encrypted');
  if (current?.isPaused === true) reached.add('receiving paused');
  if (!isRunning(stage)) return;
  reached.add(plan.kind);
  if (plan.beginning === 'nothing') reached.add('silent start');
  if (world.resumes() > 0 && current !== undefined) reached.add('resumed');
}
