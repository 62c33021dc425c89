/*
 * The registers of the RP2040 the native layer touches, and no others, from the datasheet (RP2040 Datasheet, sections named
 * beside each block). So the same files build inside Moddable and alone with arm-none-eabi-gcc.
 */
#ifndef TACTUS_RP2040_H
#define TACTUS_RP2040_H

#include <stdint.h>

#define RP_REGISTER(address) (*(volatile uint32_t *)(address))

/* 2.1.2: every peripheral register has aliases that set or clear the written bits in one bus cycle. */
#define RP_SET(r) RP_REGISTER((uintptr_t)&(r) + 0x2000)
#define RP_CLEAR(r) RP_REGISTER((uintptr_t)&(r) + 0x3000)

/* 2.13 power-on state machine, 2.14 resets */
#define RP_PSM_FORCE_OFF RP_REGISTER(0x40010004)
#define RP_PSM_PROC1 (1u << 16)
#define RP_RESETS RP_REGISTER(0x4000c000)
#define RP_RESETS_DONE RP_REGISTER(0x4000c008)
#define RP_RESET_ADC (1u << 0)
#define RP_RESET_IO_BANK0 (1u << 5)
#define RP_RESET_PADS_BANK0 (1u << 8)
#define RP_RESET_TIMER (1u << 21)
#define RP_RESET_UART0 (1u << 22)

/* 2.19 pins. Four bits a pin in the interrupt registers, eight pins a register. */
#define RP_PIN_CONTROL(pin) RP_REGISTER(0x40014004 + 8 * (pin))
#define RP_PIN_UART 2u
#define RP_PIN_SIO 5u
#define RP_PIN_NONE 31u
#define RP_EDGES(bank) RP_REGISTER(0x400140f0 + 4 * (bank))
#define RP_EDGES_ENABLE(core, bank) RP_REGISTER(0x40014100 + 0x30 * (core) + 4 * (bank))
#define RP_EDGE_FALL_RISE 0xcu
#define RP_PAD(pin) RP_REGISTER(0x4001c004 + 4 * (pin))
#define RP_PAD_SCHMITT (1u << 1)
#define RP_PAD_PULL_DOWN (1u << 2)
#define RP_PAD_PULL_UP (1u << 3)
#define RP_PAD_4MA (1u << 4)
#define RP_PAD_INPUT (1u << 6)
#define RP_PAD_OUTPUT_OFF (1u << 7)

/* 2.3.1 SIO: one cycle from either core */
#define RP_CPUID RP_REGISTER(0xd0000000)
#define RP_GPIO_IN RP_REGISTER(0xd0000004)
#define RP_GPIO_OUT RP_REGISTER(0xd0000010)
#define RP_GPIO_OUT_CLEAR RP_REGISTER(0xd0000018)
#define RP_GPIO_OUT_TOGGLE RP_REGISTER(0xd000001c)
#define RP_GPIO_ENABLE_SET RP_REGISTER(0xd0000024)
#define RP_GPIO_ENABLE_CLEAR RP_REGISTER(0xd0000028)
#define RP_FIFO_STATUS RP_REGISTER(0xd0000050)
#define RP_FIFO_WRITE RP_REGISTER(0xd0000054)
#define RP_FIFO_READ RP_REGISTER(0xd0000058)
#define RP_FIFO_VALID 1u
#define RP_FIFO_READY 2u

/* 4.2 UART0, an ARM PL011 */
#define RP_UART_DATA RP_REGISTER(0x40034000)
#define RP_UART_DATA_ERRORS 0xf00u
#define RP_UART_FLAGS RP_REGISTER(0x40034018)
#define RP_UART_RX_EMPTY (1u << 4)
#define RP_UART_TX_FULL (1u << 5)
#define RP_UART_DIVISOR RP_REGISTER(0x40034024)
#define RP_UART_FRACTION RP_REGISTER(0x40034028)
#define RP_UART_LINE RP_REGISTER(0x4003402c)
#define RP_UART_8N1_NO_FIFO 0x60u
#define RP_UART_CONTROL RP_REGISTER(0x40034030)
#define RP_UART_ON 0x301u /* UART, transmitter, receiver */
#define RP_UART_INTERRUPTS RP_REGISTER(0x40034038)
#define RP_UART_RECEIVED (1u << 4)

/* 4.6 timer: one microsecond, the same for both cores */
#define RP_TIMER_NOW RP_REGISTER(0x40054028)
#define RP_TIMER_ALARM(n) RP_REGISTER(0x40054010 + 4 * (n))
#define RP_TIMER_INTERRUPTS RP_REGISTER(0x40054034) /* raw; write 1 to clear */
#define RP_TIMER_ENABLE RP_REGISTER(0x40054038)
#define RP_TIMER_FORCE RP_REGISTER(0x4005403c)

/* 4.9 ADC */
#define RP_ADC_CONTROL RP_REGISTER(0x4004c000)
#define RP_ADC_RESULT RP_REGISTER(0x4004c004)
#define RP_ADC_ON 1u
#define RP_ADC_START (1u << 2)
#define RP_ADC_READY (1u << 8)
#define RP_ADC_CHANNEL(n) ((uint32_t)(n) << 12)
#define RP_ADC_FIRST_PIN 26u

/* 2.4 each core's own NVIC; 2.3.2 interrupt numbers */
#define RP_NVIC_ENABLE RP_REGISTER(0xe000e100)
#define RP_NVIC_UNPEND RP_REGISTER(0xe000e280)
#define RP_NVIC_PRIORITY(irq) RP_REGISTER(0xe000e400 + ((irq) & ~3u))
#define RP_VECTORS RP_REGISTER(0xe000ed08)
#define RP_IRQ_TIMER(n) (n)
#define RP_IRQ_EDGES 13u
#define RP_IRQ_UART0 20u

#endif
