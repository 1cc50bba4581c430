import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { SearchAttributeSchema, type SearchAttribute as SearchAttributeMessage } from '@skein/contracts/type';
import {
  isTexts,
  searchAttributeJson,
  type JsonValue,
  type SearchAttribute,
  type SearchAttributes,
} from '@skein/domain';
import { msOfTimestamp, timestampOfMs } from './clock-types.ts';

/** A search attribute as the contracts carry it. */
export function searchAttributeToMessage(value: SearchAttribute): SearchAttributeMessage {
  return create(SearchAttributeSchema, { value: caseOf(value) });
}

function caseOf(value: SearchAttribute): NonNullable<MessageInitShape<typeof SearchAttributeSchema>['value']> {
  switch (typeof value) {
    case 'string':
      return { case: 'stringValue', value };
    case 'boolean':
      return { case: 'boolValue', value };
    case 'number':
      return Number.isSafeInteger(value) ? { case: 'intValue', value: BigInt(value) } : { case: 'doubleValue', value };
    default:
      return isTexts(value)
        ? { case: 'stringListValue', value: { values: [...value] } }
        : { case: 'timestampValue', value: timestampOfMs(value.timestampMs) };
  }
}

/** A search attribute from the contracts; undefined where no value is set, or one of a later version. */
export function searchAttributeFromMessage({ value }: SearchAttributeMessage): SearchAttribute | undefined {
  switch (value.case) {
    case 'stringValue':
    case 'boolValue':
    case 'doubleValue':
      return value.value;
    case 'intValue':
      return Number(value.value);
    case 'timestampValue':
      return { timestampMs: Math.floor(msOfTimestamp(value.value)) };
    case 'stringListValue':
      return value.value.values;
    case undefined:
      return undefined;
  }
}

/** The JSON that a search attribute is shown as, and may be written as; null where it has no value. */
export function searchAttributeMessageJson(message: SearchAttributeMessage): JsonValue {
  const value = searchAttributeFromMessage(message);
  return value === undefined ? null : searchAttributeJson(value);
}

/** Search attributes as the contracts carry them. */
export function searchAttributesToMessages(attributes: SearchAttributes): Record<string, SearchAttributeMessage> {
  return Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, searchAttributeToMessage(value)]));
}

/** Search attributes from the contracts, without those that have no value. */
export function searchAttributesFromMessages(
  messages: Readonly<Record<string, SearchAttributeMessage>>,
): SearchAttributes {
  const attributes: Record<string, SearchAttribute> = {};
  for (const [name, message] of Object.entries(messages)) {
    const value = searchAttributeFromMessage(message);
    if (value !== undefined) attributes[name] = value;
  }
  return attributes;
}
