import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Code, ConnectError, createClient } from '@connectrpc/connect';
import { createConnectTransport } from '@connectrpc/connect-node';
import { DoctorService } from '@skein/contracts/doctor';
import { auditBinding, directTransport, type AuditCheck } from '@skein/rpc';
import { gatewayRig } from '../testing/gateway-rig.ts';

const CHECK: AuditCheck = {
  code: 'SOCK_MISSING',
  severity: 'warning',
  message: 'a sock has no partner',
  remedy: 'look under the bed',
  find: () => Promise.resolve({ count: 3, samples: ['left', 'right'] }),
  mend: () => Promise.resolve(2),
};

function doctor(checks: readonly AuditCheck[]) {
  return createClient(DoctorService, directTransport([auditBinding('drawer', checks, (error) => error)]));
}

test('every service is asked, and one that cannot be is part of the answer', async () => {
  const failing: AuditCheck = { ...CHECK, find: () => Promise.reject(new ConnectError('no light', Code.Unavailable)) };
  const doctors = {
    drawer: doctor([CHECK, { ...CHECK, find: () => Promise.resolve({ count: 0, samples: [] }) }]),
    cellar: doctor([failing]),
    attic: createClient(DoctorService, directTransport([])),
  };
  await using plain = await gatewayRig();
  await using rig = await gatewayRig({ clients: { ...plain.clients, doctors } });
  const edge = createClient(DoctorService, createConnectTransport({ baseUrl: rig.url, httpVersion: '1.1' }));
  const { audits } = await edge.audit({});
  assert.deepEqual(
    audits.map(({ service, checks, unavailable }) => [service, checks, unavailable]),
    [
      ['attic', 0, 'it is of a version that knows no audit'],
      ['cellar', 0, 'cellar does not answer'],
      ['drawer', 2, ''],
    ],
  );
  assert.partialDeepStrictEqual(audits[2]?.findings, [{ code: 'SOCK_MISSING', count: 3n, mendable: true, mended: 0n }]);
  const repaired = await edge.audit({ repair: true });
  assert.equal(repaired.audits[2]?.findings[0]?.mended, 2n);
});
