#include "pots.h"

#define SMOOTHING 4   /* 2^4 readings */
#define FRACTION 4    /* bits below the 12-bit reading that smoothing keeps */
#define DEAD_BAND 6   /* 12-bit steps either side of the middle of the reported value: one 10-bit step beyond it */
#define END 1         /* so close to an end the band closes */

static struct {
  uint32_t smooth; /* 12.4 bits */
  uint16_t reported;
  bool known;
} pots[POTS];

void pots_reset(void) {
  for (unsigned i = 0; i < POTS; i++) pots[i].known = false;
}

bool pots_reading(unsigned pot, uint16_t reading) {
  if (pot >= POTS || reading > 4095) return false;
  uint32_t target = (uint32_t)reading << FRACTION;
  if (!pots[pot].known) pots[pot].smooth = target;
  else if (target > pots[pot].smooth) pots[pot].smooth += (target - pots[pot].smooth + (1 << SMOOTHING) - 1) >> SMOOTHING;
  else pots[pot].smooth -= (pots[pot].smooth - target + (1 << SMOOTHING) - 1) >> SMOOTHING;

  int32_t smooth = (int32_t)(pots[pot].smooth >> FRACTION);
  uint16_t value = (uint16_t)(smooth >> 2);
  int32_t distance = smooth - (pots[pot].reported * 4 + 2);
  bool rests = distance <= DEAD_BAND && distance >= -DEAD_BAND && smooth > END && smooth < 4095 - END;
  if (pots[pot].known && (rests || value == pots[pot].reported)) return false;
  pots[pot].known = true;
  pots[pot].reported = value;
  return true;
}

uint16_t pots_value(unsigned pot) { return pot < POTS ? pots[pot].reported : 0; }
