/* Settings as one text in two flash slots (../native/slots.h), written from core 0 while core 1 goes on from RAM. */
#ifndef TACTUS_STORE_H
#define TACTUS_STORE_H

#include <stdbool.h>
#include <stdint.h>

#define STORE_BYTES 2560

/* Copies the newest whole record, at most `room` bytes; its length, 0 for none. */
uint32_t store_open(char *text, uint32_t room);

/* Keeps a copy and begins. False: too long, or busy. */
bool store_begin(const char *text, uint32_t length);

/* One slice of an erase or one page, about a millisecond. True while there is more to do. */
bool store_step(void);

#endif
