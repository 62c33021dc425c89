/*
 * The native layer as TypeScript sees it: one stream of inputs in the order of time, one call that schedules an output, and the
 * panel. Times cross as doubles, microseconds since start; the 32-bit stamps of the layer are extended here.
 *
 *    capture ring --.
 *    USB ring     --+--> take(): the oldest first, as an event word (src/event.ts); takenAt() is its stamp
 *    panel        --'
 *    schedule(time, word) --> pins, DIN bytes, USB packets
 *
 * Nothing here allocates, and no argument can make it write anywhere: ports and pins are looked up in tables of fixed size.
 */
#include "xsmc.h"
#include "xsHost.h"
#include "mc.xs.h"

#include "capture.h"
#include "chip.h"
#include "delivery.h"
#include "shift-registers.h"
#include "usb-midi.h"
#include "hardware/timer.h"
#include "hardware/watchdog.h"

#define PORT_SHIFT 26
#define PORTS 64
#define IN_MIDI_DIN 3
#define IN_MIDI_USB 4
#define OUT_MIDI_DIN 0
#define OUT_MIDI_USB 1
#define OUT_MIDI_CONFIG 2
#define PERIPHERAL_HERTZ 125000000

static xsMachine *machine;
static xsSlot pump;
static volatile uint8_t posted;
static uint32_t pin_of_port[PORTS]; /* masks */
static struct captured pending;
static bool has_pending;
static double taken_at;
static volatile uint32_t unposted;

static const uint8_t bytes_of_code[16] = {0, 0, 2, 3, 3, 1, 2, 3, 3, 3, 3, 3, 2, 2, 3, 1};

/* Core 1 may be this far into an interrupt whose stamp is taken but whose event is not in the ring yet. */
#define IN_FLIGHT_MICROS 20

/* Inputs of different rings meet here; what comes out never goes back in time. */
static void take_at(double at) {
  if (at > taken_at) taken_at = at;
}

static double extend(stamp at) {
  uint64_t now = time_us_64();
  return (double)(int64_t)(now + (int64_t)micros_until(at, (stamp)now));
}

/* ---- waking TypeScript ---- */

static void wake(void *the, void *refcon, uint8_t *message, uint16_t length) {
  (void)refcon, (void)message, (void)length;
  posted = 0;
  xsBeginHost((xsMachine *)the);
  xsCallFunction0(pump, xsGlobal);
  xsEndHost((xsMachine *)the);
}

/* At priority 0x80, as every interrupt of Moddable's that posts. */
static void post(void) {
  if (posted) return;
  posted = 1;
  if (modMessagePostToMachineFromISR(machine, wake, 0) < 0) {
    posted = 0;
    unposted++;
  }
}

static void doorbell(void) {
  uint32_t packet;
  usb_midi_service();
  while (usb_due_take(&packet)) usb_midi_send(packet);
  post();
}

/* ---- setting up ---- */

void xs_tactus_open(xsMachine *the) {
  machine = the;
  pump = xsArg(0);
  xsRemember(pump);
  chip_open();
  usb_midi_open(post);
}

void xs_tactus_output(xsMachine *the) {
  unsigned port = xsmcToInteger(xsArg(0)), pin = xsmcToInteger(xsArg(1));
  if (port >= PORTS || pin >= 30) xsRangeError("no such port or pin");
  pin_of_port[port] = 1u << pin;
  chip_output(pin);
}

void xs_tactus_input(xsMachine *the) {
  unsigned port = xsmcToInteger(xsArg(0)), pin = xsmcToInteger(xsArg(1));
  bool inverted = xsmcTest(xsArg(2));
  if (pin >= 30 || !chip_input(port, pin, inverted, inverted ? CHIP_PULL_UP : CHIP_PULL_DOWN)) xsRangeError("no such input or pin");
}

void xs_tactus_din(xsMachine *the) {
  chip_din(xsmcToInteger(xsArg(0)), xsmcToInteger(xsArg(1)), PERIPHERAL_HERTZ);
}

void xs_tactus_panel(xsMachine *the) {
  panel_open(xsmcToInteger(xsArg(0)), xsmcToInteger(xsArg(1)), xsmcToInteger(xsArg(2)), xsmcToInteger(xsArg(3)));
}

void xs_tactus_hold_off(xsMachine *the) { capture_hold_off(xsmcToInteger(xsArg(0)), xsmcToInteger(xsArg(1))); }

/* Core 1 where it answers, else the interrupts of core 0. Returns 1 or 0. */
void xs_tactus_run(xsMachine *the) {
  bool second = chip_run(CHIP_CORE1, doorbell);
  if (!second) chip_run(CHIP_CORE0, doorbell);
  xsmcSetInteger(xsResult, second);
}

/* ---- the hot path ---- */

void xs_tactus_now(xsMachine *the) { xsmcSetNumber(xsResult, (double)time_us_64()); }

void xs_tactus_taken_at(xsMachine *the) { xsmcSetNumber(xsResult, taken_at); }

