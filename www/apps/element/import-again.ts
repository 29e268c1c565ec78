/**
 * A module that could not be fetched once, and can be had now. Some browsers, Chromium 148 among them, keep the failure under the module's
 * address for as long as the page lives. So it is asked for under another one, which the error names.
 */
export async function importAgain<M>(load: () => Promise<M>): Promise<M> {
  try {
    return await load();
  } catch (error) {
    // Bundlers have errors of their own, and load anew by themselves.
    const [address] = (error instanceof TypeError && /https?:\/\/\S+/.exec(error.message)) || [];
    if (address === undefined) {
      throw error;
    }
    return (await import(`${address}?${Date.now()}`)) as M;
  }
}
