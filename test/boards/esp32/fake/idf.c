/* The chip behind idf.h. */
#include "idf.h"
#include <setjmp.h>

#define ENTRY_MICROS 2          /* from an alarm to its interrupt */
#define COUNT_OFFSET 7777777ull /* the timer does not count from the same moment as esp_timer */
#define BYTE_MICROS 320

struct idf idf;
gpio_dev_t GPIO;
const struct uart_signals uart_periph_signal[2] = {{26}, {UART_SOURCE}};
static jmp_buf no_notification;

void idf_reset(void) {
  idf = (struct idf){.now = 1000, .edges_core = -1, .alarm_core = -1, .uart_core = -1};
}

static esp_err_t called(const char *name) {
  if (idf.calls_count < IDF_CALLS) {
    idf.cores[idf.calls_count] = idf.core;
    idf.calls[idf.calls_count++] = name;
  }
  if (!idf.fails || strcmp(idf.fails, name)) return ESP_OK;
  if (idf.fails_times && !--idf.fails_times) idf.fails = 0;
  return idf.fails_with ? idf.fails_with : ESP_FAIL;
}

/* ---- time ---- */

int64_t esp_timer_get_time(void) {
  if (++idf.looks % 4 == 0) idf.now++;
  return idf.now;
}

void idf_run_until(int64_t end) {
  while (idf.now < end) {
    int64_t due = idf.timer_on && idf.alarm_set ? (int64_t)(idf.alarm_at - COUNT_OFFSET) : end;
    if (due >= end) break;
    if (due + ENTRY_MICROS > idf.now) idf.now = due + ENTRY_MICROS;
    idf.alarm_set = false;
    int before = idf.core;
    idf.core = idf.alarm_core;
    idf.on_alarm((void *)1, 0, 0);
    idf.core = before;
  }
  if (idf.now < end) idf.now = end;
}

esp_err_t gptimer_new_timer(const gptimer_config_t *config, gptimer_handle_t *timer) {
  esp_err_t code = called("gptimer_new_timer");
  if (code != ESP_OK || config->resolution_hz != 1000000) return code != ESP_OK ? code : ESP_FAIL;
  idf.timer_made = true;
  *timer = (void *)1;
  return ESP_OK;
}
esp_err_t gptimer_del_timer(gptimer_handle_t timer) {
  (void)timer;
  idf.timer_made = false;
  return called("gptimer_del_timer");
}
esp_err_t gptimer_register_event_callbacks(gptimer_handle_t timer, const gptimer_event_callbacks_t *callbacks, void *context) {
  (void)timer, (void)context;
  idf.on_alarm = (bool (*)(void *, const void *, void *))callbacks->on_alarm;
  idf.alarm_core = idf.core;
  return called("gptimer_register_event_callbacks");
}
esp_err_t gptimer_enable(gptimer_handle_t timer) { return (void)timer, called("gptimer_enable"); }
esp_err_t gptimer_disable(gptimer_handle_t timer) {
  (void)timer;
  idf.timer_on = false;
  return called("gptimer_disable");
}
esp_err_t gptimer_start(gptimer_handle_t timer) {
  (void)timer;
  esp_err_t code = called("gptimer_start");
  idf.timer_on = code == ESP_OK;
  return code;
}
esp_err_t gptimer_set_alarm_action(gptimer_handle_t timer, const gptimer_alarm_config_t *config) {
  (void)timer;
  idf.alarms_set++;
  if (!idf.timer_on) { /* set up: counts from nought */
    esp_err_t code = called("gptimer_set_alarm_action");
    idf.alarm_set = code == ESP_OK;
    idf.alarm_at = config->alarm_count + (uint64_t)idf.now + COUNT_OFFSET;
    return code;
  }
  void (*meanwhile)(void) = idf.meanwhile;
  idf.meanwhile = 0;
  if (meanwhile) meanwhile();
  idf.alarm_set = true;
  idf.alarm_at = config->alarm_count;
  return ESP_OK;
}
esp_err_t gptimer_get_raw_count(gptimer_handle_t timer, uint64_t *count) {
  (void)timer;
  *count = (uint64_t)idf.now + COUNT_OFFSET;
  return ESP_OK;
}

