import { testGuide } from '../support/guide.ts';

testGuide('docs/proxy.md');
