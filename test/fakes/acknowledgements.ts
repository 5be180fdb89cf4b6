// What was acknowledged, in memory: the part of the consent store that policy reads.
import type { Acknowledgement, ConsentStore } from '../../src/core/ports/consentStore.ts';

type Acknowledgements = Pick<ConsentStore, 'acknowledgements' | 'acknowledge'>;

export function acknowledgementsInMemory(): Acknowledgements {
  const rows = new Map<string, Acknowledgement>();
  return {
    acknowledgements: async () => [...rows.values()],
    acknowledge: async (said) => {
      rows.set(`${said.kind} ${said.subject}`, said);
    },
  };
}
