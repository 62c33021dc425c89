/* The version in package.json as a USB descriptor has it, 0xMMmp: one byte major, a digit minor, a digit patch. A test holds them together. */
#ifndef TACTUS_VERSION_H
#define TACTUS_VERSION_H

#define TACTUS_BCD_VERSION 0x0010

#endif
