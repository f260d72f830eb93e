#include "reconcile/call.h"

#include "reconcile/base/assert.h"
#include "reconcile/base/text.h"

static const char *const names[CALL_COUNT] = {
    [CALL_CREATE] = "Create",
    [CALL_RENAME] = "Rename",
    [CALL_SET_METADATA] = "SetMetadata",
    [CALL_RESIZE] = "Resize",
    [CALL_CONFIRM_RESIZE] = "ConfirmResize",
    [CALL_START] = "Start",
    [CALL_STOP] = "Stop",
    [CALL_SHELVE] = "Shelve",
    [CALL_UNSHELVE] = "Unshelve",
    [CALL_REBOOT] = "Reboot",
    [CALL_REBUILD] = "Rebuild",
    [CALL_ADD_SECURITY_GROUP] = "AddSecurityGroup",
    [CALL_REMOVE_SECURITY_GROUP] = "RemoveSecurityGroup",
    [CALL_ATTACH_VOLUME] = "AttachVolume",
    [CALL_DETACH_VOLUME] = "DetachVolume",
    [CALL_ASSOCIATE_FLOATING_IP] = "AssociateFloatingIp",
    [CALL_RELEASE_FLOATING_IP] = "ReleaseFloatingIp",
    [CALL_SNAPSHOT] = "Snapshot",
    [CALL_DELETE] = "Delete",
    [CALL_REGISTER_KEYPAIR] = "RegisterKeypair",
    [CALL_DELETE_KEYPAIR] = "DeleteKeypair",
    [CALL_LOOK] = "Look",
};

const char *call_name(enum call_kind kind)
{
    ASSERT(kind < CALL_COUNT);
    return names[kind];
}

bool call_from_name(const char *name, enum call_kind *out)
{
    for (unsigned i = 0; i < CALL_COUNT; i++) {
        if (!text_equal(names[i], name)) continue;
        *out = (enum call_kind)i;
        return true;
    }
    return false;
}

bool call_is_mutating(enum call_kind kind)
{
    return kind != CALL_LOOK;
}
