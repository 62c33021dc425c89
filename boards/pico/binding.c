/*
 * The native layer as TypeScript sees it: one stream of inputs in the order of time, one call that schedules an output, and the
 * panel. Times cross as doubles, microseconds since start; the 32-bit stamps of the layer are extended here.
 *
 *    capture ring --.
 *    USB ring     --+--> take(): the oldest first, as an event word (src/event.ts); takenAt() is its stamp
 *    panel        --'
 *    schedule(time, word) --> pins, DIN bytes, USB packets
 *
 * TypeScript is called when something has come in, and at the moment it has named (`sleep`); a call costs more than most events,
 * so nothing else wakes it. A beat a millisecond looks for that moment, polls the panel and feeds the watchdog, all in C.
 *
 * Nothing here allocates, and no argument can make it write anywhere: ports and pins are looked up in tables of fixed size.
 */
#include "xsmc.h"
#include "xsHost.h"
#include "mc.xs.h"
#include "modTimer.h"

#include "binding.h"
#include "capture.h"
#include "carry.h"
#include "chip.h"
#include "delivery.h"
#include "din.h"
#include "shift-registers.h"
#include "store.h"
#include "usb-midi.h"
#include "hardware/timer.h"
#include "hardware/watchdog.h"

#define PORT_SHIFT 26
#define PORTS 64
#define IN_MIDI_DIN 3
#define IN_MIDI_USB 4
#define ANSWERED 2 /* src/answers.ts */
#define OUT_MIDI_DIN 0
#define OUT_MIDI_USB 1
#define OUT_MIDI_CONFIG 2
/* So much earlier a byte is asked for: 0.5 us later the UART has it, and starts it on its own 2 us raster. */
#define DIN_START_MICROS 2
#define PERIPHERAL_HERTZ 125000000

static xsMachine *machine;
static xsSlot pump;
static volatile uint8_t posted;
static uint32_t pin_of_port[PORTS]; /* masks */
static struct captured pending;
static bool has_pending;
static double taken_at;
static stamp drained_to; /* what came in later waits for the next turn, so that every turn ends */
static bool in_sysex;    /* on the DIN wire, as far as it was taken */
static uint64_t epoch;
static volatile uint32_t unposted;
static uint64_t wake_at;                    /* when TypeScript wants its next turn */
static uint32_t panel_word = PANEL_NOTHING; /* polled, not taken yet */
#define USB_REMEMBERED 32
static stamp usb_at[USB_REMEMBERED]; /* when the USB packets scheduled last are to leave */
static unsigned usb_scheduled;
static bool storing;

static const uint8_t bytes_of_code[16] = {0, 0, 2, 3, 3, 1, 2, 3, 3, 3, 3, 3, 2, 2, 3, 1};

/* Core 1 may be this far into an interrupt whose stamp is taken but whose event is not in the ring yet. */
#define IN_FLIGHT_MICROS 20

/* Inputs of different rings meet here; what comes out never goes back in time. */
static void take_at(double at) {
  if (at > taken_at) taken_at = at;
}

/* The core's time begins 135 ms after power-up, when a whole record has been taken (118 ms), whatever the boot took: two runs of one trace
   are then alike to the microsecond, on silicon as in the emulator. Before it there are no events. */
#define EPOCH_MICROS 135000
#define SETTING_UP_MICROS 5000

stamp stamp_of(double micros) { return (stamp)((uint64_t)micros + epoch); }
static double core_time(int64_t micros) { return (double)(micros - (int64_t)epoch); }

static double extend(stamp at) {
  uint64_t now = time_us_64();
  return core_time((int64_t)now + micros_until(at, (stamp)now));
}

/* ---- waking TypeScript ---- */

#define BEAT_MILLISECONDS 1
#define BEATS_A_POLL 8

/* There is nothing to do before the core's time begins. */
static void turn(void) {
  if (time_us_64() < epoch) return;
  xsBeginHost(machine);
  xsCallFunction0(pump, xsGlobal);
  xsEndHost(machine);
}

static void wake(void *the, void *refcon, uint8_t *message, uint16_t length) {
  (void)the, (void)refcon, (void)message, (void)length;
  posted = 0;
  turn();
}

/* Fed only while core 1 still turns: either core's silence resets the chip. */
static void feed_watchdog(void) {
  static uint32_t before;
  uint32_t turns = chip_turns();
  if (turns != before) watchdog_update();
  before = turns;
}

static bool has_input(void) {
  if (!has_pending) has_pending = capture_take(&pending);
  return has_pending || usb_midi_peek();
}

/* Settings are stored in steps of about a millisecond, in which core 0 does nothing else: no oftener than each STEP_BEATS, and where no
   USB packet has to leave meanwhile and no pulse is expected that is answered there, unless that takes too long to come. A turn that is due
   waits: it is early enough. */
#define STEP_BEATS 4
#define STEP_MICROS 3500 /* the longest, a page of flash that is as slow as its data sheet allows */
#define USB_WAY_MICROS 300 /* from its time to the endpoint, with something to spare */
#define PATIENCE_BEATS 100

