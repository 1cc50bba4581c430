import { InstallPolicySchema, type InstallPolicy } from '@skein/contracts/registry';
import { CliError } from '../cli-error.ts';
import { plainJson } from '../output/plain-json.ts';
import type { Output } from '../output/output.ts';

/** Prints the policy of an answer. */
export function showPolicy(answer: { readonly policy?: InstallPolicy | undefined }, output: Output): void {
  const { policy } = answer;
  if (policy === undefined) {
    throw new CliError({ reason: 'INTERNAL', message: 'the platform answered without the policy' });
  }
  output.document(plainJson(InstallPolicySchema, policy));
  const { requireSignature, allowedKeyIds } = policy;
  const unsigned = requireSignature ? 'never' : 'with --allow-unsigned';
  const counting = allowedKeyIds.length === 0 ? 'a trusted key' : `a trusted key of ${allowedKeyIds.join(', ')}`;
  output.line(`installed is what is signed by ${counting}; anything else ${unsigned}`);
}
