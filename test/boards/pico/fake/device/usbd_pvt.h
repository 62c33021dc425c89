/* TinyUSB's class driver (0.18), so that ours can be called as TinyUSB calls it. */
#ifndef FAKE_USBD_PVT_H
#define FAKE_USBD_PVT_H

#include "tusb.h"

typedef struct tusb_desc_interface tusb_desc_interface_t;
enum { TUSB_REQ_RCPT_ENDPOINT = 2, TUSB_REQ_CLEAR_FEATURE = 1, TUSB_REQ_SET_FEATURE = 3 };
typedef struct {
  uint8_t bmRequestType, bRequest;
  uint16_t wValue, wIndex, wLength;
} tusb_control_request_t;
typedef enum { XFER_RESULT_SUCCESS } xfer_result_t;

typedef struct {
  char const *name;
  void (*init)(void);
  bool (*deinit)(void);
  void (*reset)(uint8_t port);
  uint16_t (*open)(uint8_t port, tusb_desc_interface_t const *interface, uint16_t most);
  bool (*control_xfer_cb)(uint8_t port, uint8_t stage, tusb_control_request_t const *request);
  bool (*xfer_cb)(uint8_t port, uint8_t endpoint, xfer_result_t result, uint32_t bytes);
  void (*sof)(uint8_t port, uint32_t frame);
} usbd_class_driver_t;

usbd_class_driver_t const *usbd_app_driver_get_cb(uint8_t *count);

#endif
