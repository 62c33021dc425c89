/*
 * ESP-IDF as the port sees it, and no more: types, constants and calls under their own names and headers (which lead here), a
 * chip that is a struct behind them. Every call is written down; the one named in `idf.fails` refuses. Time moves by one
 * microsecond at every fourth look, so that whoever waits gets there; an alarm comes when the test lets time run.
 */
#ifndef FAKE_IDF_H
#define FAKE_IDF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* ---- the fake's own ---- */

#define IDF_CALLS 256
#define IDF_WRITES 4096
#define IDF_RECORD 8192

struct idf_write {
  uint32_t at, set, clear;
};

struct idf {
  const char *calls[IDF_CALLS];
  int cores[IDF_CALLS]; /* each call's core */
  size_t calls_count;
  const char *fails; /* this call refuses */
  int fails_with;
  unsigned fails_times; /* so often, 0: always */

  int64_t now;
  unsigned looks;
  uint32_t levels;
  int core;          /* the one that runs */
  bool in_interrupt; /* raised interrupt level */
  struct idf_write pins[IDF_WRITES];
  size_t pins_count;
  uint32_t edges_cleared;

  bool timer_made, timer_on, alarm_set;
  uint64_t alarm_at; /* its count, which is this fake's time plus an offset */
  unsigned alarms_set;
  void (*meanwhile)(void); /* once, before the next alarm is set: what the other core does just then */
  bool (*on_alarm)(void *timer, const void *event, void *context);

  void (*on_edges)(void *context);
  void (*on_uart)(void *context);
  uint32_t edges_enabled; /* pins */
  int edges_core, alarm_core, uart_core;

  bool uart_stuck;
  int64_t wire_idle_at;
  struct idf_write din[IDF_WRITES]; /* set: the byte */
  size_t din_count;
  uint8_t received[16];
  size_t received_count;
  uint32_t uart_status, uart_enabled;
  unsigned uart_threshold;

  unsigned notified, doorbells;
  void (*doorbell)(void *context);

  uint8_t dac[2];
  struct idf_write dacs[IDF_WRITES]; /* set: channel, clear: value */
  size_t dacs_count;

  uint16_t readings[64]; /* channel in the top four bits */
  size_t readings_count;

  uint8_t record[IDF_RECORD], staged[IDF_RECORD];
  size_t record_bytes, staged_bytes;
};
extern struct idf idf;

void idf_reset(void);
/* Lets time run to `end`: the alarm's interrupt comes when it is due. */
void idf_run_until(int64_t end);
/* Turns the doorbell's task once through every notification that waits. */
void idf_run_doorbell(void);
void idf_edge(uint32_t levels);
void idf_receive(uint32_t status, const char *bytes, size_t count);

/* ---- ESP-IDF ---- */

typedef int esp_err_t;
#define ESP_OK 0
#define ESP_FAIL -1
#define ESP_ERR_NO_MEM 0x101
#define ESP_ERR_INVALID_STATE 0x103
#define ESP_ERR_NOT_FOUND 0x105
#define ESP_ERR_NOT_SUPPORTED 0x106
#define ESP_ERR_TIMEOUT 0x107
#define ESP_ERR_NVS_NO_FREE_PAGES 0x110d
#define ESP_ERR_NVS_NEW_VERSION_FOUND 0x1110
#define ESP_ERR_NVS_NOT_FOUND 0x1102

#define IRAM_ATTR
#define DRAM_ATTR
#define REG_WRITE(address, value) fake_register_write(address, value)
#define REG_READ(address) fake_register_read(address)
#define GPIO_OUT_W1TS_REG 1u
#define GPIO_OUT_W1TC_REG 2u
#define GPIO_STATUS_W1TC_REG 3u
#define GPIO_IN_REG 4u
void fake_register_write(uint32_t address, uint32_t value);
uint32_t fake_register_read(uint32_t address);

int64_t esp_timer_get_time(void);
int esp_cpu_get_core_id(void);

typedef int BaseType_t;
typedef unsigned UBaseType_t;
typedef void *TaskHandle_t;
#define pdTRUE 1
#define pdFALSE 0
#define pdPASS 1
#define portMAX_DELAY 0xffffffffu
#ifndef portNUM_PROCESSORS
#define portNUM_PROCESSORS 2
#endif
uint32_t portSET_INTERRUPT_MASK_FROM_ISR(void);
void portCLEAR_INTERRUPT_MASK_FROM_ISR(uint32_t before);
#define portYIELD_FROM_ISR() ((void)0)
BaseType_t xTaskCreatePinnedToCore(void (*run)(void *), const char *name, uint32_t stack, void *context, UBaseType_t priority,
                                   TaskHandle_t *handle, BaseType_t core);
