/*
 * The dialect tencent-gateway: /v1/tencent/compute/... and /v1/authentication/login, all POST, an envelope
 * with HTTP 200 around everything. Typed from the facts (the gateway's guide, the product's other documents,
 * CVM's error lists), not from the product under test. What they leave open are the switches.
 */
#ifndef SETPOINT_TESTS_CLOUD_TENCENT_H
#define SETPOINT_TESTS_CLOUD_TENCENT_H

#include "dialect.h"

/* The rows are in tencent.c, in this order; 0 is the default of each. */
enum tencent_switch {
    TENCENT_AUTH_FAILURE,
    TENCENT_SCHEME,
    TENCENT_TOKEN,
    TENCENT_CODE_KEY,
    TENCENT_ERROR_TEXT,
    TENCENT_BATCH,
    TENCENT_PAGE_NUM,
    TENCENT_PAGE_CAP,
    TENCENT_TOTAL,
    TENCENT_MISSING,
    TENCENT_RELEASE,
    TENCENT_BINNED,
    TENCENT_LAUNCH_FAILED,
    TENCENT_UPDATE_NAME,
    TENCENT_FLIP,
    TENCENT_OPERATION,
    TENCENT_SCOPE,
    TENCENT_FRESH_LIST,
    TENCENT_SOFT_STOP,
    TENCENT_UNKNOWN_KEYS,
    TENCENT_LOGOUT,
    TENCENT_SWITCH_COUNT,
};

enum {
    TENCENT_VANISH_MS = 6000,   /* what failed to launch is taken away */
    TENCENT_PASSWORD_MS = 1200, /* a new one runs while its password is being set */
    TENCENT_FLIP_MS = 300,      /* until LatestOperationState shows what was accepted */
    TENCENT_FRESH_LIST_MS = 1500,
};

extern const struct route tencent_routes[];

/* --- tencent.c: envelopes --- */

/* "{…,"data":"; the data and tencent_close follow. */
struct buffer *tencent_open(struct call *call);
void tencent_close(struct call *call);
/* Accepted: nothing is told. */
void tencent_done(struct call *call);
/* A refusal by CVM behind the gateway, in its words; always false. */
__attribute__((format(printf, 3, 4))) bool tencent_refuse(struct call *call, const char *code,
                                                          const char *format, ...);
/* One by the gateway itself. */
__attribute__((format(printf, 4, 5))) bool tencent_fail(struct call *call, int scode, const char *text,
                                                        const char *format, ...);
/* A member of the body; NULL when absent or null. */
const cJSON *tencent_member(const struct call *call, const char *key);
const char *tencent_text(const struct call *call, const char *key); /* "" when it is none */
/* Region, TenantUuid and ClusterUuid are there, and nothing else but these (switch). */
bool tencent_body(struct call *call, const char *const *known);
/* "img-rockylinux9": an id in Tencent's manner, from an item's name. */
enum { TENCENT_CODE_SIZE = 64 };
const char *tencent_code(const char *prefix, const struct item *item, char *out);
struct item *tencent_item(const struct call *call, enum cloud_item_kind kind, const char *prefix,
                          const char *code);

/* --- tencent_state.c --- */
struct tencent_state {
    const char *state;     /* InstanceState */
    const char *operation; /* LatestOperation; NULL none */
    const char *operation_state;
    const char *request_id;
};
/* As the API shows it now. */
struct tencent_state tencent_state(const struct call *call, const struct server *server,
                                   const struct face *face);
enum tencent_act { TENCENT_ON, TENCENT_OFF, TENCENT_MODIFY, TENCENT_RESET, TENCENT_TERMINATE, TENCENT_ACTS };
/* By what it is in truth; false: the call has its refusal. */
bool tencent_allows(struct call *call, enum tencent_act act);
/* What failed to launch does not count as a server from then on. */
void tencent_sweep(struct cloud *cloud);
/* Gone, but shown: in the recycle bin; failed to launch and not taken away yet. */
bool tencent_is_binned(const struct server *server);
bool tencent_is_stillborn(const struct call *call, const struct server *server);

/* --- tencent_md5.c --- */
void tencent_md5(const char *text, char out[33]);

/* --- handlers, each in the file of its noun --- */
void tencent_login(struct call *call);
void tencent_logout(struct call *call);
void tencent_list(struct call *call);
void tencent_inspect(struct call *call);
void tencent_create(struct call *call);
void tencent_delete(struct call *call);
void tencent_update(struct call *call);
void tencent_reset(struct call *call);
void tencent_turn_on(struct call *call);
void tencent_turn_off(struct call *call);

#endif
