#ifndef SETPOINT_TESTS_FUZZ_SETTING_H
#define SETPOINT_TESTS_FUZZ_SETTING_H

#include "reconcile/event.h"
#include "tests/fuzz/input.h"

/* What the targets that run the core have in common: two clouds of different providers, two sources, and
   manifests that the input chooses from few words, so that they meet. */
enum { SETTING_CLOUDS = 2, SETTING_SOURCES = 2, SETTING_NAMES = 4 };
extern const char *const setting_clouds[SETTING_CLOUDS];
extern const char *const setting_sources[SETTING_SOURCES];
extern const char *const setting_names[SETTING_NAMES];
extern const char *const setting_ids[]; /* of servers; NULL-terminated */

struct config *setting_config(struct input *input);
struct generation *setting_generation(struct input *input, const char *source);

#endif
