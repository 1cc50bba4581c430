/** A piece of streamed text, ready to be appended to a fake history. */
export function delta(text: string) {
  return {
    case: 'agentStreamDelta' as const,
    value: { $typeName: 'skein.event.v1.AgentStreamDelta' as const, text, offsetBytes: 0n },
  };
}
