import type { Concept, Model, WordTest } from './model.ts';

/** What is classified. */
export interface TicketText {
  /** Empty: none. */
  readonly subject: string;
  readonly text: string;
}

/** What a ticket is about, and why. */
export interface Classification {
  readonly category: string;
  /** 0 to 1, in steps of 0.001. */
  readonly confidence: number;
  /** The concepts that spoke most for the category. */
  readonly reasons: readonly string[];
}

/** Classifies a ticket; the same ticket and model always give the same answer. */
export function classify(ticket: TicketText, model: Model): Classification {
  const points = new Map(model.labels.map((label) => [label, model.bias[label] ?? 0]));
  const findings = findingsIn(ticket, model);
  for (const { concept, hits } of findings) {
    for (const [label, weight] of Object.entries(concept.weights)) {
      points.set(label, (points.get(label) ?? 0) + hits * weight);
    }
  }
  const pointsOf = (label: string) => points.get(label) ?? 0;
  const category = model.labels.reduce((best, label) => (pointsOf(label) > pointsOf(best) ? label : best));
  return {
    category,
    confidence: confidence(pointsOf(category), [...points.values()], model.smoothing),
    reasons: reasonsFor(category, findings, model.max_reasons),
  };
}

/** Whole numbers until the last step, so that every language comes to the same double. */
function confidence(winner: number, all: readonly number[], smoothing: number): number {
  const total = all.reduce((sum, points) => sum + Math.max(points, 0), 0);
  return Math.floor((1000 * (Math.max(winner, 0) + smoothing)) / (total + all.length * smoothing)) / 1000;
}

interface Finding {
  readonly concept: Concept;
  /** Weighted by field, capped. */
  readonly hits: number;
  /** The first phrase found; empty: patterns only. */
  readonly evidence: string;
}

function findingsIn(ticket: TicketText, model: Model): Finding[] {
  const fields = (['subject', 'text'] as const).map((name) => {
    const folded = fold(ticket[name], model);
    return { folded, tokens: folded.match(/[a-z0-9]+/g) ?? [], weight: model.fields[name] };
  });
  return model.concepts.flatMap((concept) => {
    let hits = 0;
    let evidence = '';
    for (const { folded, tokens, weight } of fields) {
      const phrases = phraseHits(tokens, concept.phrases);
      const matches = concept.patterns.reduce((sum, pattern) => sum + [...folded.matchAll(pattern)].length, 0);
      hits += weight * (phrases.length + matches);
      evidence ||= phrases[0] ?? '';
    }
    return hits === 0 ? [] : [{ concept, hits: Math.min(hits, model.hit_cap), evidence }];
  });
}

function fold(text: string, { fold: table, max_characters: maxCharacters }: Model): string {
  let folded = '';
  let count = 0;
  for (const character of text) {
    if (++count > maxCharacters) break;
    folded += table.get(character) ?? (character >= 'A' && character <= 'Z' ? character.toLowerCase() : character);
  }
  return folded;
}

function phraseHits(tokens: readonly string[], phrases: readonly (readonly WordTest[])[]): string[] {
  const hits: string[] = [];
  for (let at = 0; at < tokens.length; at++) {
    const phrase = phrases.find((words) =>
      words.every((matches, i) => at + i < tokens.length && matches(tokens[at + i] ?? '')),
    );
    if (phrase !== undefined) hits.push(tokens.slice(at, at + phrase.length).join(' '));
  }
  return hits;
}

function reasonsFor(category: string, findings: readonly Finding[], maxReasons: number): string[] {
  return findings
    .map(({ concept, hits, evidence }) => ({
      name: concept.name,
      points: hits * (concept.weights[category] ?? 0),
      evidence,
    }))
    .filter(({ points }) => points > 0)
    .toSorted((a, b) => b.points - a.points || (a.name < b.name ? -1 : 1))
    .slice(0, maxReasons)
    .map(({ name, points, evidence }) => `${name} +${points}${evidence === '' ? '' : ` (${evidence})`}`);
}
