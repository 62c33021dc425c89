/* See idf.h. */
#include "idf.h"
