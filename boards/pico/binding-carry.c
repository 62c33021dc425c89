/*
 * What goes round TypeScript, as TypeScript decides it: which SysEx the native layer carries from an input to which outputs, and when no byte
 * but a clock may be on the DIN wire.
 */
#include "xsmc.h"
#include "xsHost.h"
#include "mc.xs.h"

#include "binding.h"
#include "carry.h"
#include "din.h"

/* carry(routes, through, heads): heads are four pairs of value and mask for each input, see carry.h. */
void xs_tactus_carry(xsMachine *the) {
  struct carry_decision decision = {.routes = (uint32_t)xsmcToInteger(xsArg(0)), .through_micros = (uint32_t)xsmcToInteger(xsArg(1))};
  xsSlot item;
  for (unsigned i = 0; i < CARRY_INPUTS * CARRY_HEADS; i++) {
    struct carry_head *head = &decision.ours[i / CARRY_HEADS][i % CARRY_HEADS];
    xsmcGetIndex(item, xsArg(2), 2 * i);
    head->value = (uint32_t)xsmcToInteger(item);
    xsmcGetIndex(item, xsArg(2), 2 * i + 1);
    head->mask = (uint32_t)xsmcToInteger(item);
  }
  din_guard(false, 0, 0); /* said anew in each turn where pulses are answered */
  carry_decide(&decision);
}

/* guard(from, until): no byte but a clock is on the wire then; both -1: whenever there is room. */
void xs_tactus_guard(xsMachine *the) {
  double from = xsmcToNumber(xsArg(0)), until = xsmcToNumber(xsArg(1));
  bool guards = from >= 0 && from < 1e15 && until > from;
  din_guard(guards, guards ? stamp_of(from) : 0, guards ? stamp_of(until) : 0);
}
