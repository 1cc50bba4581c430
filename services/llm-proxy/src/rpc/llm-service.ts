import type { ServiceImpl } from '@connectrpc/connect';
import type { LlmService } from '@skein/contracts/llm';
import type { Completions } from '../app/completions.ts';
import type { ModelCatalogue } from '../app/model-catalogue.ts';
import { typedAnswer, typedStream, type OnDefect } from './answer-errors.ts';
import { completeRpc } from './complete.ts';
import { listModelsRpc } from './list-models.ts';
import { streamCompleteRpc } from './stream-complete.ts';

/** What the RPCs are made of. */
export interface LlmRpcParts {
  readonly completions: Completions;
  readonly catalogue: ModelCatalogue;
  readonly onDefect: OnDefect;
}

/** skein.llm.v1.LlmService. */
export function llmService(parts: LlmRpcParts): ServiceImpl<typeof LlmService> {
  const { onDefect } = parts;
  return {
    complete: typedAnswer('Complete', onDefect, completeRpc(parts)),
    streamComplete: typedStream('StreamComplete', onDefect, streamCompleteRpc(parts)),
    listModels: typedAnswer('ListModels', onDefect, listModelsRpc(parts)),
  };
}
