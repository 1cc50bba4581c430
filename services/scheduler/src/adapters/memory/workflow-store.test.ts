import { testWorkflowStoreContract } from '../../testing/workflow-store.contract.ts';
import { MemoryWorkflowStore } from './workflow-store.ts';

testWorkflowStoreContract('memory', async () => new MemoryWorkflowStore());
