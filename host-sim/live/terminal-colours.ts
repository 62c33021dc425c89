/** As terminals want to be told them. */
export const BOLD = "\x1b[1m"
export const DIM = "\x1b[2m"
export const AMBER = "\x1b[33m"
export const GREEN = "\x1b[32m"
export const RED = "\x1b[31m"
export const PLAIN = "\x1b[0m"
