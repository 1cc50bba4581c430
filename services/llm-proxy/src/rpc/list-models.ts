import type { ListModelsRequest } from '@skein/contracts/llm';
import type { ModelCatalogue } from '../app/model-catalogue.ts';
import { namespaceOf } from './asking-fields.ts';
import { Violations } from './violations.ts';

/** LlmService.ListModels. */
export function listModelsRpc({ catalogue }: { readonly catalogue: ModelCatalogue }) {
  return async (request: ListModelsRequest) => {
    const violations = new Violations();
    namespaceOf(request.namespace, violations);
    violations.throwIfAny();
    const models = catalogue.list().map(({ model, provider, description }) => ({
      model,
      provider: provider.name,
      description,
    }));
    return { models };
  };
}
