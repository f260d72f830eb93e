#ifndef SETPOINT_VIEW_TEXT_H
#define SETPOINT_VIEW_TEXT_H

#include "reconcile/state.h"
#include "reconcile/view.h"

/* What the views share: JSON members written one after another (a comma is put where one is due). Empty text,
   an unknown time and NEVER_MS are null. */
void member_key(struct text *out, const char *key);
void member_text(struct text *out, const char *key, const char *value);
void member_number(struct text *out, const char *key, int64_t value);
void member_flag(struct text *out, const char *key, bool value);
void member_wall(struct text *out, const char *key, int64_t wall_ms);
void member_boot(struct text *out, const char *key, int64_t boot_ms, struct now now);
/* Before each element of an array. */
void element(struct text *out);

bool view_selects(const struct view_filter *filter, const struct object *object);
bool view_shows(const struct object *object);
/* The member "intent" of describe. */
void view_intent(const struct object *object, struct now now, struct text *out);
/* Of a key pair, in place of what is said of an instance and its server. view_keypair.c */
void view_keypair_gap(const struct object *object, struct arena *arena, struct text *out);
void view_keypair_describe(const struct object *object, struct now now, struct text *out);
/* The member "blockedBy"; NULL = nothing is in the way. */
void member_blocker(struct text *out, const struct blocker *by);

#endif
