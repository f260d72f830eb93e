#ifndef SETPOINT_TRAITS_H
#define SETPOINT_TRAITS_H

#include <stdbool.h>
#include <stdint.h>

#include "reconcile/call.h"
#include "reconcile/field.h"
#include "reconcile/phase.h"

/* Everything the core and the manifest reader know of a provider: tables, no code. */

enum visibility { SEEN_IN_LIST, SEEN_IN_GET, UNSEEN };

struct field_trait {
    enum visibility visibility; /* even a seen field may be missing from one reply: facts.seen decides */
    enum call_kind change; /* the call that changes it in place, CALL_NONE = immutable. Sets and maps: the
                              adding call; the removing one is change_away */
    enum call_kind change_away;
    const char *refused; /* not NULL: a manifest may not give this field here, and why (a static mistake) */
    bool rebuilds; /* immutable, but CALL_REBUILD puts it right on the same server, whose root disk is lost */
};

/* How a field is put right, the milder before the harder. What its row says is all there is: the choice
   between the two hard ones and none is lifecycle.onImmutableChange's. */
enum means {
    MEANS_EDIT,    /* name, metadata, groups, volumes, addresses: the server stays as it is */
    MEANS_RESIZE,  /* power may be left for it */
    MEANS_REBUILD, /* the same server with another root disk */
    MEANS_REPLACE  /* another server */
};

/* A value that a manifest may not give here: a static mistake. Without any condition every value but "". */
struct refusal {
    enum field field;
    uint8_t column;         /* of the field's rows */
    const char *text;       /* exactly this one */
    const char *characters; /* with any but ASCII letters, digits and these */
    const char *without;    /* with any of these */
    bool uuid;              /* an id where a name is wanted */
    bool pair;              /* anything but A/B */
    uint8_t rows_most;      /* rows behind so many, whatever they say */
    unsigned step, most;    /* a number that is no multiple of step, is 0 or over most */
    const char *why;        /* and what would be right */
};

/* What a new server needs by what the cloud's lists say of its image and flavor (fit.h). Such a rule blocks
   the one object, never its source. Bounds of 0 are none. */
enum fit_measure {
    FIT_NAME,        /* characters of the server's name */
    FIT_RAM,         /* MiB of the flavor */
    FIT_ROOT_DISK,   /* GiB; `step`: what is proposed is a multiple of it */
    FIT_NO_OWN_DISK, /* a flavor with a root disk of its own will not do */
    FIT_LOCAL_SAID   /* a flavor with a disk of its own wants rootDisk.type: traits.local_disk */
};
struct fit_rule {
    enum fit_measure measure;
    bool windows; /* only for images of Windows */
    unsigned least, most, step;
};

/* When a call may be made again although nothing of the first is seen. */
enum repeat { REPEAT_FREE, REPEAT_NEVER, REPEAT_ONCE_PER_VALUE, REPEAT_BY_NAME };

/* What must be observed for the call to be done. */
enum closed_by {
    CLOSED_BY_SIGHTING,  /* create: a server with our mark, or the id the reply told */
    CLOSED_BY_PHASE,     /* the server is in `to` */
    CLOSED_BY_FIELD,     /* the gap in the field that the call changes is gone */
    CLOSED_BY_ABSENCE,   /* delete */
    CLOSED_BY_IMAGE,     /* snapshot: the cloud's list shows the image, ready */
    CLOSED_BY_BEGINNING, /* reboot: seen busy, or steady again after grace */
    CLOSED_BY_CATALOGUE  /* key pairs: what the next reading of them shows */
};

enum { COST_PLAIN = 1, COST_INTERRUPTS = 10 };

/* Returns to where the server was when the change began: facts.rests. */
#define PHASE_RESTS PHASE_COUNT

/* One row says: `call` is legal in the phases `from`; it leads to `to` (the phase itself when PHASE_RESTS). A
   call that is legal in several phases with different ends has several rows. A call without any row does not
   exist here. Rows of calls that only policy starts (create, delete, rebuild, reboot) are marked `policy`:
   the route search does not use them, legality (S8) does. */
struct transition {
    enum call_kind call;
    uint32_t from; /* PHASE_BITs */
    enum phase to;
    int cost;
    enum closed_by closed_by;
    int64_t grace_ms;    /* how long the old steady state still means "not begun yet" */
    int64_t deadline_ms; /* past it the call is Stuck */
    enum repeat repeat;
    enum call_kind then; /* needed after it: CONFIRM_RESIZE; CALL_NONE */
    int64_t from_age_ms; /* the phase must have been seen this long first (NHN confirms resizes by itself) */
    const char *harder;  /* argument of the next try when one was accepted and nothing came of it; NULL = the
                            same again */
    bool policy;
};

