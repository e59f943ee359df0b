import { testGuide } from '../support/guide.ts';

testGuide('docs/access.md', {
  prepare: () => ({ account: { aws: { access: { state: 'Approved' } } } }),
});
