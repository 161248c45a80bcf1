/**
 * While `work` waits for something that goes on elsewhere, Ctrl-C says so (`words`, on stderr) and ends with 130, as a shell
 * expects. Returns what `work` gives.
 */
export async function unlessInterrupted<T>(words: string, work: () => Promise<T>): Promise<T> {
  const stop = (): void => {
    console.error(`\n${words}`);
    process.exit(130);
  };
  process.once('SIGINT', stop);
  try {
    return await work();
  } finally {
    process.off('SIGINT', stop);
  }
}
