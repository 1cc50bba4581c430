export { connected } from './connected.ts';
export { testEventBusContract, type BusUnderTest } from './event-bus.contract.ts';
export { Observed } from './observed.ts';
