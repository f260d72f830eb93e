#ifndef SETPOINT_TESTS_SIM_OPERATION_H
#define SETPOINT_TESTS_SIM_OPERATION_H

#include <stdbool.h>

#include "tests/cloud/cloud.h"

/* What a request asks for, read from its method, path and body as each dialect's documents have them, and
   which states allow it. Typed from the facts; the product's codecs and tables have no part in it. */
enum operation {
    OPERATION_READ,
    OPERATION_CREATE,
    OPERATION_RENAME,
    OPERATION_METADATA,
    OPERATION_RESIZE,
    OPERATION_CONFIRM,
    OPERATION_START,
    OPERATION_STOP,
    OPERATION_SHELVE,
    OPERATION_UNSHELVE,
    OPERATION_REBOOT_SOFT,
    OPERATION_REBOOT_HARD,
    OPERATION_ADD_GROUP,
    OPERATION_REMOVE_GROUP,
    OPERATION_SET_GROUPS, /* the whole list is replaced */
    OPERATION_ATTACH,
    OPERATION_DETACH,
    OPERATION_ASSOCIATE, /* a floating IP */
    OPERATION_RELEASE,
    OPERATION_DELETE,
    OPERATION_REBUILD,
    OPERATION_SNAPSHOT,
    OPERATION_REGISTER_KEY, /* a public key under a name */
    OPERATION_DELETE_KEY,
    OPERATION_OTHER, /* mutating, and nothing that a daemon of this kind has to send */
    OPERATION_COUNT
};

struct request_meaning {
    enum operation operation;
    char server[CLOUD_ID_SIZE]; /* whose; "" = none */
    char name[64]; /* of a create: the new server's; of an address that names no server: its id; a key pair's;
                      "" = none */
};
/* body NULL = none */
void request_read(enum cloud_dialect dialect, const char *method, const char *path, const char *body,
                  struct request_meaning *out);
/* The key of a server's id in replies, quoted. */
const char *reply_id_key(enum cloud_dialect dialect);

const char *operation_call(enum operation operation); /* the word of the ledger: "AddSecurityGroup" */
/* The word fits: one request may serve two calls. */
bool operation_is_called(enum operation operation, const char *call);
bool operation_is_for_keys(enum operation operation);
bool operation_interrupts(enum operation operation);
/* The facts' table of state and action. */
bool operation_is_legal(enum cloud_dialect dialect, enum operation operation, const char *vm_state,
                        const char *task, bool launched);

#endif
