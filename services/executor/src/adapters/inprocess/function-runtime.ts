import type { AgentFunctions } from '../../app/agent-function.ts';
import type { WholeRuntime } from '../../app/whole-runtime.ts';
import { registrationOf } from '../../domain/hosted-settings.ts';

/** Deployments of functions and objects of this process: each is ready for as long as this process has it. */
export function functionRuntime(functions: AgentFunctions): WholeRuntime {
  return {
    open(_key, onPicture) {
      const nothing = async () => {};
      return {
        bring({ template, revision }) {
          const name = template.runtime.case === 'inProcess' ? template.runtime.value.function : '';
          if (!Object.hasOwn(functions, name)) {
            return onPicture({ instances: [], failure: `this executor has no function ${name}` });
          }
          const instance = { endpoint: `inprocess:${name}`, revision, registration: registrationOf(template) };
          onPicture({ instances: [instance], failure: '' });
        },
        remove: nothing,
        release: nothing,
      };
    },
  };
}

/** What an executor says that it has: a runtime for each function. */
export function functionRuntimes(functions: AgentFunctions): readonly string[] {
  return Object.keys(functions).map((name) => `in_process.${name}`);
}
