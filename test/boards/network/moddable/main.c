/* Moddable's engine without a screen and without a debugger: its timers run in glib's main loop, and the module "main" in them.
   The first argument is the settings as JSON. */
#include "xsmc.h"
#include "mc.xs.h"
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static const char *settings = "{}";

void xs_bench_micros(xsMachine *the) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  xsmcSetNumber(xsResult, (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3);
}

void xs_bench_say(xsMachine *the) {
  puts(xsmcToString(xsArg(0)));
  fflush(stdout);
}

void xs_bench_settings(xsMachine *the) { xsmcSetString(xsResult, settings); }

void fxAbort(xsMachine *the, int status) {
  (void)the;
  fprintf(stderr, "XS ended with %d\n", status);
  exit(1);
}

int main(int count, char **words) {
  int failed = 0;
  if (count > 1) settings = words[1];
  xsMachine *machine = fxPrepareMachine(NULL, xsPreparation(), "tactus", NULL, NULL);
  xsBeginHost(machine);
  xsTry { xsResult = xsAwaitImport("main", XS_IMPORT_DEFAULT); }
  xsCatch {
    fprintf(stderr, "%s\n", xsmcToString(xsException));
    failed = 1;
  }
  xsEndHost(machine);
  if (!failed) g_main_loop_run(g_main_loop_new(NULL, FALSE));
  return failed;
}
