import { describe, it } from 'node:test';
import { seeded } from '../../../support/random.ts';
import { CUT_SOCKETS, EAGER_AGENT, LOSS, LOSS_AND_CUTS } from '../support/bad-network.ts';
import { LOADS } from '../support/loads.ts';

for (const network of [LOSS, CUT_SOCKETS, LOSS_AND_CUTS]) {
  describe(`a port session on a network with ${network.name}`, () => {
    for (const load of LOADS) {
      it(`loses no byte and repeats none: ${load.name}`, (t) =>
        seeded(async (random) => {
          const faults = network.faults(random, load.traffic);
          const session = await load.run(t, { faults, agent: EAGER_AGENT });
          if (session !== undefined) network.assertFelt(faults, session.record);
        }));
    }
  });
}
