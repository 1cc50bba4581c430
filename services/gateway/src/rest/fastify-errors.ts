/** What fastify finds wrong with a request, in the words of the contract. */
import { invalidField, invalidFields, payloadTooLarge, unsupportedMediaType } from '../errors/invalid-request.ts';
import { isRequestViolation } from './request-validation.ts';

/** Largest body in bytes: 1 MiB of input or definition, and room for what is around it. */
export const BODY_LIMIT_BYTES = 1024 * 1024 + 64 * 1024;

/** A thrown value as an error of the contract; others are handed back as they are. */
export function translateFastifyError(
  error: unknown,
  contentType: string | undefined,
  accepted: readonly string[],
  limitBytes = BODY_LIMIT_BYTES,
) {
  if (!(error instanceof Error)) return error;
  if (isRequestViolation(error)) return invalidFields(error.violations);
  const { code, statusCode, message } = error as Error & { readonly code?: string; readonly statusCode?: number };
  switch (code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return payloadTooLarge(limitBytes);
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
    case 'FST_ERR_CTP_EMPTY_TYPE':
      return unsupportedMediaType(contentType, accepted);
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return invalidField('Content-Length', 'send as many bytes as the header says');
    case 'FST_ERR_BAD_URL':
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return invalidField('path', 'percent-encode it, and keep each part at most 512 characters long');
    default:
      // JSON that does not parse, or that would change the prototype of objects.
      return statusCode === 400 ? invalidField('body', `send valid JSON: ${message}`, 'MALFORMED') : error;
  }
}
