/*
 * MIDI DIN on UART1, below the driver: its ring buffer and its event queue would cost what delivery exists to save. The receive
 * FIFO's threshold is one byte, so the interrupt comes with the stop bit; the transmit FIFO is used one byte deep.
 */
#ifndef TACTUS_DIN_UART_H
#define TACTUS_DIN_UART_H

#include <stdbool.h>

/* 31250 baud, eight bits, no parity, one stop bit. */
bool din_uart_open(unsigned transmit_pin, unsigned receive_pin);

/* On the core whose interrupt shall take the bytes. True and nothing done: it was never opened. */
bool din_uart_listen(void);

/* Takes what has arrived. On the delivering core, at the alarm's own level: from the loop, and from the UART's interrupt. */
void din_uart_receive(void);

/* The interrupt is given back. Twice is fine. */
void din_uart_deafen(void);

#endif
