#ifndef SETPOINT_SEEN_H
#define SETPOINT_SEEN_H

#include "providers/scan.h"
#include "reconcile/event.h"

/* Filling struct facts while a server's members come in, in whatever order. Everything is in the arena that
   is given; a field that nobody sees stays unseen. */

enum {
    CELLS_MAX = 8192 /* groups, volumes or metadata of one server: quotas are 128; beyond it is unseen */
};

/* A row of texts that grows; of a map two each. */
struct cells {
    const char **at;
    unsigned count, room;
    bool too_many;
};
void cells_add(struct cells *cells, struct arena *arena, const char *text);

void see(struct facts *facts, enum field field, struct value value);
/* Sorted, equal rows once. */
void see_cells(struct facts *facts, enum field field, const struct cells *cells, unsigned columns);
/* As value_of_scalar, of a text that is in the arena already. */
void see_scalar(struct facts *facts, enum field field, const char *text, struct arena *arena);
/* The same; NULL and "" say nothing. */
void see_text(struct facts *facts, enum field field, const char *text, struct arena *arena);

/* What every provider's server has. Its id is the text here; NULL: none, or one that is too long to be one.
   Its name: a blank one is seen, too, as it is not what a manifest says. Its power, by facts.phase, once that
   is known. */
void see_id(struct facts *facts, struct scan *scan, struct arena *arena);
void see_name(struct facts *facts, struct scan *scan, struct arena *arena);
void see_power(struct facts *facts, struct arena *arena);

/* The member `name` of the object here; a bare text stands for itself. NULL: neither. */
const char *seen_member(struct scan *scan, const char *name, struct arena *arena);
/* A row of objects with the member `name`, or of bare texts, as a set. Anything but a row says nothing. */
void see_set(struct facts *facts, enum field field, struct scan *scan, const char *name, struct arena *arena);

/* One address of the server into the row; see_addresses says that these are all, and fills
   FIELD_FLOATING_IP by them. Whatever is no IPv4 or IPv6
   address in form is left out: other tools take these texts as they are. network may be NULL. */
void cells_add_address(struct cells *cells, struct arena *arena, const char *address, bool floating,
                       const char *network);
void see_addresses(struct facts *facts, const struct cells *cells, struct arena *arena);

/* A row of servers that grows. */
struct facts_row {
    struct facts *servers;
    uint32_t count, room;
};
/* Room for one more; it counts when `count` is raised. */
struct facts *facts_row_next(struct facts_row *row, struct arena *arena);
/* The server here. false: no object, or one without a usable id. */
typedef bool facts_read(struct scan *scan, struct arena *arena, struct facts *out);
/* The array of servers here, behind those in the row. false: no array, or one of them is no server. */
bool facts_row_read(struct facts_row *row, struct scan *scan, struct arena *arena, facts_read *take);
/* A body with one server under that key. false: it is not there once, or the body is not whole. */
bool facts_in_body(const char *body, size_t size, const char *key, struct arena *arena, facts_read *take,
                   struct facts *out);

#endif
