const TIMEOUT_MS = 1000;

/** Whether a part says on its admin port that it can work. */
export function isReady(adminPort: number): Promise<boolean> {
  return answersOk(`http://127.0.0.1:${adminPort}/readyz`);
}

/** Whether an HTTP address answers 2xx, soon. */
export async function answersOk(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}
