import { toJson } from '@bufbuild/protobuf';
import { ValueSchema } from '@bufbuild/protobuf/wkt';
import type { InvokeResponse } from '@skein/contracts/agent';
import { broken, kept, type Rule } from '../../rule.ts';
import type { GrpcSubject } from '../grpc-subject.ts';

const MAX_DELTA_BYTES = 256 * 1024;
const MAX_STREAMED_BYTES = 4 * 1024 * 1024;
const MAX_OUTPUT_BYTES = 1024 * 1024;
const CODE = /^[A-Z][A-Z0-9_]{0,63}$/;

/** What is streamed and answered has the sizes that the platform takes. */
export const withinBounds: Rule<GrpcSubject> = {
  id: 'grpc/within-bounds',
  expected:
    'deltas of at most 256 KiB (4 MiB in one call), states of 64 characters, outputs of 1 MiB, codes in UPPER_SNAKE_CASE',
  async check(subject) {
    const { events } = await subject.ask();
    const problems = events.flatMap(problemsOf);
    const streamedBytes = events.reduce(
      (sum, event) => sum + (event.case === 'delta' ? bytesOf(event.value.text) : 0),
      0,
    );
    if (streamedBytes > MAX_STREAMED_BYTES) problems.push(`${streamedBytes} bytes are streamed in one call`);
    if (problems.length === 0) return kept;
    return broken(problems.slice(0, 5).join('; '), 'stream in smaller pieces; hand large things on by reference');
  },
};

const bytesOf = (text: string): number => Buffer.byteLength(text);

function problemsOf(event: InvokeResponse['event']): string[] {
  switch (event.case) {
    case 'delta':
      return bytesOf(event.value.text) > MAX_DELTA_BYTES ? [`a delta of ${bytesOf(event.value.text)} bytes`] : [];
    case 'state':
      return Array.from(event.value.state).length > 64 ? [`a state of ${event.value.state.length} characters`] : [];
    case 'result': {
      const { output } = event.value;
      const sizeBytes = output === undefined ? 4 : bytesOf(JSON.stringify(toJson(ValueSchema, output)));
      return sizeBytes > MAX_OUTPUT_BYTES ? [`an output of ${sizeBytes} bytes`] : [];
    }
    case 'error':
      return CODE.test(event.value.code) ? [] : [`the error code "${event.value.code}"`];
    default:
      return [];
  }
}
