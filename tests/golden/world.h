#ifndef SETPOINT_TESTS_GOLDEN_WORLD_H
#define SETPOINT_TESTS_GOLDEN_WORLD_H

#include <stdbool.h>
#include <stdint.h>

#include "reconcile/call.h"
#include "reconcile/facts.h"
#include "reconcile/reply.h"
#include "tests/golden/words.h"

/* The servers that the clouds of a case hold: a table that the case writes and changes. It lives by itself
   nowhere: nothing happens in it but what the case says (`done` carries one call out). */

enum column {
    COLUMN_NAME,
    COLUMN_PHASE,
    COLUMN_STATUS,
    COLUMN_RESTS,
    COLUMN_FLAVOR, /* ids */
    COLUMN_IMAGE,
    COLUMN_ZONE,
    COLUMN_KEYPAIR,
    COLUMN_GROUPS,   /* a,b */
    COLUMN_VOLUMES,  /* a,b */
    COLUMN_MARK,     /* [OWNER:]SOURCE/NAME[@WRITER][~ATTEMPT][^][!][#], see mark_of */
    COLUMN_LAUNCHED, /* never, once */
    COLUMN_CREATED,  /* seconds after the case's start; -3600 */
    COLUMN_FAULT,
    COLUMN_CAPACITY, /* the fault is one of capacity: yes */
    COLUMN_LOCKED,   /* yes */
    COLUMN_NIC,
    COLUMN_VCPUS,    /* its size, as its own row tells it */
    COLUMN_RAM,      /* MiB */
    COLUMN_FLOATING, /* an address, or none */
    COLUMN_HIDDEN,   /* "list": no list shows it; "changes": no incremental one; "get": a GET says absent */
    COLUMN_COUNT
};

struct pair {
    char *key, *value;
};

struct row {
    char cloud[33];
    char id[65];
    char *cells[COLUMN_COUNT]; /* NULL or "-": not told */
    struct pair *metadata;     /* with the mark's keys, as they were ordered */
    uint32_t metadata_count, metadata_room;
};

/* A key pair that a cloud of the case has. */
struct world_keypair {
    char cloud[33], name[64];
    char *shown; /* the line of its public key, or a fingerprint alone; "-": neither is shown */
};

struct image { /* made of a server */
    char cloud[33];
    char name[128]; /* its id, too */
    enum entry_state state;
};

struct world {
    struct row *rows;
    uint32_t count, room;
    struct world_keypair *keypairs;
    uint32_t keypair_count, keypair_room;
    struct image *images;
    uint32_t image_count, image_room;
    int64_t start_wall_ms;
    const char *owner;
    char writer[MARK_WRITER + 1]; /* of the daemon in the case, once it is known */
};

void world_release(struct world *world);
struct row *world_find(struct world *world, const char *id);
/* All servers of the cloud away. */
void world_clear(struct world *world, const char *cloud);
struct row *world_add(struct world *world, const char *cloud, const char *id);
void world_drop(struct world *world, struct row *row);
/* COLUMN=VALUE; metadata.KEY=VALUE ("" takes it away). False: no such column. */
bool row_set(struct row *row, const char *column, const char *value);
/* A table: the first line names the columns, each other one is a server. False: a column is unknown. */
bool world_table(struct world *world, const char *cloud, const char *const *lines, uint32_t count);

/* What a reply would show. */
void row_facts(const struct world *world, const struct row *row, struct arena *arena, struct facts *out);
/* The cloud does what the call asks: phases by the usual meaning of the call. */
void world_carry_out(struct world *world, const struct call *call, struct row *row, bool confirms);
void world_create(struct world *world, const struct call *call, struct row *row, int64_t now_wall_ms);

/* --- keypairs.c --- */
/* Puts it in the place of the one of that name; shown NULL: takes it away. */
void world_keypair(struct world *world, const char *cloud, const char *name, const char *shown);
void world_release_keypairs(struct world *world);
/* What the cloud lists of them, in the arena. */
const struct catalogue_entry *world_keypairs(const struct world *world, const char *cloud,
                                             struct arena *arena, uint32_t *out_count);

/* A snapshot begins: the image is being saved until the case says otherwise. */
void world_save_image(struct world *world, const struct call *call);
/* ready, saving, failed, gone: what the newest image made of a server is from now on. False: there is none,
   or no such word. */
bool world_image_set(struct world *world, const char *word);

/* What every cloud of a case offers (offer.c): the same for all, but floating IPs and ports are those of its
   servers, and images made of them are among the images. */
const struct catalogue_entry *world_catalogue(const struct world *world, const struct call *call,
                                              struct arena *arena, uint32_t *out_count);

#endif
