export { durationOfMs, msOfDuration, msOfTimestamp, timestampOfMs } from './clock-types.ts';
export { fieldDifferences, type FieldDifference } from './divergence-fields.ts';
export { eventFromMessage, UnknownEventError } from './event-decode.ts';
export { eventToMessage } from './event-encode.ts';
export { EVENT_NAMES, eventName } from './event-name.ts';
export { failureFromMessage, failureToMessage } from './failure-codec.ts';
export { HISTORY_FILE_VERSION, HistoryFileError, type HistoryHeader } from './history-file/format.ts';
export { historyOf, readHistoryFile, type HistoryFile } from './history-file/read.ts';
export { historyLines, listedEvents, type HistorySource, type ListedEvent } from './history-file/write.ts';
export { jsonOfValue, valueOfJson } from './json-value.ts';
export { messageFromPlain, PlainMessageError } from './plain-message.ts';
export {
  searchAttributeFromMessage,
  searchAttributeMessageJson,
  searchAttributesFromMessages,
  searchAttributesToMessages,
  searchAttributeToMessage,
} from './search-attribute-codec.ts';
export {
  CLAIM_OVER_BYTES,
  type ClaimedPayload,
  type ClaimedTransition,
  claimPayloads,
  claimsIn,
  digestOfClaim,
  type OpenClaim,
  redeemTransition,
} from './payload-claims.ts';
export { questionFromMessage, questionToMessage } from './question-codec.ts';
export { payloadFromMessage, payloadToMessage, UnredeemedClaimError } from './payload-codec.ts';
export { decodeTransition, encodeTransition, HISTORY_VERSION, type Transition } from './transition-codec.ts';
export { usageFromMessage, usageToMessage } from './usage.ts';
export { documentOfMessage, messageOfDefinition } from './workflow-definition-codec.ts';
