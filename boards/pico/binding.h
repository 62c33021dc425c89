/* The core's time, which TypeScript counts as a double, as the native layer's stamps (binding.c). */
#pragma once

#include "stamp.h"

/* `micros` is not negative. */
stamp stamp_of(double micros);
