#ifndef SETPOINT_TESTS_GOLDEN_SHOW_H
#define SETPOINT_TESTS_GOLDEN_SHOW_H

#include "reconcile/view.h"

/* The views as lines of a case. They are read from the JSON that people get. */

/* = NAME ID PHASE VERDICT REASON ROUTE MESSAGE; names: all when count is 0. */
void show_status(const struct state *state, struct now now, const char *const *names, uint32_t count,
                 struct text *out);
/* = NAME FIELD ACTUAL → DESIRED [pending] */
void show_gap(const struct state *state, struct now now, const char *name, struct text *out);
/* = CALL NAME ID FROM → TO WORDS; = blocked NAME BLOCKED-BY; = delta … */
void show_plan(struct state *state, struct now now, struct text *out);
/* = REASON SOURCE CLOUD CALL NAME ID, … */
void show_holds(const struct state *state, struct now now, struct text *out);
void show_clouds(const struct state *state, struct now now, struct text *out);
void show_notices(const struct state *state, struct now now, struct text *out);
void show_sources(const struct state *state, struct now now, struct text *out);
/* = name: value, of the members named */
void show_describe(const struct state *state, struct now now, const char *name, struct text *out);
/* = NAME BLOCKED-BY, of all that is not Converged; - where something is under way */
void show_why(const struct state *state, struct now now, const char *const *names, uint32_t count,
              struct text *out);
/* = N objects, … */
void show_count(const struct state *state, struct now now, struct text *out);
/* The id of the first hold of that reason; "" = none. Size >= 9. */
void show_hold_id(const struct state *state, struct now now, const char *reason, char *out, size_t size);

#endif
