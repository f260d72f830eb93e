#ifndef SETPOINT_TESTS_SIM_SWITCHES_H
#define SETPOINT_TESTS_SIM_SWITCHES_H

#include "tests/sim/story.h"

/* What the facts leave open (tests/simcloud/switches): half of the clouds stand as they do by default, the
   others in positions drawn for each, with dice of their own. */

enum { SWITCH_POSITIONS = 8 };

/* By dialect and switch: the positions that decided something, a bit each. */
struct switch_note {
    unsigned char asked[CLOUD_DIALECT_COUNT][CLOUD_SWITCHES_MAX];
};

/* Part of drawing a story. */
void switches_draw(struct story *story);
void switches_set(const struct story *story, unsigned cloud, struct cloud_options *options);
/* This switch stands in this position. */
bool switches_stand(const struct cloud_options *options, const char *name, const char *position);
void switches_note(enum cloud_dialect dialect, const struct cloud *cloud, const struct cloud_options *options,
                   struct switch_note *out);

/* Seeds by position. */
struct switch_seeds {
    unsigned count[CLOUD_DIALECT_COUNT][CLOUD_SWITCHES_MAX][SWITCH_POSITIONS];
};
void switches_add(struct switch_seeds *to, const struct switch_note *note);
void switches_merge(struct switch_seeds *to, const struct switch_seeds *from);
/* Prints the table; false: a position decided nothing in any seed, though a request of ours could ask for it.
 */
bool switches_print(const struct switch_seeds *seeds);

#endif
