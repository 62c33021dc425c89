/** Asks the system to let this thread run before ordinary ones: root may, and whoever has a limit set for it (systemd: LimitNICE=). */
import { setPriority } from "node:os"

/** Nice value asked for, -20..19. */
const PRIORITY = -15

/** On Linux this is the thread's own priority; elsewhere the process's. */
export function hurry(): void {
  try {
    setPriority(0, PRIORITY)
  } catch {
    // Not allowed: the histogram of wake-ups tells what that costs.
  }
}
