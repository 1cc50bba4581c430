/** Channel of NOTIFY that says that the live schedulers have changed. */
export const MEMBER_CHANNEL = 'skein_member';
/** Channel of NOTIFY that says which workflow has a new version, as `namespace/workflow_id`. */
export const WORKFLOW_CHANNEL = 'skein_workflow';
/** Channel of NOTIFY that says that a user has made, changed or deleted a schedule. */
export const SCHEDULE_CHANNEL = 'skein_schedule';
/** Channel of NOTIFY that says under which limit a slot for a call came free: a JSON list of namespace and key. */
export const CALL_SLOT_CHANNEL = 'skein_call_slot';
/** Channel of NOTIFY that says which run holds its slots; empty: an operator has changed a limit. */
export const LIMIT_CHANNEL = 'skein_limit';
