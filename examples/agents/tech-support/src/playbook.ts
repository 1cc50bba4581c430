import type { Attempt } from './findings.ts';
import type { Topic } from './topic.ts';

/** One thing to try or to send. */
export type Step =
  | 'restart'
  | 'update'
  | 'reinstall'
  | 'clear_cache'
  | 'other_browser'
  | 'reset'
  | 'status_page'
  | 'send_log'
  | 'send_request_ids'
  | 'new_token'
  | 'password_link'
  | 'prove_identity'
  | 'clock'
  | 'identity_metadata'
  | 'certificate_chain'
  | 'retry_after'
  | 'run_as_admin'
  | 'pause_and_resume'
  | 'smaller_parts'
  | 'touch_nothing'
  | 'restore'
  | 'utf8'
  | 'permissions'
  | 'audio_input'
  | 'cable_and_driver'
  | 'power_supply'
  | 'wifi_band'
  | 'background_activity'
  | 'describe';

/** What helps with each kind of trouble, the likeliest and cheapest first. */
export const PLAYBOOK: Readonly<Record<Topic, readonly Step[]>> = {
  data_loss: ['touch_nothing', 'restore', 'send_log'],
  two_factor: ['clock', 'prove_identity'],
  single_sign_on: ['identity_metadata', 'certificate_chain', 'prove_identity'],
  sign_in: ['password_link', 'clear_cache', 'other_browser', 'prove_identity'],
  certificate: ['certificate_chain', 'status_page', 'clock'],
  api: ['status_page', 'new_token', 'retry_after', 'send_request_ids'],
  install: ['run_as_admin', 'restart', 'send_log'],
  sync: ['pause_and_resume', 'smaller_parts', 'update', 'send_log'],
  encoding: ['utf8', 'update', 'send_log'],
  notifications: ['permissions', 'background_activity', 'restart', 'reinstall'],
  sound: ['audio_input', 'permissions', 'other_browser', 'restart'],
  peripheral: ['cable_and_driver', 'restart', 'update', 'send_log'],
  crash: ['restart', 'update', 'clear_cache', 'reinstall', 'send_log'],
  network: ['restart', 'wifi_band', 'reset', 'status_page'],
  hub: ['power_supply', 'wifi_band', 'update', 'reset'],
  battery: ['background_activity', 'update', 'send_log'],
  performance: ['status_page', 'other_browser', 'clear_cache', 'send_request_ids'],
  web_page: ['clear_cache', 'other_browser', 'send_log'],
  general: ['restart', 'update', 'describe'],
};

/** The steps for a topic without those that were tried already; never empty. */
export function stepsFor(topic: Topic, attempts: readonly Attempt[]): Step[] {
  const tried: ReadonlySet<string> = new Set(attempts);
  const steps = PLAYBOOK[topic].filter((step) => !tried.has(step));
  return steps.length > 0 ? steps : ['send_log'];
}
