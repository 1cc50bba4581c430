import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { anyPack } from '@bufbuild/protobuf/wkt';
import { Code, ConnectError } from '@connectrpc/connect';
import { Metadata, type StatusObject } from '@grpc/grpc-js';
import { StatusSchema } from '@skein/contracts/grpc';

const DETAILS_KEY = 'grpc-status-details-bin';

/** An error as grpc-js sends it: status, message and the standard details trailer. */
export function toGrpcStatus(error: unknown): Pick<StatusObject, 'code' | 'details' | 'metadata'> {
  const connectError = ConnectError.from(error, Code.Internal);
  const metadata = new Metadata();
  if (connectError.details.length > 0) {
    const details = connectError.details.map((detail) =>
      'desc' in detail
        ? anyPack(detail.desc, create(detail.desc, detail.value))
        : { typeUrl: `type.googleapis.com/${detail.type}`, value: detail.value },
    );
    const status = create(StatusSchema, {
      code: connectError.code,
      message: connectError.rawMessage,
      details,
    });
    metadata.set(DETAILS_KEY, Buffer.from(toBinary(StatusSchema, status)));
  }
  return { code: connectError.code as number, details: connectError.rawMessage, metadata };
}

/** A server that stops resets the calls it does not wait for; grpc-js calls that INTERNAL, as if it were a defect. */
function isCutOff({ code, details }: { readonly code: Code; readonly details: string }): boolean {
  return code === Code.Internal && details.startsWith('Received RST_STREAM with code 0');
}

/** A grpc-js failure as every caller of ours sees it. */
export function fromGrpcStatus(status: {
  readonly code: number;
  readonly details: string;
  readonly metadata: Metadata;
}): ConnectError {
  const error = new ConnectError(status.details, isCutOff(status) ? Code.Unavailable : status.code);
  const [packed] = status.metadata.get(DETAILS_KEY);
  if (packed instanceof Buffer) {
    error.details = fromBinary(StatusSchema, packed).details.map((any) => ({
      type: any.typeUrl.slice(any.typeUrl.lastIndexOf('/') + 1),
      value: any.value,
    }));
  }
  return error;
}
