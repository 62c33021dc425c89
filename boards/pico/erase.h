/*
 * A flash sector erased in slices. An erase takes 45 ms (400 at the worst), in which nothing can be fetched from flash and core 0
 * would stand still. The flash can be told to suspend it (W25Q16JV data sheet: 75h and 7Ah, SUS bit of status register 2) and is readable
 * then, all but that sector; so TypeScript and USB go on between one slice and the next. Flash that knows no suspension is erased in the
 * first slice, as long as that takes.
 */
#ifndef TACTUS_ERASE_H
#define TACTUS_ERASE_H

#include <stdbool.h>
#include <stdint.h>

/* Begins to erase the sector at `offset`, or goes on with it, for about `micros`, or until one of `interrupts` (bits) waits for core 0. True
   while there is more to do. */
bool erase_slice(uint32_t offset, bool begins, uint32_t micros, uint32_t interrupts);

#endif
