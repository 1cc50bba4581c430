export {
  startEmbedded,
  type EmbeddedOptions,
  type EmbeddedPlatform,
  type PlatformElsewhere,
} from './embedded-platform.ts';
export { readPlatformNote, type PlatformNote } from './platform-note.ts';
