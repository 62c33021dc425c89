/** What others have written (a message from the network, a tag in a recording), for a terminal: no character of it moves the cursor or clears the screen. */
export function printable(text: string, most = 200): string {
  const shown = text.replace(/\p{Cc}/gu, "\ufffd")
  return shown.length > most ? `${shown.slice(0, most)}…` : shown
}
