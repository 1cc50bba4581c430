/** Closes what runs when the process is told to end, once; until it is disposed of. */
export function closeOnSignal(close: () => Promise<void>): Disposable {
  const onSignal = (): void => void close();
  const release = (): void => {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  };
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
  return { [Symbol.dispose]: release };
}
