/** What an executor can have instances by: the words of its configuration. */
export const RUNTIME_NAMES = ['process', 'container', 'kubernetes', 'external', 'in_process'] as const;

export type RuntimeName = (typeof RUNTIME_NAMES)[number];
