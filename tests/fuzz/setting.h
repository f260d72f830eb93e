#ifndef SETPOINT_TESTS_FUZZ_SETTING_H
#define SETPOINT_TESTS_FUZZ_SETTING_H

#include "reconcile/event.h"
#include "tests/fuzz/input.h"

/* What the targets that run the core have in common: two clouds of different providers, two sources, and
   manifests that the input chooses from few words, so that they meet. */
enum { SETTING_CLOUDS = 2, SETTING_SOURCES = 2, SETTING_NAMES = 4, SETTING_CROWD = 12 };
#define SETTING_WALL_MS INT64_C(1795240800000) /* when it begins */
extern const char *const setting_clouds[SETTING_CLOUDS];
extern const char *const setting_sources[SETTING_SOURCES];
extern const char *const setting_names[SETTING_NAMES];
extern const char *const setting_ids[]; /* of servers; NULL-terminated */

/* dialects: of each cloud its provider, a place in provider_traits(); the usual ones are two that differ. */
extern const uint8_t setting_dialects[SETTING_CLOUDS];
struct config *setting_config(struct input *input, const uint8_t dialects[SETTING_CLOUDS]);
struct generation *setting_generation(struct input *input, const char *source);

#endif
