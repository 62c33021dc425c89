/*
 * The ESP32's side of chip.h.
 *
 *    core 0: Wi-Fi, USB, the doorbell's task         core 1: interrupts only
 *            schedule_*, capture_take, pots                  level 3: edges; level 2: the alarm of a gptimer, DIN bytes
 *
 * The alarm wakes WAKE_MICROS early and waits for the microsecond: what FreeRTOS locks out meanwhile (its critical sections mask
 * up to level 3) is covered by that much. Everything an interrupt touches lies in IRAM and DRAM and is allocated with
 * ESP_INTR_FLAG_IRAM: while core 0 erases flash, core 1's tasks stand still, its interrupts do not. Moddable's own task is not
 * pinned; on core 1 it runs beneath the interrupts. A chip of one core (C3) delivers from the same interrupts on that core.
 *
 * chip_turns counts the times the alarm went to sleep. What failed: problem.h.
 */
#include "chip.h"
#include "capture.h"
#include "delivery.h"
#include "din-uart.h"
#include "port.h"
#include "pots.h"
#include "problem.h"
#include "driver/gpio.h"
#include "driver/gptimer.h"
#include "esp_cpu.h"
#include "esp_intr_alloc.h"
#include "freertos/task.h"
#include "hal/gpio_ll.h"
#include "soc/interrupts.h"

#define WAKE_MICROS 20    /* how much too early the alarm comes: entry 2..3, and the longest critical section on this core */
#define SETTLE_MICROS 100 /* how often hold-offs are looked after */
#define IDLE_MICROS 1000  /* the longest sleep */
#define STUCK_MICROS 100  /* longer than anything is waited for: the UART is never idle, */
#define STUCK_LOOK_MICROS 10 /* and that may not keep the core */
#define PINS 30

#define PRIORITY_ALARM 2
#define SET_UP_STACK 4096
#define DOORBELL_STACK 4096
#define DOORBELL_PRIORITY 19 /* above Moddable's task (4) and TinyUSB's (5), below Wi-Fi's (23) */

struct problem problem;

static DRAM_ATTR gptimer_handle_t timer;
static DRAM_ATTR volatile bool asleep;
static DRAM_ATTR volatile uint32_t turns;
static DRAM_ATTR uint32_t edge_pins;
static DRAM_ATTR TaskHandle_t doorbell_task;
static intr_handle_t edges_handle;
static void (*on_doorbell)(void);
static bool enabled, running;

/* ---- the delivering core, from IRAM ---- */

/* A refusal would be noticed as turns that stand still. */
static TACTUS_RAM void alarm_in(uint32_t micros) {
  uint64_t count = 0;
  gptimer_get_raw_count(timer, &count);
  gptimer_alarm_config_t config = {.alarm_count = count + micros};
  gptimer_set_alarm_action(timer, &config);
}

TACTUS_INLINE stamp sooner(stamp a, stamp b) { return micros_until(a, b) < 0 ? a : b; }

/* When to be awake again; events are met early enough to wait for them. */
static TACTUS_RAM stamp look_again(stamp now) {
  stamp at = now + IDLE_MICROS, next;
  if (capture_is_settling()) at = now + SETTLE_MICROS;
  if (delivery_next(&next)) at = sooner(at, next - SPIN_MICROS - WAKE_MICROS);
  if (shape_next(&next)) at = sooner(at, next - WAKE_MICROS);
  return at;
}

TACTUS_INLINE bool step(void) {
  din_uart_receive();
  return delivery_step() | capture_step();
}

static TACTUS_RAM bool alarm_interrupt(gptimer_handle_t which, const gptimer_alarm_event_data_t *event, void *context) {
  stamp moved = port_now();
  (void)which, (void)event, (void)context;
  asleep = false;
  for (;;) {
    while (step()) moved = port_now();
    stamp now = port_now();
    shape_step(now);
    int32_t wait = micros_until(look_again(now), port_now());
    if (wait <= 0 && micros_until(now, moved) < STUCK_MICROS) continue;
    alarm_in(wait > 0 ? (uint32_t)wait : STUCK_LOOK_MICROS);
    asleep = true;
    port_barrier(); /* who scheduled, or saw an edge, before this is seen here; who does after it wakes */
    if (!step()) break;
    asleep = false;
  }
  turns = turns + 1;
  return false;
}

