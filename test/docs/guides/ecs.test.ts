import type { LocalTask } from '../../local-aws/local-aws.ts';
import { testGuide } from '../support/guide.ts';

const TWO_HOURS_MS = 7_200_000;
const startedAt = Date.now() - TWO_HOURS_MS;

const TASKS: readonly LocalTask[] = [
  {
    ...{ cluster: 'shop', service: 'web', id: '0a1b2c3d4e5f60718293a4b5c6d7e8f9', startedAt },
    containers: [{ name: 'app', image: 'registry.example/shop:1.4' }],
  },
  {
    ...{ cluster: 'shop', service: 'worker', id: '2a2b2c2d2e2f20212223242526272829', startedAt },
    enableExecuteCommand: false,
    containers: [{ name: 'queue' }],
  },
];

testGuide('docs/ecs.md', { prepare: () => ({ account: { aws: { tasks: TASKS } } }) });
