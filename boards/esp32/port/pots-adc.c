/*
 * The three pots through the continuous converter: DMA turns round the channels by itself, the main loop takes what lies there
 * and never waits. 12 bits at 11 dB reach to 3.1 V; both ends can be reached (pots.h), and all channels are of ADC1: ADC2 is Wi-Fi's.
 * Not for interrupts: while flash is erased no pot moves.
 */
#include "chip.h"
#include "pots.h"
#include "problem.h"
#include "esp_adc/adc_continuous.h"
#include "soc/soc_caps.h"

#if CONFIG_IDF_TARGET_ESP32
static const uint8_t channels[POTS] = {0, 3, 7}; /* GPIO 36, 39, 35 */
#define SAMPLES_HERTZ 20000 /* its slowest */
#else
static const uint8_t channels[POTS] = {0, 1, 3}; /* S3: GPIO 1, 2, 4; C3: GPIO 0, 1, 3 */
#define SAMPLES_HERTZ 3000
#endif

#define FRAME_SAMPLES 12
#define FRAME_BYTES (FRAME_SAMPLES * SOC_ADC_DIGI_RESULT_BYTES)

static adc_continuous_handle_t converter;
static bool tried, works;
static adc_continuous_data_t waiting[FRAME_SAMPLES];
static uint32_t waiting_count, waiting_taken;

static bool start(void) {
  adc_continuous_handle_cfg_t buffers = {.max_store_buf_size = 4 * FRAME_BYTES, .conv_frame_size = FRAME_BYTES, .flags.flush_pool = 1};
  adc_digi_pattern_config_t pattern[POTS];
  for (unsigned i = 0; i < POTS; i++)
    pattern[i] = (adc_digi_pattern_config_t){ADC_ATTEN_DB_12, channels[i], ADC_UNIT_1, SOC_ADC_DIGI_MAX_BITWIDTH};
  adc_continuous_config_t config = {
    .pattern_num = POTS,
    .adc_pattern = pattern,
    .sample_freq_hz = SAMPLES_HERTZ,
    .conv_mode = ADC_CONV_SINGLE_UNIT_1,
  };
  if (!went_well("adc_continuous_new_handle", adc_continuous_new_handle(&buffers, &converter))) return false;
  if (went_well("adc_continuous_config", adc_continuous_config(converter, &config)) &&
      went_well("adc_continuous_start", adc_continuous_start(converter)))
    return true;
  adc_continuous_deinit(converter);
  converter = 0;
  return false;
}

static void fetch(void) {
  static uint8_t frame[FRAME_BYTES] __attribute__((aligned(4)));
  uint32_t bytes = 0;
  waiting_count = waiting_taken = 0;
  if (adc_continuous_read(converter, frame, FRAME_BYTES, &bytes, 0) != ESP_OK) return;
  if (adc_continuous_parse_data(converter, frame, bytes, waiting, &waiting_count) != ESP_OK) waiting_count = 0;
}

int chip_poll_pots(void) {
  if (!tried) {
    tried = true;
    works = start();
  }
  if (!works) return -1;
  if (waiting_taken == waiting_count) fetch();
  if (waiting_taken == waiting_count) return -1;
  const adc_continuous_data_t *reading = &waiting[waiting_taken++];
  for (unsigned pot = 0; reading->valid && pot < POTS; pot++)
    if (reading->channel == channels[pot] && pots_reading(pot, (uint16_t)reading->raw_data)) return (int)pot;
  return -1;
}