static TACTUS_RAM void edges_interrupt(void *context) {
  stamp now = port_now();
  (void)context;
  REG_WRITE(GPIO_STATUS_W1TC_REG, edge_pins);
  capture_edges(now);
  chip_wake(); /* the rest is the loop's */
}

TACTUS_RAM void port_doorbell(void) {
  BaseType_t woken = pdFALSE;
  if (!doorbell_task) return;
  vTaskNotifyGiveFromISR(doorbell_task, &woken);
  if (woken) portYIELD_FROM_ISR();
}

TACTUS_RAM void chip_wake(void) {
  port_barrier();
  if (!asleep) return;
  asleep = false;
  alarm_in(1);
}

/* ---- setting up ---- */

static void give_back(void);

void chip_open(void) {
  give_back();
  problem = (struct problem){0};
  edge_pins = 0;
  turns = 0;
  asleep = false;
  shape_reset();
  delivery_reset();
  capture_reset();
  pots_reset();
}

static bool configure(unsigned pin, gpio_mode_t mode, enum chip_pull pull) {
  gpio_config_t config = {
    .pin_bit_mask = 1ull << pin,
    .mode = mode,
    .pull_up_en = pull == CHIP_PULL_UP ? GPIO_PULLUP_ENABLE : GPIO_PULLUP_DISABLE,
    .pull_down_en = pull == CHIP_PULL_DOWN ? GPIO_PULLDOWN_ENABLE : GPIO_PULLDOWN_DISABLE,
    .intr_type = GPIO_INTR_DISABLE, /* enabled on the delivering core, by chip_run */
  };
  return pin < PINS && went_well("gpio_config", gpio_config(&config));
}

/* With TACTUS_SHAPED_SYNC a height 1..255, the ESP32's GPIO 25 and 26 are DACs (shape.h). */
void chip_output(unsigned pin) {
#ifdef TACTUS_SHAPED_SYNC
  if (shape_open(pin, TACTUS_SHAPED_SYNC)) return;
#endif
  if (pin < PINS) REG_WRITE(GPIO_OUT_W1TC_REG, 1u << pin);
  configure(pin, GPIO_MODE_INPUT_OUTPUT, CHIP_PULL_NONE);
}

bool chip_input(unsigned input, unsigned pin, bool inverted, enum chip_pull pull) {
  if (!configure(pin, GPIO_MODE_INPUT, pull)) return false;
  if (!capture_listen(input, 1u << pin, inverted)) return false;
  edge_pins |= 1u << pin;
  return true;
}

bool chip_panel(unsigned clock_pin, unsigned latch_pin, unsigned from_buttons_pin, unsigned to_lights_pin) {
  gpio_config_t lines = {.pin_bit_mask = 1ull << clock_pin | 1ull << latch_pin | 1ull << to_lights_pin, .mode = GPIO_MODE_OUTPUT};
  gpio_config_t line = {.pin_bit_mask = 1ull << from_buttons_pin, .mode = GPIO_MODE_INPUT, .pull_up_en = GPIO_PULLUP_ENABLE};
  return went_well("gpio_config of the panel", gpio_config(&lines)) && went_well("gpio_config of the panel", gpio_config(&line));
}

/* UART1, any pins; the driver knows its own clock. */
void chip_din(unsigned transmit_pin, unsigned receive_pin, uint32_t peripheral_hertz) {
  (void)peripheral_hertz;
  din_uart_open(transmit_pin, receive_pin);
}

