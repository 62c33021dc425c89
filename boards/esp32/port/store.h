/*
 * Settings as one text in NVS, ESP-IDF's own storage, which keeps the old record until the new one is whole: the contract of the
 * Pico's store over two flash slots. While flash is written core 0 and all tasks stand still; core 1's interrupts go on.
 */
#ifndef TACTUS_STORE_H
#define TACTUS_STORE_H

#include <stdbool.h>
#include <stdint.h>

#define STORE_BYTES 2048

/* Mounts NVS and copies the record, at most `room` bytes; its length, 0 for none. A partition of another NVS version, or one
   without a free page, is erased first: then settings are the defaults, and Wi-Fi has to be told its password again. */
uint32_t store_open(char *text, uint32_t room);

/* Keeps a copy and begins. False: too long, busy, or NVS is not there (problem.h). */
bool store_begin(const char *text, uint32_t length);

/* Writes. True while there is more to do: never, NVS does it in one call. What fails leaves the old record. */
bool store_step(void);

#endif
