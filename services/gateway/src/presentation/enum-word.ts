import type { DescEnum } from '@bufbuild/protobuf';

/** Words of an enum without its zero, as REST shows and takes them. */
export function enumWords(desc: DescEnum): string[] {
  return desc.values.filter(({ number }) => number !== 0).map(({ localName }) => localName);
}

/** The number of a word in any case; 0 where none is given or it is not one of the enum's. */
export function enumNumber(desc: DescEnum, word: string | undefined): number {
  const upper = word?.toUpperCase();
  return desc.values.find(({ localName }) => localName === upper)?.number ?? 0;
}
