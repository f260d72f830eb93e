/* The dialect nhn-v1: NHN Cloud Instance API v1, with the lists of Image v1 and VPC v1 below the same base.
 * Appkey in the path, an envelope with status 200 around everything. Facts: its guides and table of codes. */
#ifndef SETPOINT_TESTS_CLOUD_NHNV1_H
#define SETPOINT_TESTS_CLOUD_NHNV1_H

#include "dialect.h"

/* What the guides leave open; the rows are in nhnv1_switches.c, in this order. */
enum v1_switch {
    V1_GONE,
    V1_DELETE_REPLY,
    V1_DELETE_TWICE,
    V1_EXPIRED,
    V1_RESIZE_FROM,
    V1_REBOOT_FROM,
    V1_ATTACH_FROM,
    V1_CONFIRM,
    V1_COUNT_NAMES,
    V1_MAX_VOLUME,
    V1_NAMES,
    V1_THROTTLE,
    V1_FOREIGN_STATES,
    V1_METADATA,
    V1_FAILURE,
    V1_NUMBERS,
    V1_TIMES,
    V1_U2_VOLUME,
    V1_VOLUME_SIZE,
    V1_IMAGE_MARKER,
    V1_FORBIDDEN,
    V1_SWITCH_COUNT,
};
extern const struct dialect_switch v1_switches[];
extern const struct route v1_routes[];

/* The families of codes: family * 1000 + HTTP status. */
enum v1_family {
    V1_INSTANCE = 10,
    V1_FLAVOR = 11,
    V1_ZONE = 12,
    V1_KEYPAIR = 13,
    V1_NETWORK = 20,
    V1_SUBNET = 21,
    V1_FLOATING_IP = 22,
    V1_GROUP = 24,
    V1_IMAGE = 30,
    V1_VOLUME = 40,
    V1_TOKEN = 50,
};
enum v1_code {
    V1_SUCCESS = 0,
    V1_FAIL = -1,
    V1_UNKNOWN_EXCEPTION = -2,
    V1_DENIED = -3,
    V1_BAD_PARAMETER = -4,
    V1_NONEXISTENT = -5,
    V1_NOT_SUPPORTED = -7,
    V1_NOT_JSON = -8,
};

/* The appkey of a user's project: the first 16 characters of its credential_id. */
enum { V1_APPKEY_SIZE = 17 };

/* "{" and the header of a success; the payload and v1_close follow. */
struct buffer *v1_open(struct call *call);
void v1_close(struct call *call);
/* A header and nothing else. */
void v1_accept(struct call *call);
/* A refusal with this code; `meant` is the HTTP status that stands for it in the records. */
__attribute__((format(printf, 4, 5))) bool v1_refuse(struct call *call, int meant, int code,
                                                     const char *format, ...);
/* By family and status: v1_refuse with family * 1000 + status. */
__attribute__((format(printf, 4, 5))) bool v1_refuse_by(struct call *call, enum v1_family family, int status,
                                                        const char *format, ...);
/* A number, or its digits as text (switch numbers). */
void v1_put_number(const struct call *call, struct buffer *out, const char *key, int64_t value);
void v1_put_truth(const struct call *call, struct buffer *out, const char *key, bool value);
void v1_put_time(const struct call *call, struct buffer *out, const char *key, int64_t at_ms);

/* nhnv1_state.c: what v1 calls the state, and what it allows in it. */
const char *v1_status(const struct call *call, const struct face *face);
enum v1_act {
    V1_START,
    V1_STOP,
    V1_REBOOT_SOFT,
    V1_REBOOT_HARD,
    V1_RESIZE,
    V1_UPLOAD_IMAGE,
    V1_SET_GROUP,
    V1_SET_FLOATING_IP,
    V1_ATTACH,
    V1_DETACH,
    V1_ACT_COUNT,
};
/* False: the call has its 10409. */
bool v1_allows(struct call *call, enum v1_act act);

/* The floating address on this interface; NULL when there is none. */
struct item *v1_floating(const struct call *call, const struct nic *nic);

/* Handlers, each in the file of its noun. */
void v1_token(struct call *call);
void v1_token_show(struct call *call);
void v1_list(struct call *call);
void v1_list_detail(struct call *call);
void v1_show(struct call *call);
void v1_show_brief(struct call *call);
void v1_create(struct call *call);
void v1_delete(struct call *call);
void v1_action(struct call *call);
void v1_attach(struct call *call);
void v1_detach(struct call *call);
void v1_zones(struct call *call);
void v1_flavors(struct call *call);
void v1_keypairs(struct call *call);
void v1_keypair(struct call *call);
void v1_keypair_create(struct call *call);
void v1_keypair_delete(struct call *call);
void v1_images(struct call *call);
void v1_networks(struct call *call);
void v1_subnets(struct call *call);
void v1_groups(struct call *call);

/* The operation's static name for an action's word; "unknown-action". */
const char *v1_action_operation(const char *word);

#endif
