/*
 * The Pico W: what ../pico/board.h says, with the SDK's own description of this board in place of the Pico's.
 * After editing either, build clean: objects do not depend on them.
 */
#include "boards/pico_w.h"
#define _BOARDS_PICO_H /* the Pico's is read no more: its light is this board's radio */
#include "../pico/board.h"
