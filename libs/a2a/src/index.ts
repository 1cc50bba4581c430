export { CARD_PATHS, cardUrls, readCard, UnreadableCardError, type A2aCard, type CardFacts } from './agent-card.ts';
export { grpcTarget, type A2aBinding, type A2aDialect, type A2aInterface, type GrpcTarget } from './agent-interface.ts';
