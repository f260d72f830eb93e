#ifndef SETPOINT_VIEW_H
#define SETPOINT_VIEW_H

#include <stdbool.h>
#include <stdint.h>

#include "reconcile/base/instant.h"
#include "reconcile/base/metric.h"
#include "reconcile/base/text.h"
#include "reconcile/step.h"

/* Read-only looks at the state, written as the JSON of DESIGN.md section 9 (no trailing newline). They change
   nothing and may be called between turns. Times are RFC 3339 UTC; absent is null. */

struct view_filter {
    const char *const *names; /* "name" or "source/name"; none = all */
    uint32_t name_count;
    const char *source;   /* NULL = any */
    const char *selector; /* "tier=db,env!=test"; NULL = any */
};

enum view_find { VIEW_FOUND, VIEW_NOT_FOUND, VIEW_AMBIGUOUS, VIEW_BAD_SELECTOR };

/* Checks a filter. NOT_FOUND and AMBIGUOUS: *out_message is one line with the nearest known name, in `out`.
 */
enum view_find view_check(const struct state *state, const struct view_filter *filter,
                          struct text *out_message);

void view_status(const struct state *state, const struct view_filter *filter, struct now now,
                 struct text *out);
enum view_find view_describe(const struct state *state, const char *name, struct now now, struct text *out);
void view_plan(struct state *state, const struct view_filter *filter, struct now now, struct text *out);
void view_clouds(const struct state *state, struct now now, struct text *out);
void view_sources(const struct state *state, struct now now, struct text *out);
/* What holds for everything, a whole cloud or a whole source that the filter concerns: suspensions, modes,
   brakes, a cloud that cannot be asked, a source that is not in order. unread: the objects shown are not what
   stands there now. */
void view_notices(const struct state *state, const struct view_filter *filter, struct now now,
                  struct text *out);
/* Are there notices with unread? Their sentences, in one line; `out` is empty before. Names may be those of
   sources, too. */
bool view_unread(const struct state *state, const struct view_filter *filter, struct now now,
                 struct text *out);
/* The targets of notifications: what waits for each, and how it goes. */
void view_notifications(const struct state *state, struct now now, struct text *out);
void view_holds(const struct state *state, struct now now, struct text *out);

/* The configuration in force, with where a secret comes from and never what it is. null before the first. */
void view_configuration(const struct state *state, struct text *out);

/* The servers of the objects selected, with addresses; what was not seen since the start is not left out in
   silence: false, and *out_problem is one line. */
bool view_inventory(const struct state *state, const struct view_filter *filter, struct text *out,
                    struct text *out_problem);
/* The servers that no object manages, and what a manifest with spec.adopt would say of each. Whole only right
   after a sync with `strangers`. */
void view_unmanaged(const struct state *state, struct text *out);

/* Counters for STATUS=, `wait` and --once. */
struct view_counts {
    uint32_t objects, converged, progressing, waiting, blocked, failing, unknown;
    uint32_t not_converged;
    uint32_t held; /* of these, blocked by one of S10's closed list */
};
struct view_counts view_count(const struct state *state, const struct view_filter *filter, struct now now);

/* Every configured cloud and source has been heard of: configuration, ledger and first generations are
 * loaded. */
bool view_is_ready(const struct state *state);
/* Gauges and the histogram of convergence, see docs/operations.md; labels are bounded by the configuration.
 */
void view_metrics(struct state *state, struct now now, struct metrics *out);
/* Ready, and every configured cloud was listed within so many of its intervals; false: *out_why says what
 * not. */
enum { FRESH_INTERVALS = 3 };
bool view_is_fresh(const struct state *state, struct now now, struct text *out_why);
/* A number that grows whenever view_status of any object may have changed: watchers send only then. */
uint64_t view_serial(const struct state *state);
/* How many events were taken in since the birth: it stands still when turns get nowhere, ticks being events.
 */
uint64_t view_absorbed(const struct state *state);
const char *view_mode(const struct state *state); /* "enforce" or "observe" (with a reason in STATUS) */

#endif
