import type { Pool } from '@skein/postgres';
import type { AuditCheck } from '@skein/rpc';
import type { Outbox } from '../../../app/outbox.ts';
import type { PayloadObjects } from '../../../app/payloads/payload-objects.ts';
import type { RunStore } from '../../../app/run-store.ts';
import { agentCallChecks } from './agent-call-checks.ts';
import { limitChecks } from './limit-checks.ts';
import { openRunChecks } from './open-run-checks.ts';
import { outboxChecks } from './outbox-checks.ts';
import { payloadChecks } from './payload-checks.ts';
import { retentionChecks, type RetentionAudit } from './retention-checks.ts';
import { rowChecks } from './row-checks.ts';
import { runEndChecks } from './run-end-checks.ts';
import { scheduleChecks } from './schedule-checks.ts';

/** Every check of the schema `scheduler`. */
export function schedulerAudit(
  pool: Pool,
  outbox: Outbox,
  store: RunStore,
  retention: RetentionAudit,
  objects?: PayloadObjects,
): AuditCheck[] {
  return [
    ...openRunChecks(pool),
    ...runEndChecks(pool, store),
    ...rowChecks(pool),
    ...payloadChecks(pool, objects),
    ...retentionChecks(pool, retention),
    ...scheduleChecks(pool),
    ...limitChecks(pool),
    ...agentCallChecks(pool, store),
    ...outboxChecks(pool, outbox, store),
  ];
}
