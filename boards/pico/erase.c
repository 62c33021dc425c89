/*
 * Everything from leaving XIP to entering it again runs from RAM with interrupts off on core 0; core 1 fetches nothing from flash anyway.
 * The Pico SDK's flash_do_cmd cannot be used: it enters XIP by the second boot stage, which takes a status register 2 with the
 * SUS bit set for one that wants writing. What that stage does after its look at the register is done here instead.
 */
#include "erase.h"
#include "hardware/structs/io_qspi.h"
#include "hardware/structs/nvic.h"
#include "hardware/structs/pads_qspi.h"
#include "hardware/structs/ssi.h"
#include "hardware/structs/timer.h"
#include "hardware/sync.h"
#include "pico/bootrom.h"

#define IN_RAM __attribute__((noinline, section(".time_critical.erase")))
#define PADS 6

#define WRITE_ENABLE 0x06u
#define SECTOR_ERASE 0x20u
#define SUSPEND 0x75u
#define RESUME 0x7au
#define READ_STATUS 0x05u
#define BUSY 0x01u
#define READ_STATUS_2 0x35u
#define SUSPENDED 0x80u
#define READ_QUAD 0xebu
#define CONTINUOUS 0xa0u /* mode bits: the next read comes without its command */
/* Winbond asks for at least 20 us from a resumption to the next suspension. */
#define SHORTEST_MICROS 30u

static IN_RAM void select_flash(bool selected) {
  uint32_t level = selected ? IO_QSPI_GPIO_QSPI_SS_CTRL_OUTOVER_VALUE_LOW : IO_QSPI_GPIO_QSPI_SS_CTRL_OUTOVER_VALUE_HIGH;
  io_qspi_hw->io[1].ctrl = (io_qspi_hw->io[1].ctrl & ~IO_QSPI_GPIO_QSPI_SS_CTRL_OUTOVER_BITS) | level << IO_QSPI_GPIO_QSPI_SS_CTRL_OUTOVER_LSB;
}

/* The lowest `count` bytes of `bytes`, the last first; what the flash says with the last of them. */
static IN_RAM uint32_t command(uint32_t bytes, unsigned count) {
  uint32_t answer = 0;
  select_flash(true);
  while (count--) {
    ssi_hw->dr0 = bytes >> (8 * count) & 0xff;
    while (!(ssi_hw->sr & SSI_SR_RFNE_BITS)) continue;
    answer = ssi_hw->dr0;
  }
  select_flash(false);
  return answer & 0xff;
}

static IN_RAM uint32_t status(uint32_t read) { return command(read << 8, 2); }

static IN_RAM void erase_for(uint32_t micros, uint32_t interrupts) {
  uint32_t since = timer_hw->timerawl;
  while (status(READ_STATUS) & BUSY) {
    uint32_t spent = timer_hw->timerawl - since;
    if (spent < micros && (spent < SHORTEST_MICROS || !(nvic_hw->ispr & interrupts))) continue;
    command(SUSPEND, 1);
    while (status(READ_STATUS) & BUSY) continue; /* 20 us, or to the end where it cannot be suspended */
  }
}

/* Quad reads without a command, as the second boot stage leaves them (boot2_w25q080). */
static IN_RAM void enter_xip(uint32_t baud) {
  ssi_hw->ssienr = 0;
  ssi_hw->baudr = baud;
  ssi_hw->rx_sample_dly = 1;
  ssi_hw->ctrlr0 = SSI_CTRLR0_SPI_FRF_VALUE_QUAD << SSI_CTRLR0_SPI_FRF_LSB | 31u << SSI_CTRLR0_DFS_32_LSB |
                   SSI_CTRLR0_TMOD_VALUE_EEPROM_READ << SSI_CTRLR0_TMOD_LSB;
  ssi_hw->ctrlr1 = 0;
  const uint32_t address = 8u << SSI_SPI_CTRLR0_ADDR_L_LSB | 4u << SSI_SPI_CTRLR0_WAIT_CYCLES_LSB;
  ssi_hw->spi_ctrlr0 = address | SSI_SPI_CTRLR0_INST_L_VALUE_8B << SSI_SPI_CTRLR0_INST_L_LSB |
                       SSI_SPI_CTRLR0_TRANS_TYPE_VALUE_1C2A << SSI_SPI_CTRLR0_TRANS_TYPE_LSB;
  ssi_hw->ssienr = 1;
  ssi_hw->dr0 = READ_QUAD;
  ssi_hw->dr0 = CONTINUOUS;
  while (!(ssi_hw->sr & SSI_SR_TFE_BITS) || (ssi_hw->sr & SSI_SR_BUSY_BITS)) continue;
  ssi_hw->ssienr = 0;
  ssi_hw->spi_ctrlr0 = CONTINUOUS << SSI_SPI_CTRLR0_XIP_CMD_LSB | address | SSI_SPI_CTRLR0_INST_L_VALUE_NONE << SSI_SPI_CTRLR0_INST_L_LSB |
                       SSI_SPI_CTRLR0_TRANS_TYPE_VALUE_2C2A << SSI_SPI_CTRLR0_TRANS_TYPE_LSB;
  ssi_hw->ssienr = 1;
}

struct rom {
  rom_connect_internal_flash_fn connect;
  rom_flash_exit_xip_fn exit_xip;
  rom_flash_flush_cache_fn flush_cache;
};

static IN_RAM bool slice(const struct rom *rom, uint32_t offset, bool begins, uint32_t micros, uint32_t interrupts) {
  uint32_t baud = ssi_hw->baudr, pads[PADS];
  for (unsigned i = 0; i < PADS; i++) pads[i] = pads_qspi_hw->io[i];
  rom->connect();
  rom->exit_xip();
  bool was_suspended = status(READ_STATUS_2) & SUSPENDED;
  if (begins && was_suspended) { /* left by a reset in the middle of another erase, which ends first */
    command(RESUME, 1);
    while (status(READ_STATUS) & BUSY) continue;
  }
  if (begins) {
    command(WRITE_ENABLE, 1);
    command(SECTOR_ERASE << 24 | offset, 4);
  } else if (was_suspended) command(RESUME, 1);
  erase_for(micros, interrupts);
  bool more = status(READ_STATUS_2) & SUSPENDED;
  rom->flush_cache(); /* gives the chip select back, too */
  enter_xip(baud);
  for (unsigned i = 0; i < PADS; i++) pads_qspi_hw->io[i] = pads[i];
  return more;
}

bool erase_slice(uint32_t offset, bool begins, uint32_t micros, uint32_t interrupts) {
  const struct rom rom = {
      (rom_connect_internal_flash_fn)rom_func_lookup(ROM_FUNC_CONNECT_INTERNAL_FLASH),
      (rom_flash_exit_xip_fn)rom_func_lookup(ROM_FUNC_FLASH_EXIT_XIP),
      (rom_flash_flush_cache_fn)rom_func_lookup(ROM_FUNC_FLASH_FLUSH_CACHE),
  };
  uint32_t before = save_and_disable_interrupts();
  bool more = slice(&rom, offset, begins, micros, interrupts);
  restore_interrupts(before);
  return more;
}