void vTaskDelete(TaskHandle_t task);
TaskHandle_t xTaskGetCurrentTaskHandle(void);
void xTaskNotifyGive(TaskHandle_t task);
void vTaskNotifyGiveFromISR(TaskHandle_t task, BaseType_t *woken);
uint32_t ulTaskNotifyTake(BaseType_t clear, uint32_t ticks);

typedef int gpio_num_t;
typedef enum { GPIO_MODE_INPUT = 1, GPIO_MODE_OUTPUT = 2, GPIO_MODE_INPUT_OUTPUT = 3 } gpio_mode_t;
typedef struct {
  uint64_t pin_bit_mask;
  gpio_mode_t mode;
  enum { GPIO_PULLUP_DISABLE, GPIO_PULLUP_ENABLE } pull_up_en;
  enum { GPIO_PULLDOWN_DISABLE, GPIO_PULLDOWN_ENABLE } pull_down_en;
  enum { GPIO_INTR_DISABLE, GPIO_INTR_ANYEDGE = 3 } intr_type;
} gpio_config_t;
typedef int gpio_dev_t;
extern gpio_dev_t GPIO;
esp_err_t gpio_config(const gpio_config_t *config);
esp_err_t gpio_set_level(gpio_num_t pin, uint32_t level);
int gpio_get_level(gpio_num_t pin);
esp_err_t gpio_set_intr_type(gpio_num_t pin, int type);
void gpio_ll_clear_intr_status(gpio_dev_t *hardware, uint32_t mask);
void gpio_ll_intr_enable_on_core(gpio_dev_t *hardware, uint32_t core, uint32_t pin);
void gpio_ll_intr_disable(gpio_dev_t *hardware, uint32_t pin);

typedef void *intr_handle_t;
#define GPIO_LL_INTR_SOURCE0 16
#define UART_SOURCE 27
#define ESP_INTR_FLAG_LEVEL2 (1 << 2)
#define ESP_INTR_FLAG_LEVEL3 (1 << 3)
#define ESP_INTR_FLAG_IRAM (1 << 10)
esp_err_t esp_intr_alloc(int source, int flags, void (*handler)(void *), void *context, intr_handle_t *handle);
esp_err_t esp_intr_free(intr_handle_t handle);

typedef void *gptimer_handle_t;
typedef struct {
  uint64_t count_value, alarm_value;
} gptimer_alarm_event_data_t;
typedef struct {
  int clk_src, direction;
  uint32_t resolution_hz;
  int intr_priority;
} gptimer_config_t;
typedef struct {
  bool (*on_alarm)(gptimer_handle_t timer, const gptimer_alarm_event_data_t *event, void *context);
} gptimer_event_callbacks_t;
typedef struct {
  uint64_t alarm_count, reload_count;
} gptimer_alarm_config_t;
#define GPTIMER_CLK_SRC_DEFAULT 0
#define GPTIMER_COUNT_UP 1
esp_err_t gptimer_new_timer(const gptimer_config_t *config, gptimer_handle_t *timer);
esp_err_t gptimer_del_timer(gptimer_handle_t timer);
esp_err_t gptimer_register_event_callbacks(gptimer_handle_t timer, const gptimer_event_callbacks_t *callbacks, void *context);
esp_err_t gptimer_enable(gptimer_handle_t timer);
esp_err_t gptimer_disable(gptimer_handle_t timer);
esp_err_t gptimer_start(gptimer_handle_t timer);
esp_err_t gptimer_set_alarm_action(gptimer_handle_t timer, const gptimer_alarm_config_t *config);
esp_err_t gptimer_get_raw_count(gptimer_handle_t timer, uint64_t *count);

