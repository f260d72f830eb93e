#ifndef SETPOINT_MANIFESTS_CLOUDS_YAML_H
#define SETPOINT_MANIFESTS_CLOUDS_YAML_H

#include <stdbool.h>
#include <stdint.h>

#include "reconcile/base/arena.h"
#include "reconcile/base/error.h"

/* One cloud of a clouds.yaml, with the values of the secure.yaml beside it (same folder, same suffix tried
   first) laid over it. The form and names are those of the SDK's configuration files; what comes out is named
   as in spec.auth of a Cloud document, so that the session needs only one kind of input. */
enum { CLOUDS_YAML_VALUES_MAX = 8 };

struct clouds_yaml_value {
    const char *name; /* "username", "applicationCredential.secret", as struct auth_field.name */
    const char *text;
    bool secret;
};

/* All text lives in the arena given to clouds_yaml_read; it holds secrets in the clear: release it soon. */
struct clouds_yaml {
    const char *auth_url;
    const char *region;    /* NULL */
    const char *interface; /* "public" when not given */
    const char *cacert;    /* NULL */
    const char *form;      /* "password", "application credential" or "tenant password" (v2password) */
    struct clouds_yaml_value values[CLOUDS_YAML_VALUES_MAX];
    uint32_t value_count;
    bool exposed; /* a file with a secret in it can be read by every user: say so */
};

/* Blocks on the disk. cloud NULL: the only one in the file. On failure err has file, line and column where
   they are known; it never contains a value from below `auth`. */
bool clouds_yaml_read(const char *file, const char *cloud, struct arena *arena, struct clouds_yaml *out,
                      struct error *err);

#endif