/* Next input in the order of time as an event word, -1 for none. */
void xs_tactus_take(xsMachine *the) {
  uint64_t now = time_us_64();
  if (!has_pending) has_pending = capture_take(&pending);
  const struct usb_midi_received *usb = usb_midi_peek();
  if (usb && has_pending && micros_until(pending.at, usb->at) < 0) usb = 0;
  if (usb) {
    uint32_t packet = usb->packet;
    uint32_t port = IN_MIDI_USB + ((packet >> 4) & 1), length = bytes_of_code[packet & 0xf];
    take_at(extend(usb->at));
    usb_midi_drop();
    xsmcSetInteger(xsResult, (int32_t)(port << PORT_SHIFT | length << 24 | packet >> 8));
  } else if (has_pending) {
    has_pending = false;
    take_at(extend(pending.at));
    if (pending.kind == CAPTURED_DIN) xsmcSetInteger(xsResult, (int32_t)(IN_MIDI_DIN << PORT_SHIFT | 1 << 24 | pending.value));
    else xsmcSetInteger(xsResult, (int32_t)((uint32_t)pending.input << PORT_SHIFT | pending.value));
  } else {
    uint32_t word = panel_take();
    if (word != PANEL_NOTHING) take_at((double)(now - IN_FLIGHT_MICROS));
    xsmcSetInteger(xsResult, (int32_t)word);
  }
}

/* The USB-MIDI code of 1..3 bytes: a part of a system exclusive message, its end, or a message by its status. */
static uint32_t code_of(uint32_t length, uint32_t bytes) {
  uint32_t first = bytes & 0xff, last = (bytes >> (8 * (length - 1))) & 0xff;
  if (first >= 0xf8) return 0xf;
  if (last == 0xf7) return 4 + length;
  if (first < 0x80 || first == 0xf0) return length == 3 ? 4 : 0xf;
  if (first >= 0xf0) return length == 1 ? 5 : length;
  return first >> 4;
}

static bool schedule(stamp at, uint32_t word) {
  uint32_t port = word >> PORT_SHIFT, length = (word >> 24) & 3, bytes = word & 0xffffff;
  if (port == OUT_MIDI_USB || port == OUT_MIDI_CONFIG)
    return !length || schedule_usb(at, bytes << 8 | (port == OUT_MIDI_CONFIG ? 0x10 : 0) | code_of(length, bytes));
  if (port != OUT_MIDI_DIN) return word & 1 ? schedule_pins(at, pin_of_port[port], 0) : schedule_pins(at, 0, pin_of_port[port]);
  bool taken = true;
  for (; length; length--, bytes >>= 8) taken &= schedule_din(at, (uint8_t)bytes);
  return taken;
}

/* A time before now leaves at once. */
void xs_tactus_schedule(xsMachine *the) {
  double time = xsmcToNumber(xsArg(0));
  uint32_t word = (uint32_t)xsmcToInteger(xsArg(1));
  bool taken = schedule((stamp)(uint64_t)(time + 0.5), word);
  chip_wake();
  xsmcSetBoolean(xsResult, taken);
}

/* arm(input, words): the words leave with the next rising edge. An empty array disarms. */
void xs_tactus_arm(xsMachine *the) {
  struct answer_word answer[ANSWER_WORDS];
  unsigned count = xsmcToInteger(xsArg(2)), used = 0;
  xsSlot item;
  if (count > ANSWER_WORDS) count = ANSWER_WORDS;
  for (unsigned i = 0; i < count; i++) {
    xsmcGetIndex(item, xsArg(1), i);
    uint32_t word = (uint32_t)xsmcToInteger(item), port = word >> PORT_SHIFT, length = (word >> 24) & 3, bytes = word & 0xffffff;
    if (port == OUT_MIDI_DIN) answer[used++] = (struct answer_word){bytes & 0xff, 0, ANSWER_DIN};
    else if (port == OUT_MIDI_USB) answer[used++] = (struct answer_word){bytes << 8 | code_of(length, bytes), 0, ANSWER_USB};
    else answer[used++] = (struct answer_word){pin_of_port[port], 0, word & 1 ? ANSWER_PINS : ANSWER_CLEAR};
  }
  xsmcSetBoolean(xsResult, capture_arm(xsmcToInteger(xsArg(0)), answer, used));
}

/* ---- housekeeping ---- */

void xs_tactus_poll(xsMachine *the) {
  (void)the;
  panel_poll();
}

void xs_tactus_lights(xsMachine *the) { panel_lights((uint8_t)xsmcToInteger(xsArg(0))); }

void xs_tactus_held(xsMachine *the) { xsmcSetInteger(xsResult, panel_held()); }

/* Everything lost or late since start, one count each: delivery full, delivery late, capture full, DIN errors, USB lost, wakes lost. */
void xs_tactus_fault(xsMachine *the) {
  const struct delivery_faults *out = &delivery_faults;
  uint32_t value = 0;
  switch (xsmcToInteger(xsArg(0))) {
    case 0: value = out->pins_full + out->clocks_full + out->bytes_full; break;
    case 1: value = out->late; break;
    case 2: value = capture_faults.full + capture_faults.unanswered; break;
    case 3: value = capture_faults.din_errors; break;
    case 4: value = usb_midi_lost + out->usb_full; break;
    case 5: value = unposted; break;
  }
  xsmcSetInteger(xsResult, (int32_t)value);
}

/* Fed only while core 1 still turns: either core's silence resets the chip. */
void xs_tactus_watchdog(xsMachine *the) {
  static uint32_t before;
  uint32_t turns = chip_turns();
  if (xsmcArgc > 0) watchdog_enable(xsmcToInteger(xsArg(0)), true);
  else if (turns != before) watchdog_update();
  before = turns;
}
