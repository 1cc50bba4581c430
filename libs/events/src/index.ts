export { durationOfMs, msOfDuration, msOfTimestamp, timestampOfMs } from './clock-types.ts';
export { eventFromMessage, UnknownEventError } from './event-decode.ts';
export { eventToMessage } from './event-encode.ts';
export { EVENT_NAMES, eventName } from './event-name.ts';
export { failureFromMessage, failureToMessage } from './failure-codec.ts';
export { jsonOfValue, valueOfJson } from './json-value.ts';
export { messageFromPlain, PlainMessageError } from './plain-message.ts';
export { payloadFromMessage, payloadToMessage } from './payload-codec.ts';
export { decodeTransition, encodeTransition, HISTORY_VERSION, type Transition } from './transition-codec.ts';
