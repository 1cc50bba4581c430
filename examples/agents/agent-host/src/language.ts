/** Languages that the example agents answer in. */
export type Language = 'en' | 'es' | 'de';

const COMMON_WORDS: Readonly<Record<Language, ReadonlySet<string>>> = {
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
};

/** The language of a text by its commonest words; English where nothing speaks for another. */
export function detectLanguage(text: string): Language {
  const words = text.toLowerCase().match(/\p{L}+/gu) ?? [];
  const count = (language: Language) => words.filter((word) => COMMON_WORDS[language].has(word)).length;
  const languages: readonly Language[] = ['en', 'es', 'de'];
  return languages.reduce((best, language) => (count(language) > count(best) ? language : best));
}
