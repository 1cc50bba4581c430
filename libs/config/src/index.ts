export { ConfigError } from './config-error.ts';
export type { ConfigProblem } from './config-error.ts';
export { defineConfig } from './config.ts';
export type { ConfigIn, ConfigOf, ConfigSpec, ConfigTree, DocumentedVariable, Environment } from './config.ts';
export { boolean, durationMs, enumOf, integer, list, number, port, secret, string, url } from './kinds.ts';
export type { Bounds } from './kinds.ts';
export { Secret } from './secret.ts';
export { optional, ValueProblem, variable } from './variable.ts';
export type { Variable, VariableOptions } from './variable.ts';
