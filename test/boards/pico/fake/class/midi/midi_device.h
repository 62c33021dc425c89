#ifndef FAKE_MIDI_DEVICE_H
#define FAKE_MIDI_DEVICE_H

#include "device/usbd_pvt.h"

bool tud_midi_packet_read(uint8_t packet[4]);
void tud_midi_rx_cb(uint8_t interface);
void midid_init(void);
bool midid_deinit(void);
void midid_reset(uint8_t port);
uint16_t midid_open(uint8_t port, tusb_desc_interface_t const *interface, uint16_t most);
bool midid_control_xfer_cb(uint8_t port, uint8_t stage, tusb_control_request_t const *request);
bool midid_xfer_cb(uint8_t port, uint8_t endpoint, xfer_result_t result, uint32_t bytes);

#endif
