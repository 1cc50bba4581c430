/**
 * Agent cards, read for two questions: what does the agent say of itself, and where and how is it called?
 *
 * C1. Cards of 1.0, of 0.3 and of the draft between them are told apart by their shape.
 * C2. What is malformed counts as not said; only a card without any interface that is spoken here is refused.
 */
import { bindingOf, dialectOf, grpcTarget, type A2aDialect, type A2aInterface } from './agent-interface.ts';

/** Where cards are, the likeliest first: that of 1.0 and late 0.3, and that of early 0.3. */
export const CARD_PATHS: readonly string[] = ['.well-known/agent-card.json', '.well-known/agent.json'];

/**
 * Where the card of an endpoint may be: below the base URL, then at its origin. An endpoint that is a card's own URL is
 * just that.
 */
export function cardUrls(endpoint: string): readonly string[] {
  if (endpoint.endsWith('.json')) return [endpoint];
  const base = `${endpoint.replace(/\/+$/, '')}/`;
  const bases = new Set([base, new URL('/', base).href]);
  return [...bases].flatMap((one) => CARD_PATHS.map((path) => new URL(path, one).href));
}

/** What a 0.3 card that does not say so is a version of. */
const LEGACY_CARD_VERSION = '0.3';

/** What an agent says of itself. */
export interface CardFacts {
  /** Empty: it does not say. */
  readonly name: string;
  /** Empty: it does not say. */
  readonly description: string;
  /** Empty: it does not say. */
  readonly version: string;
  /** In the card's order; those without an id are left out. */
  readonly skills: readonly CardSkill[];
}

/** One thing that an agent can do. */
export interface CardSkill {
  readonly id: string;
  /** Empty: it does not say. */
  readonly description: string;
  readonly tags: readonly string[];
}

/** A card that was read. */
export interface A2aCard {
  readonly facts: CardFacts;
  /** Those that are spoken here, the agent's favourite first; at least one. */
  readonly interfaces: readonly [A2aInterface, ...A2aInterface[]];
  /** Whether the agent streams. */
  readonly streaming: boolean;
}

/** What was read is no card, or one of an agent that cannot be called from here; the message says why. */
export class UnreadableCardError extends Error {
  override readonly name = 'UnreadableCardError';
  /** Whether it is a card at all. */
  readonly isCard: boolean;

  constructor(message: string, isCard: boolean) {
    super(message);
    this.isCard = isCard;
  }
}

type Foreign = Readonly<Record<string, unknown>>;

/**
 * Reads the JSON value of a card; `baseUrl` is where it was found, for URLs that are relative to it.
 * @throws UnreadableCardError
 */
export function readCard(value: unknown, baseUrl: string): A2aCard {
  if (!isObject(value)) throw new UnreadableCardError('the agent card is no JSON object', false);
  const declared = declaredInterfaces(value);
  if (declared.length === 0) throw new UnreadableCardError('the agent card names no interface', false);
  const [first, ...others] = declared.flatMap((one) => callable(one, baseUrl));
  if (first === undefined) {
    const named = declared.map(({ binding, version, url }) => `${binding || '?'} ${version || '?'} at ${url || '?'}`);
    const message = `the agent card names no interface that is spoken here, but ${named.join(', ')}`;
    throw new UnreadableCardError(message, true);
  }
  const capabilities = isObject(value['capabilities']) ? value['capabilities'] : {};
  return { facts: factsOf(value), interfaces: [first, ...others], streaming: capabilities['streaming'] === true };
}

/** An interface in the words of its card. */
interface Declared {
  readonly url: string;
  readonly binding: string;
  readonly version: string;
  readonly dialect: A2aDialect | undefined;
  readonly tenant: string;
}

/** C1. */
function declaredInterfaces(card: Foreign): Declared[] {
  const supported = objectsIn(card['supportedInterfaces']);
  if (supported.length > 0) return supported.map((one) => declaredOf(one, card));
  const version = text(card, 'protocolVersion') || LEGACY_CARD_VERSION;
  const legacy = (url: string, binding: string): Declared => ({
    url,
    binding,
    version,
    dialect: dialectOf(version) === '0.3' ? '0.3' : undefined,
    tenant: '',
  });
  if (text(card, 'url') === '') return [];
  const others = objectsIn(card['additionalInterfaces']);
  return [
    legacy(text(card, 'url'), text(card, 'preferredTransport') || 'JSONRPC'),
    ...others.map((one) => legacy(text(one, 'url'), text(one, 'transport'))),
  ];
}

/** Only the draft has its version at the top of the card, and none at the interfaces. */
function declaredOf(declared: Foreign, card: Foreign): Declared {
  const own = text(declared, 'protocolVersion');
  const isDraft = own === '' && ('protocolVersion' in card || 'supportsExtendedAgentCard' in card);
  const version = own || text(card, 'protocolVersion') || '1.0';
  return {
    url: text(declared, 'url'),
    binding: text(declared, 'protocolBinding'),
    version,
    dialect: isDraft ? '1.0-draft' : dialectOf(version),
    tenant: text(declared, 'tenant'),
  };
}

/** The interface, where it is spoken here. */
function callable({ url, binding: word, dialect, tenant }: Declared, baseUrl: string): A2aInterface[] {
  const binding = bindingOf(word);
  if (binding === undefined || dialect === undefined) return [];
  if (binding === 'GRPC') return grpcTarget(url) === undefined ? [] : [{ url, binding, dialect, tenant }];
  const resolved = url === '' ? null : URL.parse(url, baseUrl);
  if (resolved === null || !/^https?:$/.test(resolved.protocol)) return [];
  return [{ url: resolved.href.replace(/\/+$/, ''), binding, dialect, tenant }];
}

function factsOf(card: Foreign): CardFacts {
  const skills = objectsIn(card['skills']).map((skill) => ({
    id: text(skill, 'id'),
    description: text(skill, 'description'),
    tags: textsIn(skill['tags']),
  }));
  return {
    name: text(card, 'name'),
    description: text(card, 'description'),
    version: text(card, 'version'),
    skills: skills.filter(({ id }) => id !== ''),
  };
}

function isObject(value: unknown): value is Foreign {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const objectsIn = (value: unknown): Foreign[] => (Array.isArray(value) ? value.filter(isObject) : []);

const textsIn = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];

function text(object: Foreign, name: string): string {
  const value = object[name];
  return typeof value === 'string' ? value : '';
}
