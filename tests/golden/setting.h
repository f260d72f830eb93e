#ifndef SETPOINT_TESTS_GOLDEN_SETTING_H
#define SETPOINT_TESTS_GOLDEN_SETTING_H

#include "reconcile/config.h"
#include "tests/golden/words.h"

/* The operator's configuration of a case, as lines:

     daemon [owner=seoul-1] [mode=enforce|observe] [destroy=10%/1h]
     cloud NAME PROVIDER [settle=30s] [poll=30s] [full=10m] [timeout=30s] [rate=10] [inflight=8] [mode=…]
           [expect=PROJECT]
     notify NAME [on=Blocked,Brake] [clouds=a,b] [sources=a,b]
     source NAME [clouds=a,b] [prune=true] [delay=30s] [destroy=10%/1h] [disruption=20%] [max=N] [mode=…]

   Without clouds= a source may use every cloud of the case. */
enum { SETTINGS_MAX = 8 };
struct setting {
    struct arena arena;
    struct words daemon;
    struct words clouds[SETTINGS_MAX], sources[SETTINGS_MAX], targets[SETTINGS_MAX];
    unsigned cloud_count, source_count, target_count;
};

void setting_init(struct setting *setting);
void setting_release(struct setting *setting);
/* False: not a line of the configuration. A second line of a name replaces the first; "forget cloud NAME",
   "forget source NAME" and "forget notify NAME" take it away. */
bool setting_line(struct setting *setting, const char *line);
/* A new one each time: the core owns what it is given. */
struct config *setting_config(const struct setting *setting);
/* All providers and the made-up one, NULL-terminated. */
const struct traits *const *setting_traits(void);

#endif
