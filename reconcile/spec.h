#ifndef SETPOINT_SPEC_H
#define SETPOINT_SPEC_H

#include <stdbool.h>
#include <stdint.h>

#include "reconcile/base/arena.h"
#include "reconcile/field.h"
#include "reconcile/phase.h"
#include "reconcile/value.h"

/* One desired instance after merging Instance over Class over built-in, and the immutable generation that
   holds all of one source. */

enum on_immutable { ON_IMMUTABLE_BLOCK, ON_IMMUTABLE_REPLACE, ON_IMMUTABLE_REBUILD };
enum on_error { ON_ERROR_HOLD, ON_ERROR_REPAIR, ON_ERROR_REPLACE };
enum restart_type { RESTART_SOFT, RESTART_HARD };
enum on_stuck { ON_STUCK_HOLD, ON_STUCK_REPLACE };

/* What comes before the delete of a server that ran (retire.h). */
struct retire_policy {
    int64_t stop_for_ms; /* so long it is left stopped; 0 = not at all. Only of what left the manifests */
    bool snapshot;       /* an image of it, active before the delete; before a replacement's delete, too */
};

struct lifecycle {
    bool protect;
    enum on_immutable on_immutable;
    enum on_error on_error;
    enum on_stuck on_stuck;
    int64_t build_timeout_ms;
    int64_t restart_wall_ms; /* spec.restart.at; 0 = none */
    enum restart_type restart_type;
    struct retire_policy retire;
    uint32_t ignore;      /* FIELD_BITs: drift is reported, not corrected */
    uint32_t create_only; /* FIELD_BITs: a change concerns new servers only */
};

/* The built-in values of DESIGN.md section 4. */
struct lifecycle lifecycle_default(void);

struct spec {
    const char *name;  /* metadata.name */
    const char *was;   /* "old" or "source/old"; NULL */
    const char *adopt; /* provider id; NULL */
    const char *cloud;
    struct value labels;              /* map */
    uint32_t managed;                 /* FIELD_BITs; FIELD_NAME and FIELD_POWER are always managed */
    struct value values[FIELD_COUNT]; /* names as written; flavor, image, groups … are resolved in the core */
    struct lifecycle lifecycle;
    const char *file; /* where it stands, as given by the reader */
    unsigned line, column;
    uint64_t hash; /* over all of the above but the position: equal hash = nothing to do at a swap */
};

enum phase spec_power(const struct spec *spec); /* RUNNING, STOPPED or SHELVED */
uint64_t spec_hash(const struct spec *spec);

/* A public key that is to be registered in one cloud: a document of kind Keypair is one of these for each
   cloud that it names. */
struct keypair_spec {
    const char *name; /* metadata.name */
    const char *cloud;
    const char *key_name;   /* its name on the cloud */
    const char *public_key; /* a line as public_key.h makes it */
    const char *file;
    unsigned line, column;
};

/* In the order of generations: by name, cloud and the name on the cloud. */
int keypair_spec_compare(const struct keypair_spec *a, const struct keypair_spec *b);

/* All of one source as read at one time. Made by manifests/ on a worker thread, then immutable. The core owns
   it from EVENT_GENERATION on and frees it when no object needs it (generation_free). Specs are sorted by
   name. */
struct generation {
    struct arena arena;
    const char *source;
    const char *revision; /* git commit, or the hash of all files: 16 hex digits */
    struct spec *specs;
    uint32_t count;
    struct keypair_spec *keypairs; /* sorted */
    uint32_t keypair_count;
    uint32_t files;
};

struct generation *generation_new(const char *source);
void generation_free(struct generation *generation);

#endif
