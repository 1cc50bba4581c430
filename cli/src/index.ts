export { EXIT, EXIT_MEANINGS, type ExitCode } from './exit-code.ts';
export type { Environment, Host, Sink } from './host.ts';
export { runCli } from './run-cli.ts';
