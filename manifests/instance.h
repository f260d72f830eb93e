#ifndef SETPOINT_MANIFESTS_INSTANCE_H
#define SETPOINT_MANIFESTS_INSTANCE_H

#include <stdbool.h>
#include <stdint.h>

#include "manifests/document.h"
#include "manifests/load.h"
#include "manifests/revision.h"

/* Documents of a source to specs: merging, references inside the source, and what the provider's table
 * refuses. */

enum { USER_DATA_CACHE = 16 /* a Class's user data is read and encoded once, not once per Instance */ };

struct instance_reader {
    struct document_row instances, classes, keypairs; /* sorted */
    bool whole;                  /* every file was read: a Class that is not there does not exist */
    const struct config *config; /* NULL: clouds are not looked up */
    struct mistakes *mistakes;
    struct arena turn;    /* of the instance in hand: merged trees, cells before they are interned */
    struct intern *texts; /* over the generation's arena */
    struct revision revision;
    struct {
        const struct origin *origin; /* with `written`, both by address: where and what was written */
        const char *written;
        const char *base64;
    } cache[USER_DATA_CACHE];
    unsigned cache_next;
};

/* One sound document of kind Instance. False when there was a mistake. */
bool instance_build(struct instance_reader *reader, const struct document *document, struct spec *out);

/* What can be said of one that has mistakes: whether its class and its cloud exist. */
void instance_check_references(struct instance_reader *reader, const struct document *document);

/* What two specs of one source must not share: a server's name on one cloud, an adopted id, a former name.
   The specs are sorted by name. */
void instances_check_unique(const struct spec *specs, uint32_t count, struct mistakes *mistakes);

/* The Cloud that `cloud` names. NULL: none of that name is configured, or the source may not use it (a
   mistake was added). */
const struct cloud_config *cloud_named(struct instance_reader *reader, const struct document *document,
                                       const struct node *cloud);

/* All Keypairs: what is sound becomes rows of the generation, one for each cloud, sorted. What is wrong,
   also that two want one name on one cloud, is a mistake. keypair.c */
void keypairs_build(struct instance_reader *reader, struct generation *generation);

/* The values of all managed fields (values.c). `spec` is the merged map; what is wrong is a mistake. `traits`
   NULL: not known. */
void values_build(struct instance_reader *reader, const struct document *document, const struct node *spec,
                  const struct traits *traits, struct spec *out);

/* What is asked of the cloud's provider that it has no call for: a rebuild, an image of a server, a reboot.
 */
void lifecycle_check(struct instance_reader *reader, const struct node *spec, const struct traits *traits,
                     const struct lifecycle *life);

#endif
