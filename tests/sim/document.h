#ifndef SETPOINT_TESTS_SIM_DOCUMENT_H
#define SETPOINT_TESTS_SIM_DOCUMENT_H

#include "reconcile/event.h"
#include "tests/sim/story.h"

/* The simulator's wishes in the form in which manifests/ hands them to the core. */

#define DOCUMENT_OWNER "sim-1"
extern const char *const document_clouds[FLEET_CLOUDS_MAX];

struct config *document_config(const struct story *story, bool observe, const char *const *projects);
/* `build_timeout_ms` for all; what is not present is left out; FLEET_EMPTY: nothing is in it. */
struct generation *document_generation(const struct story *story, const struct manifest *manifest);

#endif