static bool usb_has_to_leave(stamp now) {
  for (unsigned i = 0; i < USB_REMEMBERED; i++) {
    int32_t left = micros_until(usb_at[i], now);
    if (left > -USB_WAY_MICROS && left < STEP_MICROS) return true;
  }
  return false;
}

static void store_meanwhile(void) {
  static unsigned since;
  if (!storing || ++since < STEP_BEATS) return;
  stamp now = (stamp)time_us_64();
  if ((usb_has_to_leave(now) || din_is_guarded(now, STEP_MICROS)) && since < PATIENCE_BEATS) return;
  since = 0;
  storing = store_step();
}

static void beat(modTimer timer, void *refcon, int size) {
  static unsigned beats;
  (void)timer, (void)refcon, (void)size;
  if (++beats % BEATS_A_POLL == 0) {
    panel_poll(chip_poll_pots());
    if (panel_word == PANEL_NOTHING) panel_word = panel_take();
    feed_watchdog();
  }
  if (panel_word != PANEL_NOTHING || time_us_64() >= wake_at || has_input()) turn();
  store_meanwhile();
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
  bool was_due = usb_midi_send_due();
  usb_midi_service();
  if (was_due) return; /* else it rang for what is carried, or was captured; data that can wait is found at the next beat */
  usb_midi_send_carried();
  if (!in_sysex && capture_waits()) post();
}

/* USB has brought something; what of it goes round TypeScript must not wait where core 1 is not there to look. */
static void arrived(void) {
  chip_wake();
  if (usb_midi_peek()) post();
}

/* ---- setting up ---- */

void xs_tactus_open(xsMachine *the) {
  machine = the;
  pump = xsArg(0);
  xsRemember(pump);
  chip_open();
  usb_midi_open(arrived);
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
  unsigned clock = xsmcToInteger(xsArg(0)), latch = xsmcToInteger(xsArg(1)), from = xsmcToInteger(xsArg(2)), to = xsmcToInteger(xsArg(3));
  if (chip_panel(clock, latch, from, to)) panel_open(clock, latch, from, to);
}

void xs_tactus_hold_off(xsMachine *the) { capture_hold_off(xsmcToInteger(xsArg(0)), xsmcToInteger(xsArg(1))); }
/* Core 1 where it answers, else the interrupts of core 0. Returns 1 or 0. */
void xs_tactus_run(xsMachine *the) {
  uint64_t earliest = time_us_64() + SETTING_UP_MICROS;
  while (epoch < earliest) epoch += EPOCH_MICROS;
  bool second = chip_run(CHIP_CORE1, doorbell);
  if (!second) chip_run(CHIP_CORE0, doorbell);
  modTimerAdd(BEAT_MILLISECONDS, BEAT_MILLISECONDS, beat, 0, 0);
  xsmcSetInteger(xsResult, second);
}

/* ---- the hot path ---- */

/* Negative before the epoch. Asked for at the start of a turn: inputs up to here are its. */
void xs_tactus_now(xsMachine *the) {
  uint64_t now = time_us_64();
  drained_to = (stamp)now;
  xsmcSetNumber(xsResult, core_time((int64_t)now));
}

void xs_tactus_taken_at(xsMachine *the) { xsmcSetNumber(xsResult, taken_at); }

/* Data of a system exclusive message mean nothing one by one: up to three bytes, and nothing between them, are one event, complete
   with the last. */
static uint32_t take_din(const struct usb_midi_received *usb) {
  uint32_t bytes = pending.value, length = 1;
  has_pending = false;
  take_at(extend(pending.at));
  if (bytes >= 0x80) {
    if (bytes < 0xf8) in_sysex = bytes == 0xf0;
    return IN_MIDI_DIN << PORT_SHIFT | 1 << 24 | bytes;
  }
  while (in_sysex && length < 3 && (has_pending = capture_take(&pending))) {
    if (pending.kind != CAPTURED_DIN || pending.value >= 0x80 || micros_until(drained_to, pending.at) < 0) break;
    if (usb && micros_until(usb->at, pending.at) <= 0) break;
    has_pending = false;
    take_at(extend(pending.at));
    bytes |= (uint32_t)pending.value << 8 * length++;
  }
  return IN_MIDI_DIN << PORT_SHIFT | length << 24 | bytes;
}