/* ---- pins ---- */

void fake_register_write(uint32_t address, uint32_t value) {
  if (address == GPIO_STATUS_W1TC_REG) idf.edges_cleared |= value;
  else if (idf.pins_count < IDF_WRITES)
    idf.pins[idf.pins_count++] = (struct idf_write){(uint32_t)idf.now, address == GPIO_OUT_W1TS_REG ? value : 0,
                                                    address == GPIO_OUT_W1TC_REG ? value : 0};
}
uint32_t fake_register_read(uint32_t address) { return address == GPIO_IN_REG ? idf.levels : 0; }
esp_err_t gpio_config(const gpio_config_t *config) { return (void)config, called("gpio_config"); }
esp_err_t gpio_set_level(gpio_num_t pin, uint32_t level) { return (void)pin, (void)level, called("gpio_set_level"); }
int gpio_get_level(gpio_num_t pin) { return (void)pin, called("gpio_get_level"), 1; }
esp_err_t gpio_set_intr_type(gpio_num_t pin, int type) { return (void)pin, (void)type, called("gpio_set_intr_type"); }
void gpio_ll_clear_intr_status(gpio_dev_t *hardware, uint32_t mask) { (void)hardware, (void)mask; }
void gpio_ll_intr_enable_on_core(gpio_dev_t *hardware, uint32_t core, uint32_t pin) {
  (void)hardware, (void)core;
  called("gpio_ll_intr_enable_on_core");
  idf.edges_enabled |= 1u << pin;
}
void gpio_ll_intr_disable(gpio_dev_t *hardware, uint32_t pin) {
  (void)hardware;
  called("gpio_ll_intr_disable");
  idf.edges_enabled &= ~(1u << pin);
}

void idf_edge(uint32_t levels) {
  idf.levels = levels;
  if (!idf.on_edges) return;
  int before = idf.core;
  idf.core = idf.edges_core;
  idf.on_edges(0);
  idf.core = before;
}

/* ---- interrupts, tasks ---- */

esp_err_t esp_intr_alloc(int source, int flags, void (*handler)(void *), void *context, intr_handle_t *handle) {
  (void)context;
  esp_err_t code = called(source == UART_SOURCE ? "esp_intr_alloc of the UART" : "esp_intr_alloc of the pins");
  if (code != ESP_OK) return code;
  /* DIN bytes are the loop's affair, so they may not interrupt the alarm; edges must */
  if (flags != (ESP_INTR_FLAG_IRAM | (source == UART_SOURCE ? ESP_INTR_FLAG_LEVEL2 : ESP_INTR_FLAG_LEVEL3))) return ESP_FAIL;
  if (source == UART_SOURCE) idf.on_uart = handler, idf.uart_core = idf.core;
  else idf.on_edges = handler, idf.edges_core = idf.core;
  *handle = source == UART_SOURCE ? (void *)2 : (void *)3;
  return ESP_OK;
}
esp_err_t esp_intr_free(intr_handle_t handle) {
  if (handle == (void *)2) idf.on_uart = 0;
  else idf.on_edges = 0;
  return called(handle == (void *)2 ? "esp_intr_free of the UART" : "esp_intr_free of the pins");
}
int esp_cpu_get_core_id(void) { return idf.core; }
uint32_t portSET_INTERRUPT_MASK_FROM_ISR(void) { return 0; }
void portCLEAR_INTERRUPT_MASK_FROM_ISR(uint32_t before) { (void)before; }

