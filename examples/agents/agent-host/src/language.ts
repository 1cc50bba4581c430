/** Languages that the example agents answer in. */
export type Language = 'en' | 'es' | 'de';

// French is known only so that it is not taken for Spanish: it is answered in English.
const COMMON_WORDS: Readonly<Record<Language | 'fr', ReadonlySet<string>>> = {
  en: new Set(
    'the and is are was to of in on for with my your our we you it this that not have has do does can please i'.split(
      ' ',
    ),
  ),
  es: new Set(
    'el la los las un una y es son de del en por para con mi su no que se me lo he ha una hola quiero puedo gracias'.split(
      ' ',
    ),
  ),
  de: new Set(
    'der die das ein eine und ist sind war zu von im am auf mit mein meine ich wir sie es nicht den dem hat habe bitte kein'.split(
      ' ',
    ),
  ),
  fr: new Set(
    'le la les un une et est sont de des du en dans pour avec mon ma votre notre nous vous je il ne pas que qui sur ce bonjour'.split(
      ' ',
    ),
  ),
};

/** The language of a text by its commonest words; English where nothing speaks for another. */
export function detectLanguage(text: string): Language {
  const words = text.toLowerCase().match(/\p{L}+/gu) ?? [];
  const count = (language: keyof typeof COMMON_WORDS) =>
    words.filter((word) => COMMON_WORDS[language].has(word)).length;
  const languages = ['en', 'es', 'de', 'fr'] as const;
  const commonest = languages.reduce((best, language) => (count(language) > count(best) ? language : best));
  return commonest === 'fr' ? 'en' : commonest;
}
