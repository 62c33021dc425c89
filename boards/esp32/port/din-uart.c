#include "din-uart.h"
#include "capture.h"
#include "chip.h"
#include "port.h"
#include "problem.h"
#include "driver/uart.h"
#include "esp_intr_alloc.h"
#include "hal/uart_periph.h"

#define DIN_BAUD 31250
#define DAMAGED (UART_INTR_FRAM_ERR | UART_INTR_PARITY_ERR | UART_INTR_BRK_DET)
#define WANTED (UART_INTR_RXFIFO_FULL | UART_INTR_RXFIFO_OVF | DAMAGED)

static intr_handle_t handle;
static bool open;

/* With every byte its own interrupt, a damaged one is the last in the FIFO. Overrun: those in the FIFO are whole, the next was lost.
   The FIFO is never reset (on the ESP32 that resets another UART's, too): it is read empty. */
TACTUS_RAM void din_uart_receive(void) {
  uint32_t status = uart_ll_get_intsts_mask(PORT_UART_HW);
  if (!status) return;
  uart_ll_clr_intsts_mask(PORT_UART_HW, status);
  if (status & (DAMAGED | UART_INTR_RXFIFO_OVF)) capture_faults.din_errors = capture_faults.din_errors + 1;
  for (uint32_t left = uart_ll_get_rxfifo_len(PORT_UART_HW); left; left--) {
    uint8_t byte;
    uart_ll_read_rxfifo(PORT_UART_HW, &byte, 1);
    if (left > 1 || !(status & DAMAGED)) capture_din(byte);
  }
}

static TACTUS_RAM void receive_interrupt(void *context) {
  (void)context;
  din_uart_receive();
  chip_wake(); /* an edge that was heard on the way may have an answer whose pulse ends */
}

bool din_uart_open(unsigned transmit_pin, unsigned receive_pin) {
  uart_config_t config = {
    .baud_rate = DIN_BAUD,
    .data_bits = UART_DATA_8_BITS,
    .parity = UART_PARITY_DISABLE,
    .stop_bits = UART_STOP_BITS_1,
    .flow_ctrl = UART_HW_FLOWCTRL_DISABLE,
    .source_clk = UART_SCLK_DEFAULT,
  };
  open = went_well("uart_param_config", uart_param_config(PORT_UART, &config)) &&
         went_well("uart_set_pin",
                   uart_set_pin(PORT_UART, (int)transmit_pin, (int)receive_pin, UART_PIN_NO_CHANGE, UART_PIN_NO_CHANGE));
  return open;
}

bool din_uart_listen(void) {
  if (!open) return true;
  uart_ll_set_rxfifo_full_thr(PORT_UART_HW, 1);
  uart_ll_clr_intsts_mask(PORT_UART_HW, UART_LL_INTR_MASK);
  if (!went_well("esp_intr_alloc of the UART", esp_intr_alloc(uart_periph_signal[PORT_UART].irq, ESP_INTR_FLAG_IRAM | ESP_INTR_FLAG_LEVEL2,
                                                  receive_interrupt, 0, &handle)))
    return false;
  uart_ll_ena_intr_mask(PORT_UART_HW, WANTED);
  return true;
}

void din_uart_deafen(void) {
  if (!handle) return;
  uart_ll_disable_intr_mask(PORT_UART_HW, WANTED);
  esp_intr_free(handle);
  handle = 0;
}
