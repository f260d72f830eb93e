/*
 * Which operation Nova allows in which state (nova/compute/api.py state checks;
 * the NHN guide where it is narrower). Typed by hand from the facts; shares
 * nothing with the product's tables.
 */
#ifndef SETPOINT_TESTS_CLOUD_RULES_H
#define SETPOINT_TESTS_CLOUD_RULES_H

#include "call.h"

enum rule_kind {
    RULE_START,
    RULE_STOP,
    RULE_REBOOT_SOFT,
    RULE_REBOOT_HARD,
    RULE_RESIZE,
    RULE_CONFIRM,
    RULE_REVERT,
    RULE_SHELVE,
    RULE_UNSHELVE,
    RULE_METADATA,
    RULE_RENAME,
    RULE_GROUP,
    RULE_ATTACH,
    RULE_DETACH,
    RULE_IMAGE,
    RULE_REBUILD,
    RULE_DELETE,
    RULE_KIND_COUNT,
};

/* True when allowed; else the call has its 409 (or 404 for groups without a port). */
bool rule_allows(struct call *call, const struct server *server, enum rule_kind kind);

#endif
