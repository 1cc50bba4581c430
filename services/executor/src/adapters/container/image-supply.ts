import { ImagePullPolicy, type ContainerRuntime } from '@skein/contracts/registry';
import type { Engine } from './engine.ts';

/** Resolves when the Engine has the image. @throws Error that says why it does not. */
export async function provideImage(
  engine: Engine,
  { image, pull }: ContainerRuntime,
  signal: AbortSignal,
): Promise<void> {
  if (pull !== ImagePullPolicy.ALWAYS && (await engine.hasImage(image))) return;
  if (pull === ImagePullPolicy.NEVER) {
    throw new Error(`the Engine does not have the image ${image}, and is told never to pull it`);
  }
  try {
    await engine.pull(image, signal);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`the image ${image} cannot be pulled: ${why}`, { cause: error });
  }
}
