#include "reconcile/field.h"

#include <string.h>

#include "reconcile/base/assert.h"

static const struct field_row rows[FIELD_COUNT] = {
    [FIELD_NAME] = {"name", SHAPE_SCALAR, 1, CATALOGUE_NONE, false},
    [FIELD_POWER] = {"power", SHAPE_SCALAR, 1, CATALOGUE_NONE, false},
    [FIELD_FLAVOR] = {"flavor", SHAPE_SCALAR, 1, CATALOGUE_FLAVOR, false},
    [FIELD_IMAGE] = {"image", SHAPE_SCALAR, 1, CATALOGUE_IMAGE, false},
    [FIELD_ZONE] = {"zone", SHAPE_SCALAR, 1, CATALOGUE_NONE, false},
    [FIELD_KEYPAIR] = {"keypair", SHAPE_SCALAR, 1, CATALOGUE_NONE, false},
    [FIELD_NETWORKS] = {"networks", SHAPE_RECORDS, 3, CATALOGUE_NONE, false},
    [FIELD_SECURITY_GROUPS] = {"securityGroups", SHAPE_SET, 1, CATALOGUE_NONE, false},
    [FIELD_ROOT_DISK] = {"rootDisk", SHAPE_RECORDS, 3, CATALOGUE_NONE, false},
    [FIELD_VOLUMES] = {"volumes", SHAPE_SET, 1, CATALOGUE_NONE, false},
    [FIELD_USER_DATA] = {"userData", SHAPE_SCALAR, 1, CATALOGUE_NONE, true},
    [FIELD_METADATA] = {"metadata", SHAPE_MAP, 2, CATALOGUE_NONE, false},
    [FIELD_FLOATING_IP] = {"floatingIp", SHAPE_SCALAR, 1, CATALOGUE_NONE, false},
};

static const char *const kinds[CATALOGUE_KIND_COUNT] = {
    [CATALOGUE_FLAVOR] = "flavor",
    [CATALOGUE_IMAGE] = "image",
    [CATALOGUE_NETWORK] = "network",
    [CATALOGUE_SUBNET] = "subnet",
    [CATALOGUE_SECURITY_GROUP] = "security group",
    [CATALOGUE_ZONE] = "zone",
    [CATALOGUE_KEYPAIR] = "keypair",
    [CATALOGUE_FLOATING_IP] = "floating IP",
    [CATALOGUE_PORT] = "port",
};

const struct field_row *field_row(enum field field)
{
    ASSERT(field < FIELD_COUNT);
    return &rows[field];
}

bool field_from_name(const char *name, enum field *out)
{
    for (unsigned i = 0; i < FIELD_COUNT; i++) {
        if (strcmp(rows[i].name, name) != 0) continue;
        *out = (enum field)i;
        return true;
    }
    return false;
}

const char *catalogue_kind_name(enum catalogue_kind kind)
{
    ASSERT(kind < CATALOGUE_KIND_COUNT);
    return kinds[kind];
}

const char *catalogue_kind_word(enum catalogue_kind kind)
{
    ASSERT(kind < CATALOGUE_KIND_COUNT);
    if (kind == CATALOGUE_SECURITY_GROUP) return "security-group";
    return kind == CATALOGUE_FLOATING_IP ? "floating-ip" : kinds[kind];
}
