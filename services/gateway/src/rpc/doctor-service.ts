import type { MessageInitShape } from '@bufbuild/protobuf';
import { Code, ConnectError, type HandlerContext, type ServiceImpl } from '@connectrpc/connect';
import type { DoctorService, ServiceAuditSchema } from '@skein/contracts/doctor';
import { describeError } from '@skein/rpc';
import type { Clients } from '../upstream/clients.ts';

/** Audits may read much; longer than the longest statement of one. */
const AUDIT_MS = 60_000;

type Audit = MessageInitShape<typeof ServiceAuditSchema>;

/** Asks every service for its audit. One that cannot be asked is part of the answer, not an error. */
export function doctorService(doctors: Clients['doctors']): ServiceImpl<typeof DoctorService> {
  const names = Object.keys(doctors).toSorted();
  return {
    async audit({ repair }, { signal }: HandlerContext) {
      const audits = await Promise.all(
        names.map(async (service): Promise<Audit[]> => {
          try {
            const answer = await doctors[service]?.audit({ repair }, { signal, timeoutMs: AUDIT_MS });
            return answer?.audits ?? [];
          } catch (error) {
            return [{ service, unavailable: reasonFor(error) }];
          }
        }),
      );
      return { audits: audits.flat() };
    },
  };
}

function reasonFor(error: unknown): string {
  const isOlder = error instanceof ConnectError && error.code === Code.Unimplemented;
  return isOlder ? 'it is of a version that knows no audit' : describeError(error).message;
}