/* Not gpio_isr_register: that remembers the first core it ever ran on. */
static bool listen(void) {
  uint32_t core = (uint32_t)esp_cpu_get_core_id();
  if (!went_well("esp_intr_alloc of the pins", esp_intr_alloc(GPIO_LL_INTR_SOURCE0, ESP_INTR_FLAG_IRAM | ESP_INTR_FLAG_LEVEL3,
                                                              edges_interrupt, 0, &edges_handle)))
    return false;
  for (unsigned pin = 0; pin < PINS; pin++)
    if (edge_pins & (1u << pin)) {
      if (!went_well("gpio_set_intr_type", gpio_set_intr_type((gpio_num_t)pin, GPIO_INTR_ANYEDGE))) return false;
      gpio_ll_clear_intr_status(&GPIO, 1u << pin);
    }
  capture_begin();
  for (unsigned pin = 0; pin < PINS; pin++)
    if (edge_pins & (1u << pin)) gpio_ll_intr_enable_on_core(&GPIO, core, pin);
  return true;
}

static bool start_alarm(void) {
  gptimer_config_t config = {
    .clk_src = GPTIMER_CLK_SRC_DEFAULT,
    .direction = GPTIMER_COUNT_UP,
    .resolution_hz = 1000000,
    .intr_priority = PRIORITY_ALARM,
  };
  gptimer_event_callbacks_t callbacks = {.on_alarm = alarm_interrupt};
  gptimer_alarm_config_t first = {.alarm_count = IDLE_MICROS};
  if (!went_well("gptimer_new_timer", gptimer_new_timer(&config, &timer))) return false;
  if (!went_well("gptimer_register_event_callbacks", gptimer_register_event_callbacks(timer, &callbacks, 0))) return false;
  if (!went_well("gptimer_enable", gptimer_enable(timer))) return false;
  enabled = true;
  asleep = true; /* until the first alarm, or chip_wake */
  if (!went_well("gptimer_set_alarm_action", gptimer_set_alarm_action(timer, &first))) return false;
  return went_well("gptimer_start", gptimer_start(timer));
}

/* In the reverse order; only what was had is given back. Twice is fine. */
static void give_back(void) {
  for (unsigned pin = 0; edges_handle && pin < PINS; pin++)
    if (edge_pins & (1u << pin)) gpio_ll_intr_disable(&GPIO, pin);
  if (edges_handle) esp_intr_free(edges_handle);
  edges_handle = 0;
  din_uart_deafen();
  if (enabled) gptimer_disable(timer);
  if (timer) gptimer_del_timer(timer);
  timer = 0;
  enabled = asleep = false;
}

/* On the core that shall deliver: an interrupt belongs to the core that allocates it. The alarm runs before anything can be
   captured, for an answer's pulse needs it. */
static void set_up(void *caller) {
  running = start_alarm() && din_uart_listen() && listen();
  xTaskNotifyGive((TaskHandle_t)caller);
  vTaskDelete(0);
}

static void serve_doorbell(void *context) {
  (void)context;
  for (;;) {
    ulTaskNotifyTake(pdTRUE, portMAX_DELAY);
    if (on_doorbell) on_doorbell();
  }
}

bool chip_run(enum chip_mode mode, void (*doorbell)(void)) {
  problem.call = 0;
  if (mode == CHIP_CORE1 && portNUM_PROCESSORS < 2) return went_well("a second core", ESP_ERR_NOT_SUPPORTED);
  on_doorbell = doorbell;
  if (!doorbell_task && xTaskCreatePinnedToCore(serve_doorbell, "doorbell", DOORBELL_STACK, 0, DOORBELL_PRIORITY, &doorbell_task, 0) != pdPASS)
    return went_well("xTaskCreatePinnedToCore", ESP_ERR_NO_MEM);
  running = false;
  if (xTaskCreatePinnedToCore(set_up, "set up", SET_UP_STACK, xTaskGetCurrentTaskHandle(), DOORBELL_PRIORITY, 0, mode == CHIP_CORE1) !=
      pdPASS)
    return went_well("xTaskCreatePinnedToCore", ESP_ERR_NO_MEM);
  ulTaskNotifyTake(pdTRUE, portMAX_DELAY);
  if (!running) give_back();
  return running;
}

uint32_t chip_turns(void) { return turns; }

stamp chip_now(void) { return port_now(); }