/* Next input in the order of time as an event word, -1 for none. */
void xs_tactus_take(xsMachine *the) {
  uint64_t now = time_us_64();
  bool is_captured = has_input() && has_pending && micros_until(drained_to, pending.at) >= 0;
  const struct usb_midi_received *usb = usb_midi_peek();
  if (usb && micros_until(drained_to, usb->at) < 0) usb = 0;
  if (usb && !(is_captured && micros_until(pending.at, usb->at) < 0)) {
    uint32_t packet = usb->packet;
    uint32_t port = IN_MIDI_USB + ((packet >> 4) & 1), length = bytes_of_code[packet & 0xf];
    take_at(extend(usb->at));
    usb_midi_drop();
    xsmcSetInteger(xsResult, (int32_t)(port << PORT_SHIFT | length << 24 | packet >> 8));
  } else if (is_captured && pending.kind == CAPTURED_DIN) xsmcSetInteger(xsResult, (int32_t)take_din(usb));
  else if (is_captured) {
    has_pending = false;
    take_at(extend(pending.at));
    xsmcSetInteger(xsResult, (int32_t)((uint32_t)pending.input << PORT_SHIFT | (pending.answered ? ANSWERED : 0) | pending.value));
  } else {
    uint32_t word = panel_word != PANEL_NOTHING ? panel_word : panel_take();
    panel_word = PANEL_NOTHING;
    if (word != PANEL_NOTHING) take_at(core_time((int64_t)now - IN_FLIGHT_MICROS));
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
  if (port == OUT_MIDI_USB || port == OUT_MIDI_CONFIG) {
    usb_at[usb_scheduled++ % USB_REMEMBERED] = at;
    return !length || schedule_usb(at, bytes << 8 | (port == OUT_MIDI_CONFIG ? 0x10 : 0) | code_of(length, bytes));
  }
  if (port != OUT_MIDI_DIN) return word & 1 ? schedule_pins(at, pin_of_port[port], 0) : schedule_pins(at, 0, pin_of_port[port]);
  bool taken = true;
  at -= DIN_START_MICROS;
  for (; length; length--, bytes >>= 8) taken &= schedule_din(at, (uint8_t)bytes);
  return taken;
}

/* A time before now leaves at once. */
void xs_tactus_schedule(xsMachine *the) {
  double time = xsmcToNumber(xsArg(0));
  uint32_t word = (uint32_t)xsmcToInteger(xsArg(1));
  bool taken = schedule(stamp_of(time + 0.5), word);
  chip_wake();
  xsmcSetBoolean(xsResult, taken);
}

/* Until then TypeScript is called only for what comes in. Infinity: for nothing else. */
void xs_tactus_sleep(xsMachine *the) {
  double until = xsmcToNumber(xsArg(0));
  wake_at = until < 1e15 ? (uint64_t)((until > 0 ? until : 0) + (double)epoch) : UINT64_MAX;
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
    if (port == OUT_MIDI_DIN) answer[used++] = (struct answer_word){bytes & 0xff, ANSWER_DIN};
    else if (port == OUT_MIDI_USB) answer[used++] = (struct answer_word){bytes << 8 | code_of(length, bytes), ANSWER_USB};
    else answer[used++] = (struct answer_word){pin_of_port[port], word & 1 ? ANSWER_PINS : ANSWER_CLEAR};
  }
  xsmcSetBoolean(xsResult, capture_arm(xsmcToInteger(xsArg(0)), answer, used));
}

/* ---- settings ---- */

/* The record's payload as text, undefined where there is none. */
void xs_tactus_stored(xsMachine *the) {
  char text[STORE_BYTES];
  uint32_t length = store_open(text, sizeof text - 1);
  text[length] = 0;
  if (length) xsmcSetString(xsResult, text);
}

/* Begins to store a text; the beat goes on with it. False: too long, or the last one is not done. */
void xs_tactus_store(xsMachine *the) {
  const char *text = xsmcToString(xsArg(0));
  bool begun = store_begin(text, c_strlen(text));
  storing |= begun;
  xsmcSetBoolean(xsResult, begun);
}

void xs_tactus_storing(xsMachine *the) { xsmcSetBoolean(xsResult, storing); }

/* ---- housekeeping ---- */

void xs_tactus_poll(xsMachine *the) {
  (void)the;
  panel_poll(chip_poll_pots());
}

void xs_tactus_lights(xsMachine *the) { panel_lights((uint8_t)xsmcToInteger(xsArg(0))); }
void xs_tactus_held(xsMachine *the) { xsmcSetInteger(xsResult, panel_held()); }

/* Everything lost or late since start, one count each: delivery full, delivery late, capture full, DIN errors, USB lost, wakes lost; 7..9, of
   what goes round TypeScript: bytes without room, messages too long, messages broken. */
void xs_tactus_fault(xsMachine *the) {
  const struct delivery_faults *out = &delivery_faults;
  uint32_t value = 0;
  switch (xsmcToInteger(xsArg(0))) {
    case 0: value = out->pins_full + out->clocks_full + out->bytes_full; break;
    case 1: value = out->late; break;
    case 2: value = capture_faults.full; break;
    case 3: value = capture_faults.din_errors; break;
    case 4: value = usb_midi_lost + out->usb_full; break;
    case 5: value = unposted; break;
    case 7: for (unsigned i = 0; i < CARRY_INPUTS; i++) value += carry_faults[i].full; break;
    case 8: for (unsigned i = 0; i < CARRY_INPUTS; i++) value += carry_faults[i].too_long; break;
    case 9: for (unsigned i = 0; i < CARRY_INPUTS; i++) value += carry_faults[i].broken; break;
    case 6: value = out->worst_micros > 0 ? (uint32_t)out->worst_micros : 0; break; /* no count: microseconds */
  }
  xsmcSetInteger(xsResult, (int32_t)value);
}

/* Starts it; the beat feeds it. */
void xs_tactus_watchdog(xsMachine *the) { watchdog_enable(xsmcToInteger(xsArg(0)), true); }
