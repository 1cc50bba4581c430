/** Languages that letters are written in. */
export type Language = 'en' | 'es' | 'de';

const COMMON_WORDS: Readonly<Record<Language, ReadonlySet<string>>> = {
  en: new Set('the and is are was to of in on for with my your our we you it this that not have can please'.split(' ')),
  es: new Set('el la los las un una y es son de del en por para con mi su no que se lo he ha hola gracias'.split(' ')),
  de: new Set('der die das ein eine und ist sind war zu von im mit mein meine ich wir sie es nicht bitte'.split(' ')),
};

/** The language of a text by its commonest words; English where nothing speaks for another. */
export function languageOf(text: string): Language {
  const words = text.toLowerCase().match(/\p{L}+/gu) ?? [];
  const count = (language: Language) => words.filter((word) => COMMON_WORDS[language].has(word)).length;
  return (['es', 'de'] as const).reduce<Language>(
    (best, language) => (count(language) > count(best) ? language : best),
    'en',
  );
}
