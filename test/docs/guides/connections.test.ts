import { testGuide } from '../support/guide.ts';

testGuide('docs/connections.md');