#define UART_NUM_1 1
typedef int uart_dev_t;
typedef struct {
  int baud_rate;
  enum { UART_DATA_8_BITS = 3 } data_bits;
  enum { UART_PARITY_DISABLE } parity;
  enum { UART_STOP_BITS_1 = 1 } stop_bits;
  enum { UART_HW_FLOWCTRL_DISABLE } flow_ctrl;
  enum { UART_SCLK_DEFAULT } source_clk;
} uart_config_t;
#define UART_PIN_NO_CHANGE (-1)
#define UART_INTR_RXFIFO_FULL (1u << 0)
#define UART_INTR_PARITY_ERR (1u << 2)
#define UART_INTR_FRAM_ERR (1u << 3)
#define UART_INTR_RXFIFO_OVF (1u << 4)
#define UART_INTR_BRK_DET (1u << 7)
#define UART_LL_INTR_MASK 0x7ffffu
#define UART_LL_GET_HW(number) ((uart_dev_t *)0)
struct uart_signals {
  int irq;
};
extern const struct uart_signals uart_periph_signal[2];
esp_err_t uart_param_config(int number, const uart_config_t *config);
esp_err_t uart_set_pin(int number, int transmit, int receive, int rts, int cts);
bool uart_ll_is_tx_idle(uart_dev_t *hardware);
void uart_ll_write_txfifo(uart_dev_t *hardware, const uint8_t *bytes, uint32_t count);
void uart_ll_read_rxfifo(uart_dev_t *hardware, uint8_t *bytes, uint32_t count);
uint32_t uart_ll_get_rxfifo_len(uart_dev_t *hardware);
uint32_t uart_ll_get_intsts_mask(uart_dev_t *hardware);
void uart_ll_clr_intsts_mask(uart_dev_t *hardware, uint32_t mask);
void uart_ll_ena_intr_mask(uart_dev_t *hardware, uint32_t mask);
void uart_ll_disable_intr_mask(uart_dev_t *hardware, uint32_t mask);
void uart_ll_set_rxfifo_full_thr(uart_dev_t *hardware, uint16_t threshold);

typedef void *dac_oneshot_handle_t;
typedef enum { DAC_CHAN_0, DAC_CHAN_1 } dac_channel_t;
typedef struct {
  dac_channel_t chan_id;
} dac_oneshot_config_t;
esp_err_t dac_oneshot_new_channel(const dac_oneshot_config_t *config, dac_oneshot_handle_t *handle);
esp_err_t dac_oneshot_output_voltage(dac_oneshot_handle_t handle, uint8_t value);
void dac_ll_update_output_value(dac_channel_t channel, uint8_t value);

#define SOC_ADC_DIGI_RESULT_BYTES 2
#define SOC_ADC_DIGI_MAX_BITWIDTH 12
#define ADC_ATTEN_DB_12 3
#define ADC_UNIT_1 0
#define ADC_CONV_SINGLE_UNIT_1 1
typedef void *adc_continuous_handle_t;
typedef struct {
  uint32_t max_store_buf_size, conv_frame_size;
  struct {
    uint32_t flush_pool : 1;
  } flags;
} adc_continuous_handle_cfg_t;
typedef struct {
  uint8_t atten, channel, unit, bit_width;
} adc_digi_pattern_config_t;
typedef struct {
  uint32_t pattern_num;
  adc_digi_pattern_config_t *adc_pattern;
  uint32_t sample_freq_hz;
  int conv_mode;
} adc_continuous_config_t;
typedef struct {
  int unit, channel;
  uint32_t raw_data;
  bool valid;
} adc_continuous_data_t;
esp_err_t adc_continuous_new_handle(const adc_continuous_handle_cfg_t *config, adc_continuous_handle_t *handle);
esp_err_t adc_continuous_config(adc_continuous_handle_t handle, const adc_continuous_config_t *config);
esp_err_t adc_continuous_start(adc_continuous_handle_t handle);
esp_err_t adc_continuous_deinit(adc_continuous_handle_t handle);
esp_err_t adc_continuous_read(adc_continuous_handle_t handle, uint8_t *bytes, uint32_t most, uint32_t *count, uint32_t wait);
esp_err_t adc_continuous_parse_data(adc_continuous_handle_t handle, const uint8_t *bytes, uint32_t count,
                                    adc_continuous_data_t *parsed, uint32_t *samples);

typedef uint32_t nvs_handle_t;
enum { NVS_READONLY, NVS_READWRITE };
esp_err_t nvs_flash_init(void);
esp_err_t nvs_flash_erase(void);
esp_err_t nvs_open(const char *space, int mode, nvs_handle_t *handle);
esp_err_t nvs_get_blob(nvs_handle_t handle, const char *key, void *into, size_t *bytes);
esp_err_t nvs_set_blob(nvs_handle_t handle, const char *key, const void *from, size_t bytes);
esp_err_t nvs_commit(nvs_handle_t handle);

#endif
