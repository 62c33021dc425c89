/** Real time, for tests over real sockets. */
export function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}

/** Waits until `isSo`; throws after `seconds`, saying what was awaited. */
export async function until(what: string, isSo: () => boolean, seconds = 5): Promise<void> {
  for (const end = Date.now() + seconds * 1000; !isSo(); await sleep(5))
    if (Date.now() > end) throw new Error(`waited ${seconds} s for ${what}`)
}
