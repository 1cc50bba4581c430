import { testScheduleStoreContract } from '../../testing/schedules/schedule-store.contract.ts';
import { MemoryScheduleStore } from './schedule-store.ts';

testScheduleStoreContract('memory', async () => new MemoryScheduleStore());
