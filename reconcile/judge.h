#ifndef SETPOINT_JUDGE_H
#define SETPOINT_JUDGE_H

#include "reconcile/order.h"

/* One object, one verdict: judges are asked one after another (the tables at the end of decide.c and
   decide_server.c); the first that knows settles it and returns true. A judge looks at state only. */
struct judge {
    struct state *state;
    struct object *object;
    struct cloud *cloud; /* NULL when unknown */
    struct server
        *server; /* the bound one, NULL when there is none; or the successor, while that is judged */
    struct arena *arena;
    struct decision *out;
};

/* Fills reason, message and next try of the decision; always true. */
bool judge_settle(struct judge *j, enum reason reason, int64_t next_ms, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* Behind judge_settle, where it is not what the reason is mostly about: whom or what the blocker names. Or
   which one it is. Always true. */
bool judge_about(struct judge *j, const char *about);
bool judge_blocked(struct judge *j, enum blocker_kind kind, const char *about);
bool judge_about_list(struct judge *j, enum catalogue_kind kind); /* a list of the cloud */
/* Boot times for `next_ms`: when the next list may say more; some time from now. */
int64_t judge_next_list(const struct judge *j);
int64_t judge_later(const struct judge *j, int64_t delay_ms);
/* How long ago, for people. */
const char *judge_seconds(const struct judge *j, int64_t since_ms);
/* "; before: build failed: …" until the object is Converged; else "". */
const char *judge_earlier_failure(const struct judge *j);
void judge_order_delete(struct judge *j, struct server *server, bool cleanup, const char *why);
/* A field's value, for people. decide_next.c */
const char *judge_shown(struct judge *j, enum field field, struct value value);
/* Behind what the route holds: a create, and what the new server, which runs, needs then; nothing where
   nothing is wanted. decide_create.c */
void judge_route_create(struct judge *j);
/* Of what only one server can have (a volume, a floating IP): does this one get it now? */
typedef bool judge_load_filter(const struct judge *j, enum field field, const char *text);
/* The same of a new server that is there (its id; "" = not yet): what it takes (NULL = all) and its power. */
void judge_route_new(struct judge *j, const char *on, judge_load_filter *takes);
/* Settles it when the name cannot be resolved now: being looked up, not there, ambiguous. */
bool judge_name_missing(struct judge *j, enum catalogue_kind kind, const char *text);
/* The same for all that a create needs: every name is known, and what they mean goes together (fit.h).
   decide.c */
bool judge_names_missing(struct judge *j);
/* No server is bound: settles it, or leaves it. decide_unbound.c */
bool judge_unbound(struct judge *j);
/* The bound server was not seen yet, or may be gone: nothing is to be done to it. decide_server.c */
bool judge_absent(struct judge *j);
/* What is the same for a key pair: the ledger is lost, what is known of the cloud, what is under way.
 * decide.c */
bool judge_ledger(struct judge *j);
bool judge_cloud(struct judge *j);
bool judge_another_daemon(struct judge *j);
bool judge_intent(struct judge *j);
/* Between two states, or in one that nobody knows: it is waited for. decide_server.c */
bool judge_transitional(struct judge *j);
/* The cloud itself refuses changes. */
bool judge_locked(struct judge *j);
/* Somebody paused, suspended or rescues it. */
bool judge_operator(struct judge *j);
/* Orders one call of a route on the bound server; settles it, always. decide_server.c */
bool judge_order_call(struct judge *j, const struct step_call *call);
/* For an object whose server is bound and may be judged: settles it, always. decide_server.c */
bool judge_with_server(struct judge *j);

/* spec.restart is to come yet: when, in boot time. decide_restart.c */
bool judge_restart_waits(const struct judge *j, int64_t *out_boot_ms);
/* It is due: ordered. Or added behind what the route holds. */
bool judge_restart(struct judge *j);
/* "; restart.at … is before …": it will not be carried out, and why. "" = nothing to say. */
const char *judge_restart_past(const struct judge *j);
void judge_route_restart(struct judge *j);

/* Of the server judged, whichever of the two it is. decide_server.c */
bool judge_building(struct judge *j);
bool judge_error(struct judge *j);
bool judge_transitional(struct judge *j);
bool judge_locked(struct judge *j);
/* The first call that closes a gap of out->gaps, on the way to this power; or the name that it waits for. */
bool judge_changes(struct judge *j, enum phase power);
/* A name among out->gaps of which it is not known what it stands for. */
bool judge_unresolved(struct judge *j);
/* A difference among out->gaps that waits for somebody else. */
bool judge_barred(struct judge *j);
/* Something differs, and nothing can be done about it in this phase. */
bool judge_no_way(struct judge *j);
bool judge_order_call(struct judge *j, const struct step_call *call);

/* A difference (out->gaps) that no call closes: another server, or a person. decide_next.c */
bool judge_immutable(struct judge *j);
/* It will be replaced, and soon: what is to go is not changed any more, but that one which is to run is
   started. The replacement behind what the route holds already. decide_next.c */
bool judge_is_to_go(const struct judge *j);
void judge_route_then_replace(struct judge *j);
/* The object has two servers: settles it. decide_next.c */
bool judge_next(struct judge *j);
/* What is left to do of a replacement, behind what the route holds already. decide_next.c */
void judge_route_beside(struct judge *j);
/* This call takes off the successor what the bound server is to have back, or ends any but the bound one.
   decide_next.c */
bool judge_gives_up(const struct judge *j, const struct intent *intent);

#endif
