/** No such message in this namespace. */
export class MessageNotFoundError extends Error {
  override readonly name = 'MessageNotFoundError';
  readonly messageId: string;

  constructor(namespace: string, messageId: string) {
    super(`there is no message ${messageId} in namespace ${namespace}`);
    this.messageId = messageId;
  }
}

/** Another message has this id. */
export class MessageIdReusedError extends Error {
  override readonly name = 'MessageIdReusedError';
  readonly messageId: string;

  constructor(messageId: string) {
    super(`message ${messageId} was sent before with other content`);
    this.messageId = messageId;
  }
}
