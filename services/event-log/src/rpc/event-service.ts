import type { ServiceImpl } from '@connectrpc/connect';
import type { EventService } from '@skein/contracts/eventlog';
import type { TaskEventStore } from '../app/task-event-store.ts';
import type { EventLogObserver } from '../app/event-log-observer.ts';
import type { FollowParts } from '../app/follow-run.ts';
import type { PayloadDesk } from '../app/payload-desk.ts';
import type { OnDefect } from './answer-errors.ts';
import type { CallsUnderWay } from './calls-under-way.ts';
import { appendTaskEventsRpc } from './append-task-events.ts';
import { getRunTimelineRpc } from './get-run-timeline.ts';
import { listEventsRpc } from './list-events.ts';
import { subscribeEventsRpc } from './subscribe-events.ts';

/** What the RPCs need. */
export interface EventRpcParts extends FollowParts {
  readonly tasks: TaskEventStore;
  readonly observer: EventLogObserver;
  readonly calls: CallsUnderWay;
  readonly payloads: PayloadDesk;
  readonly onDefect: OnDefect;
}

/** `skein.eventlog.v1.EventService`. */
export function eventService(parts: EventRpcParts): ServiceImpl<typeof EventService> {
  return {
    listEvents: listEventsRpc(parts),
    getRunTimeline: getRunTimelineRpc(parts),
    subscribeEvents: subscribeEventsRpc(parts),
    appendTaskEvents: appendTaskEventsRpc(parts),
  };
}
