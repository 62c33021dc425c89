/*
 * What ESP-IDF refused: every call of it whose failure matters goes through went_well, and the first that failed is kept by
 * name, for the settings page and the doctor. Set-up only: nothing on the way of an edge can fail.
 */
#ifndef TACTUS_PROBLEM_H
#define TACTUS_PROBLEM_H

#include "esp_err.h"
#include <stdbool.h>

struct problem {
  const char *call; /* null: none */
  esp_err_t code;
};
extern struct problem problem;

static inline bool went_well(const char *call, esp_err_t code) {
  if (code != ESP_OK && !problem.call) problem = (struct problem){call, code};
  return code == ESP_OK;
}

#endif
