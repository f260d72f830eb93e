#ifndef SETPOINT_CALL_H
#define SETPOINT_CALL_H

#include <stdbool.h>
#include <stdint.h>

#include "reconcile/field.h"
#include "reconcile/mark.h"
#include "reconcile/value.h"

/* One provider operation. One call is exactly one HTTP request. */
enum call_kind {
    CALL_CREATE,
    CALL_RENAME,
    CALL_SET_METADATA,
    CALL_RESIZE,
    CALL_CONFIRM_RESIZE,
    CALL_START,
    CALL_STOP,
    CALL_SHELVE,
    CALL_UNSHELVE,
    CALL_REBOOT,
    CALL_REBUILD,
    CALL_ADD_SECURITY_GROUP,
    CALL_REMOVE_SECURITY_GROUP,
    CALL_ATTACH_VOLUME,
    CALL_DETACH_VOLUME,
    CALL_ASSOCIATE_FLOATING_IP,
    CALL_RELEASE_FLOATING_IP,
    CALL_SNAPSHOT,
    CALL_DELETE,
    CALL_REGISTER_KEYPAIR,
    CALL_DELETE_KEYPAIR,
    CALL_LOOK,
    CALL_COUNT,
    CALL_NONE = CALL_COUNT
};

enum look_kind {
    LOOK_LIST,      /* all servers, one page; `page` continues an earlier one */
    LOOK_CHANGES,   /* servers changed since `since_wall_ms`: a hint, adds sightings only */
    LOOK_SERVER,    /* one server by id */
    LOOK_CATALOGUE, /* one page of one catalogue */
    LOOK_KIND_COUNT
};

/* What a create asks for, with every name already resolved. Cells as in field.h, ids instead of names where
   field_row().names says so and the cloud wants ids. */
struct create_order {
    const char *name;
    uint32_t given; /* FIELD_BITs of values */
    struct value values[FIELD_COUNT];
    struct mark mark;
};

/* The meaning of `argument` and `value` by kind:
     RENAME               argument = new name
     SET_METADATA         argument = key, value = new value or NULL to delete the key
     RESIZE               argument = flavor id
     REBOOT               argument = "SOFT" or "HARD"
     ADD/REMOVE_..GROUP   argument = group name (or id); set = all groups that there shall be, for APIs that
                          replace the list; value = the group's id, with traits.groups_by_id
     ATTACH/DETACH_VOLUME argument = volume id
     REGISTER_KEYPAIR     argument = name on the cloud, value = the public key's line
     DELETE_KEYPAIR       argument = name on the cloud
   otherwise NULL. All text lives in the turn's arena that made the call; whoever keeps a call copies it. */
struct call {
    uint64_t id; /* unique over the life of the ledger; 0 = none */
    enum call_kind kind;
    const char *cloud;
    const char *provider_id; /* the server; NULL for create, key pairs, lists and catalogues */
    const char *argument;
    const char *value;
    struct value set;
    const char *nic; /* the server's first network interface, where it is known: facts.nic */
    const struct create_order *create;
    enum look_kind look;
    enum catalogue_kind catalogue;
    unsigned variant; /* CATALOGUE: the how-manieth way to read it, 0 first; the next is tried where one is
                         not served */
    const char *page; /* continuation from the previous page's reply; NULL = first page */
    int64_t since_wall_ms; /* LOOK_CHANGES */
};

const char *call_name(enum call_kind kind); /* "AddSecurityGroup" */
bool call_from_name(const char *name, enum call_kind *out);
bool call_is_mutating(enum call_kind kind);

#endif
