import { testRunEventStoreContract } from '../../testing/run-event-store.contract.ts';
import { testTaskEventStoreContract } from '../../testing/task-event-store.contract.ts';
import { MemoryRunEventStore } from './memory-run-event-store.ts';
import { MemoryTaskEventStore } from './memory-task-event-store.ts';

const runEvents = new MemoryRunEventStore();
const taskEvents = new MemoryTaskEventStore();

testRunEventStoreContract('memory', () => runEvents);
testTaskEventStoreContract('memory', () => taskEvents);