/* A task that sets up runs at once, to its end; the doorbell's, which never ends, when the test says so. */
BaseType_t xTaskCreatePinnedToCore(void (*run)(void *), const char *name, uint32_t stack, void *context, UBaseType_t priority,
                                   TaskHandle_t *handle, BaseType_t core) {
  (void)stack, (void)priority;
  if (called(strcmp(name, "doorbell") ? "create set up" : "create doorbell") != ESP_OK) return pdFALSE;
  if (handle) {
    *handle = (void *)4;
    idf.doorbell = run;
    return pdPASS;
  }
  int before = idf.core;
  idf.core = core;
  run(context);
  idf.core = before;
  return pdPASS;
}
void vTaskDelete(TaskHandle_t task) { (void)task; }
TaskHandle_t xTaskGetCurrentTaskHandle(void) { return (void *)5; }
void xTaskNotifyGive(TaskHandle_t task) { (void)task; }
void vTaskNotifyGiveFromISR(TaskHandle_t task, BaseType_t *woken) {
  (void)task;
  idf.notified++;
  *woken = pdTRUE;
}
uint32_t ulTaskNotifyTake(BaseType_t clear, uint32_t ticks) {
  (void)clear, (void)ticks;
  static bool taking;
  if (!idf.doorbell || !idf.doorbells) return 1; /* chip_run waits for what has run already */
  if (!idf.notified) longjmp(no_notification, 1);
  idf.notified = 0;
  return taking = true;
}
void idf_run_doorbell(void) {
  idf.doorbells = 1;
  if (!setjmp(no_notification)) idf.doorbell(0);
  idf.doorbells = 0;
}

/* ---- UART ---- */

esp_err_t uart_param_config(int number, const uart_config_t *config) {
  (void)number;
  esp_err_t code = called("uart_param_config");
  return config->baud_rate == 31250 ? code : ESP_FAIL;
}
esp_err_t uart_set_pin(int number, int transmit, int receive, int rts, int cts) {
  (void)number, (void)transmit, (void)receive, (void)rts, (void)cts;
  return called("uart_set_pin");
}
bool uart_ll_is_tx_idle(uart_dev_t *hardware) { return (void)hardware, !idf.uart_stuck && idf.now >= idf.wire_idle_at; }
void uart_ll_write_txfifo(uart_dev_t *hardware, const uint8_t *bytes, uint32_t count) {
  (void)hardware, (void)count;
  idf.wire_idle_at = idf.now + BYTE_MICROS;
  if (idf.din_count < IDF_WRITES) idf.din[idf.din_count++] = (struct idf_write){(uint32_t)idf.now, bytes[0], 0};
}
uint32_t uart_ll_get_rxfifo_len(uart_dev_t *hardware) { return (void)hardware, (uint32_t)idf.received_count; }
void uart_ll_read_rxfifo(uart_dev_t *hardware, uint8_t *bytes, uint32_t count) {
  (void)hardware, (void)count;
  bytes[0] = idf.received[0];
  memmove(idf.received, idf.received + 1, --idf.received_count);
}
uint32_t uart_ll_get_intsts_mask(uart_dev_t *hardware) { return (void)hardware, idf.uart_status; }
void uart_ll_clr_intsts_mask(uart_dev_t *hardware, uint32_t mask) {
  (void)hardware;
  idf.uart_status &= ~mask;
}
void uart_ll_ena_intr_mask(uart_dev_t *hardware, uint32_t mask) {
  (void)hardware;
  idf.uart_enabled |= mask;
}
void uart_ll_disable_intr_mask(uart_dev_t *hardware, uint32_t mask) {
  (void)hardware;
  idf.uart_enabled &= ~mask;
}
void uart_ll_set_rxfifo_full_thr(uart_dev_t *hardware, uint16_t threshold) {
  (void)hardware;
  idf.uart_threshold = threshold;
}
void idf_receive(uint32_t status, const char *bytes, size_t count) {
  memcpy(idf.received, bytes, count);
  idf.received_count = count;
  idf.uart_status = status;
  if (idf.on_uart && (status & idf.uart_enabled)) idf.on_uart(0);
}

/* ---- converters ---- */

