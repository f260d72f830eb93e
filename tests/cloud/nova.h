/* What the Nova dialects have in common. */
#ifndef SETPOINT_TESTS_CLOUD_NOVA_H
#define SETPOINT_TESTS_CLOUD_NOVA_H

#include "dialect.h"

extern const struct route nova_routes[];

/* Switches: those that both have come first, so that a number means the same in both. */
enum {
    NOVA_THROTTLE,
    NOVA_TOKEN_LIFE,
    NOVA_VERIFY,
    NOVA_QUOTA,
    NOVA_SHARED_COUNT,
    NHN_SUCCESS = NOVA_SHARED_COUNT,
    NHN_TEXTS,
    NHN_PAGES,
    NHN_FRESH_LIST,
    NHN_UNKNOWN_KEYS,
    NHN_NETWORKS,
    NHN_PROTECT,
    NHN_SWITCH_COUNT,
    OPENSTACK_OFFLOAD = NOVA_SHARED_COUNT,
    OPENSTACK_PATH,
    OPENSTACK_SOFT_DELETE,
    OPENSTACK_SWITCH_COUNT,
};

extern const struct dialect_switch nhn_switches[], openstack_switches[];

/* Whether the cloud is of this dialect and the switch in this position. */
bool nova_switch(const struct call *call, enum cloud_dialect dialect, unsigned number, unsigned position);
/* What a request sets going: how long a state or a token will last. */
void nova_switch_note(struct call *call);
/* The finished reply: status and headers. */
void nova_switch_reply(struct call *call);
const char *nova_switch_text(const struct call *call, const char *message);
bool nova_switch_links(const struct call *call);
/* A new server that lists do not show yet. */
bool nova_switch_hides(const struct call *call, const struct server *server);
/* Unknown keys of a body are refused. */
bool nova_switch_strict(const struct call *call);
/* The status of a refusal for a full quota. */
int nova_switch_quota(const struct call *call);
/* GET of a server in the bin: the route, or NULL. */
const struct route *nova_switch_binned(const struct call *call);
void handle_vpcs(struct call *call);
void handle_vpcsubnets(struct call *call);

#endif
