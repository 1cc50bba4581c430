import type { PhraseBook } from './phrase-book.ts';

/** English. */
export const english: PhraseBook = {
  greeting: 'Hello {name},',
  greetingWithoutName: 'Hello,',
  noted: 'what I see: {facts}.',
  alreadyTried: 'You have tried already: {attempts}. I leave that out.',
  attempts: {
    restart: 'a restart',
    reinstall: 'a fresh installation',
    clear_cache: 'clearing the cache',
    reset: 'a reset',
    update: 'the newest version',
    other_browser: 'another browser',
    new_token: 'a new token',
  },
  stepsFollow: 'Please go through this in order and stop where it works again:',
  steps: {
    restart: 'Restart the device completely, not only the app.',
    update: 'Install the newest version of the app and of the system.',
    reinstall: 'Remove the app and install it afresh; your data stays on the server.',
    clear_cache: 'Clear cache and cookies for our pages, then load the page again.',
    other_browser: 'Try another browser in a private window, without extensions.',
    reset: 'Reset the device with the pin hole at its back: hold it for ten seconds.',
    status_page: 'Look at the status page; we post disturbances of your region there first.',
    send_log: 'Send us the log from Help, Diagnostics, Save report, with the time it last happened.',
    send_request_ids: 'Send us three request ids with their times, so that we can find them on our side.',
    new_token: 'Make a new access token and check that the secret on both sides is the same.',
    password_link: 'Ask for a new password link and use only the newest; the older ones end with it.',
    prove_identity: 'Answer this message from the address of the account; a colleague then unlocks it within the hour.',
    clock: 'Set the clock of the device to automatic; a minute off is enough to make codes and certificates invalid.',
    identity_metadata:
      'Upload the metadata of your identity provider again and compare the fingerprint and the reply address.',
    certificate_chain: 'Check that the whole chain of certificates is served, not only the last one.',
    retry_after:
      'Wait as long as Retry-After says before the next request; we check the counter of your account meanwhile.',
    run_as_admin: 'Run the installer as administrator from a local folder, not from a network drive.',
    pause_and_resume: 'Pause, close programs that hold files open, and resume.',
    smaller_parts: 'Move large files in parts below 1 GB until we have raised the time limit for you.',
    touch_nothing: 'Leave the affected folders as they are: no edits, no restores, no new uploads there.',
    restore:
      "We compare your workspace with last night's backup and bring back what is missing; you hear from us within two hours.",
    utf8: 'Open the file as UTF-8; in a spreadsheet by way of Data, From text.',
    permissions: 'Check the permission of the app in the settings of the system, and grant it once more.',
    audio_input: "Choose the microphone in the call's settings; the browser may have taken another one.",
    cable_and_driver: 'Connect the device directly, without a hub, and install the driver of the manufacturer again.',
    power_supply: 'Use the power supply that came with it; a weaker one makes it start again and again.',
    wifi_band: 'Join the 2.4 GHz network; the device does not see 5 GHz.',
    background_activity:
      'Allow activity in the background for notifications only, and take the app out of battery saving.',
    describe: 'Tell us what you did, what you expected and what came instead, if possible with a picture.',
  },
  closing: 'If it stays as it is, answer this message; then we look at it together.\nYour technical support',
};