esp_err_t dac_oneshot_new_channel(const dac_oneshot_config_t *config, dac_oneshot_handle_t *handle) {
  *handle = (void *)(uintptr_t)(10 + config->chan_id);
  esp_err_t code = called("dac_oneshot_new_channel");
  if (code != ESP_OK) *handle = 0;
  return code;
}
esp_err_t dac_oneshot_output_voltage(dac_oneshot_handle_t handle, uint8_t value) {
  idf.dac[(uintptr_t)handle - 10] = value;
  return called("dac_oneshot_output_voltage");
}
void dac_ll_update_output_value(dac_channel_t channel, uint8_t value) {
  idf.dac[channel] = value;
  if (idf.dacs_count < IDF_WRITES) idf.dacs[idf.dacs_count++] = (struct idf_write){(uint32_t)idf.now, channel, value};
}

esp_err_t adc_continuous_new_handle(const adc_continuous_handle_cfg_t *config, adc_continuous_handle_t *handle) {
  (void)config;
  *handle = (void *)6;
  return called("adc_continuous_new_handle");
}
esp_err_t adc_continuous_config(adc_continuous_handle_t handle, const adc_continuous_config_t *config) {
  return (void)handle, (void)config, called("adc_continuous_config");
}
esp_err_t adc_continuous_start(adc_continuous_handle_t handle) { return (void)handle, called("adc_continuous_start"); }
esp_err_t adc_continuous_deinit(adc_continuous_handle_t handle) { return (void)handle, called("adc_continuous_deinit"); }
esp_err_t adc_continuous_read(adc_continuous_handle_t handle, uint8_t *bytes, uint32_t most, uint32_t *count, uint32_t wait) {
  (void)handle;
  if (wait) return ESP_FAIL; /* the main loop may not wait */
  esp_err_t code = called("adc_continuous_read");
  if (code != ESP_OK || !idf.readings_count) return code != ESP_OK ? code : ESP_ERR_TIMEOUT;
  size_t samples = most / 2 < idf.readings_count ? most / 2 : idf.readings_count;
  memcpy(bytes, idf.readings, samples * 2);
  memmove(idf.readings, idf.readings + samples, (idf.readings_count - samples) * 2);
  idf.readings_count -= samples;
  *count = (uint32_t)samples * 2;
  return ESP_OK;
}
esp_err_t adc_continuous_parse_data(adc_continuous_handle_t handle, const uint8_t *bytes, uint32_t count, adc_continuous_data_t *parsed,
                                    uint32_t *samples) {
  (void)handle;
  *samples = count / 2;
  for (uint32_t i = 0; i < *samples; i++) {
    uint16_t word = (uint16_t)(bytes[2 * i] | bytes[2 * i + 1] << 8);
    parsed[i] = (adc_continuous_data_t){ADC_UNIT_1, word >> 12, word & 0xfff, word >> 12 != 15};
  }
  return called("adc_continuous_parse_data");
}

/* ---- NVS: a record counts once committed ---- */

esp_err_t nvs_flash_init(void) { return called("nvs_flash_init"); }
esp_err_t nvs_flash_erase(void) {
  idf.record_bytes = 0;
  return called("nvs_flash_erase");
}
esp_err_t nvs_open(const char *space, int mode, nvs_handle_t *handle) {
  (void)space, (void)mode;
  *handle = 9;
  return called("nvs_open");
}
esp_err_t nvs_get_blob(nvs_handle_t handle, const char *key, void *into, size_t *bytes) {
  (void)handle, (void)key;
  if (!idf.record_bytes) return ESP_ERR_NVS_NOT_FOUND;
  memcpy(into, idf.record, *bytes = idf.record_bytes);
  return called("nvs_get_blob");
}
esp_err_t nvs_set_blob(nvs_handle_t handle, const char *key, const void *from, size_t bytes) {
  (void)handle, (void)key;
  esp_err_t code = called("nvs_set_blob");
  if (code == ESP_OK) memcpy(idf.staged, from, idf.staged_bytes = bytes);
  return code;
}
esp_err_t nvs_commit(nvs_handle_t handle) {
  (void)handle;
  esp_err_t code = called("nvs_commit");
  if (code == ESP_OK) memcpy(idf.record, idf.staged, idf.record_bytes = idf.staged_bytes);
  return code;
}
