#include "tusb.h"
