#ifndef SETPOINT_FIELD_H
#define SETPOINT_FIELD_H

#include <stdbool.h>
#include <stdint.h>

/* The managed fields of an instance: what can differ between desired and actual. Their meaning to the diff is
   the table in field.c; their spelling, ranges and documentation in manifests/schema.c are rows that name
   these ids (a test holds that each id has exactly one). What a provider can see and change: traits.h. */
enum field {
    FIELD_NAME,
    FIELD_POWER,
    FIELD_FLAVOR,
    FIELD_IMAGE,
    FIELD_ZONE,
    FIELD_KEYPAIR,
    FIELD_NETWORKS,        /* columns: kind (network|subnet|port), id or name, fixedIp or "" */
    FIELD_SECURITY_GROUPS, /* set of names or ids */
    FIELD_ROOT_DISK,       /* one record: size in GiB or "", type or "", deleteOnTermination true|false */
    FIELD_VOLUMES,         /* set of volume ids */
    FIELD_USER_DATA,       /* scalar: base64 */
    FIELD_METADATA,        /* map; only the keys named are managed */
    FIELD_FLOATING_IP, /* desired: one address of the account; observed: all of the server; or FLOATING_NONE
                        */
    FIELD_COUNT
};

#define FIELD_BIT(field) (UINT32_C(1) << (field))

enum field_shape { SHAPE_SCALAR, SHAPE_SET, SHAPE_MAP, SHAPE_RECORDS };

/* What a cloud must be asked to turn a name into an id. */
#define FLOATING_NONE "none" /* FIELD_FLOATING_IP: no address */

enum catalogue_kind {
    CATALOGUE_FLAVOR,
    CATALOGUE_IMAGE,
    CATALOGUE_NETWORK,
    CATALOGUE_SUBNET,
    CATALOGUE_SECURITY_GROUP,
    CATALOGUE_ZONE,
    CATALOGUE_KEYPAIR,
    CATALOGUE_FLOATING_IP, /* named by address; its entries tell what has it */
    CATALOGUE_PORT,        /* network interfaces, named by the id of their server */
    CATALOGUE_KIND_COUNT,
    CATALOGUE_NONE = CATALOGUE_KIND_COUNT
};

struct field_row {
    const char *name; /* as in the manifest: "securityGroups" */
    enum field_shape shape;
    uint8_t columns;
    enum catalogue_kind names; /* desired text may be a name from here */
    bool secret;               /* never shown: user data */
};

const struct field_row *field_row(enum field field);
bool field_from_name(const char *name, enum field *out);
const char *catalogue_kind_name(enum catalogue_kind kind); /* "flavor", "security group" */
const char *catalogue_kind_word(enum catalogue_kind kind); /* "security-group" */

#endif
