/* What the worlds of the fuzz target share: the input, byte by byte; 0 when it is used up. */
#ifndef TACTUS_FUZZ_CARRY_H
#define TACTUS_FUZZ_CARRY_H

#include <stddef.h>
#include <stdint.h>

uint32_t fuzz_next(void);
size_t fuzz_left(void);
void carry_world(void);

#endif
