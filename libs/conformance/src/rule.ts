/** One thing that a contract demands, and how an agent is seen to do it. */
export interface Rule<Subject> {
  /** Stable, such as `grpc/ends-once`. */
  readonly id: string;
  /** What the contract demands, in a sentence. */
  readonly expected: string;
  /** Looks. What it throws counts as broken. */
  check(subject: Subject): Promise<Finding>;
}

/** What was found. */
export type Finding =
  | { readonly verdict: 'kept' }
  /** It could not be looked at, and why. */
  | { readonly verdict: 'skipped'; readonly why: string }
  /** What was seen instead, and what mends it. */
  | { readonly verdict: 'broken'; readonly seen: string; readonly mend: string };

export const kept: Finding = Object.freeze({ verdict: 'kept' });
export const skipped = (why: string): Finding => ({ verdict: 'skipped', why });
export const broken = (seen: string, mend: string): Finding => ({ verdict: 'broken', seen, mend });

/** What was found about one rule. */
export type RuleReport = Finding & { readonly rule: string; readonly expected: string; readonly durationMs: number };

/** Longest time that one rule is looked at, in milliseconds. */
export const RULE_TIMEOUT_MS = 60_000;

/** Looks at every rule in turn, and tells of each as soon as it is found. */
export async function* checkRules<Subject>(
  rules: readonly Rule<Subject>[],
  subject: Subject,
): AsyncGenerator<RuleReport, void, undefined> {
  for (const rule of rules) {
    const startedAt = performance.now();
    const finding = await checkRule(rule, subject);
    const durationMs = Math.round(performance.now() - startedAt);
    yield { rule: rule.id, expected: rule.expected, durationMs, ...finding };
  }
}

async function checkRule<Subject>(rule: Rule<Subject>, subject: Subject): Promise<Finding> {
  const late = Promise.withResolvers<Finding>();
  const mend = 'see the log of the agent';
  const timer = setTimeout(() => late.resolve(broken(`no answer within ${RULE_TIMEOUT_MS} ms`, mend)), RULE_TIMEOUT_MS);
  try {
    return await Promise.race([rule.check(subject), late.promise]);
  } catch (error) {
    return broken(error instanceof Error ? error.message : String(error), mend);
  } finally {
    clearTimeout(timer);
  }
}
