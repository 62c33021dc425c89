/** The version in package.json (a test holds them together): SysEx identity and the USB descriptor say it. */
export const VERSION_MAJOR = 0
export const VERSION_MINOR = 1
export const VERSION_PATCH = 0
