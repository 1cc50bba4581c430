/** Who says that an agent is there: the file of agents, the card at a host that the file names, or whoever registered it. */
export type AgentSource = 'CONFIG' | 'WELL_KNOWN' | 'REGISTERED';

/** What the file says is found first, then what hosts say of themselves, then what was registered. */
export const SOURCE_ORDER: Readonly<Record<AgentSource, number>> = { CONFIG: 0, WELL_KNOWN: 1, REGISTERED: 2 };