/* One key of spec.auth, for the reader and the session. */
struct auth_field {
    const char *name; /* "password", or dotted: "applicationCredential.secret" */
    bool secret;      /* given as {credential: NAME} or {file: PATH} */
    bool required;
};
/* Alternatives: a Cloud's auth must match all required keys of one form and have no key outside it. */
struct auth_form {
    const char *title; /* for messages: "password", "application credential" */
    const struct auth_field *fields;
    unsigned count;
};

/* Named endpoints a Cloud document may override (spec.endpoints). */
enum service {
    SERVICE_COMPUTE,
    SERVICE_IMAGE,
    SERVICE_NETWORK,
    SERVICE_VOLUME,
    SERVICE_VPC, /* subnets, where they are not the network service's */
    SERVICE_IDENTITY,
    SERVICE_COUNT
};
const char *service_name(enum service service); /* "compute" */

struct traits {
    const char *provider; /* the word in the manifest */
    enum mark_form mark;
    bool mark_in_one; /* as metadata: one call writes several keys and leaves the others alone */
    bool create_returns_id;
    bool absence_by_get;    /* GET of a gone server says absent */
    bool incremental;       /* LOOK_CHANGES exists */
    bool recycle_bin;       /* what was deleted may be listed as gone until it is deleted once more */
    bool role_in_mark;      /* replace may create the successor first */
    bool groups_by_id;      /* group calls name the group by id: call.value */
    bool groups_at_once;    /* a group call tells the whole set: call.set */
    bool clouds_yaml;       /* spec.cloudsYaml may stand in place of auth */
    int64_t settle_ms;      /* default of Cloud spec.settle, S1 */
    unsigned name_max;      /* server name, characters */
    unsigned user_data_max; /* base64 bytes */
    unsigned metadata_keys_max;
    unsigned list_page;   /* servers asked per page */
    bool lists_end_empty; /* no sign tells of a next page: the whole list ends where nothing new comes */
    struct field_trait fields[FIELD_COUNT];
    uint32_t required; /* FIELD_BITs without which nothing is built: left out they are a static mistake */
    const struct refusal *refusals;
    unsigned refusal_count;
    const struct fit_rule *fits;
    unsigned fit_count;
    unsigned root_default_gib; /* of a root disk whose size is not given; 0 = the cloud chooses */
    bool root_is_volume;     /* also without rootDisk: a volume made from the image, not the flavor's disk */
    const char *local_disk;  /* the rootDisk.type that means the flavor's own disk; NULL = there is none */
    uint32_t desired_phases; /* PHASE_BITs among running, stopped, shelved: others are a static mistake */
    struct {
        unsigned name_max;      /* characters; 0 = not known */
        const char *characters; /* of its name beside ASCII letters and digits; NULL = not known */
    } keypair;                  /* where there is REGISTER_KEYPAIR */
    uint32_t catalogues;        /* bits of enum catalogue_kind that can be read */
    bool zones_of_place; /* not listed, and called after the session's place: "kr-central-2-a" of kr-central-2
                          */
    const struct transition *transitions;
    unsigned transition_count;
    const struct auth_form *auth_forms;
    unsigned auth_form_count;
    const char *const
        *cloud_keys; /* keys of a Cloud's spec that it must have, NULL-terminated; NULL = none */
};

/* Table look-ups. */
bool traits_allow(const struct traits *traits, enum call_kind call, enum phase from);
const struct transition *traits_transition(const struct traits *traits, enum call_kind call, enum phase from);
/* Key pairs can be registered and removed. */
bool traits_has_keypairs(const struct traits *traits);
bool traits_has_call(const struct traits *traits, enum call_kind call);
/* Whether this cell is what the row refuses; "" never is. */
bool refusal_hits(const struct refusal *refusal, const char *cell);
/* Whether this row of the field's value is. */
bool refusal_hits_row(const struct refusal *refusal, struct value value, unsigned row);
/* The first row that refuses a value of the field; NULL: a manifest may give it. */
const struct refusal *traits_refusal(const struct traits *traits, enum field field, struct value value);
enum means traits_means(const struct traits *traits, enum field field);

#endif
