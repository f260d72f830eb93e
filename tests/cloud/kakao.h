/*
 * The dialect kakaocloud: BCS instances behind an application credential at IAM. Typed from the facts (the
 * vendor's SDK and its Terraform provider), not from the product. What the facts leave open are the switches.
 */
#ifndef SETPOINT_TESTS_CLOUD_KAKAO_H
#define SETPOINT_TESTS_CLOUD_KAKAO_H

#include "dialect.h"

enum kakao_switch {
    KAKAO_SUCCESS,
    KAKAO_LOGIN_STATUS,
    KAKAO_ACTION_BODY,
    KAKAO_ERROR_CODE,
    KAKAO_WRONG_STATE,
    KAKAO_VALIDATION,
    KAKAO_EXPIRED_TOKEN,
    KAKAO_QUOTA_ERROR,
    KAKAO_RETRY_AFTER,
    KAKAO_LIMIT_CAP,
    KAKAO_TOTAL,
    KAKAO_STATUS_WORDS,
    KAKAO_STATUS_SOURCE,
    KAKAO_NULLS,
    KAKAO_DELETED_LISTED,
    KAKAO_DELETED_GET,
    KAKAO_DELETE_BUSY,
    KAKAO_ERROR_ACTIONS,
    KAKAO_FRESH_GET,
    KAKAO_FRESH_LIST,
    KAKAO_AFTER_PUT,
    KAKAO_RESIZE_BEGINS,
    KAKAO_NO_GROUPS,
    KAKAO_NAME_RULES,
    KAKAO_UNKNOWN_KEYS,
    KAKAO_SWITCH_COUNT,
};

/* Positions that more than one file asks for; 0 is the default of each. */
enum {
    KAKAO_DELETED_AS_DELETED = 0,
    KAKAO_DELETED_AS_BEFORE,
    KAKAO_DELETED_NOT_LISTED,

    KAKAO_NULLS_FEW = 0,
    KAKAO_NULLS_NULL,
    KAKAO_NULLS_ABSENT,
};

/* How long the switches' lags last. */
enum {
    KAKAO_DELETED_MS = 4000,
    KAKAO_FRESH_GET_MS = 1500,
    KAKAO_FRESH_LIST_MS = 2000,
    KAKAO_AFTER_PUT_MS = 1500,
};

extern const struct route kakao_routes[];

/* kakao.c: an error about a field of the body: 400, or the framework's 422. */
__attribute__((format(printf, 3, 4))) bool kakao_invalid(struct call *call, const char *field,
                                                         const char *format, ...);
/* Success without anything to show: an action. */
void kakao_done(struct call *call);
/* An action that changes nothing but a part of the server: {"KEY": {"id": ID}}. */
void kakao_done_with(struct call *call, const char *key, const char *id);
/* 200, or what the switch makes of it (202 for accepted work, 204 for deletions). */
int kakao_success(const struct call *call, int other);

/* kakao_rules.c: which action is taken in which state. Else the call has its refusal. */
enum kakao_rule {
    KAKAO_RULE_START,
    KAKAO_RULE_STOP,
    KAKAO_RULE_SOFT_REBOOT,
    KAKAO_RULE_HARD_REBOOT,
    KAKAO_RULE_SHELVE,
    KAKAO_RULE_UNSHELVE,
    KAKAO_RULE_RESIZE,
    KAKAO_RULE_REBUILD,
    KAKAO_RULE_PARTS, /* volumes, interfaces, groups, public IPs */
    KAKAO_RULE_EDIT,
    KAKAO_RULE_DELETE,
    KAKAO_RULE_COUNT,
};
bool kakao_allows(struct call *call, enum kakao_rule rule);

/* kakao_view.c: an instance as GET and the list show it; another one as PUT does. */
void kakao_view(const struct call *call, struct buffer *out, const struct server *server,
                const struct face *face);
void kakao_view_update(const struct call *call, struct buffer *out, const struct server *server);
/* The public IP that is on the interface, or NULL. */
struct item *kakao_public_ip(const struct call *call, const struct nic *nic);

/* kakao_list.c */
void kakao_list(struct call *call);
void kakao_show(struct call *call);
/* limit and offset of the call, checked and capped; false with its error. */
struct kakao_window {
    unsigned limit;
    unsigned offset;
    unsigned told_limit;
};
bool kakao_window(struct call *call, struct kakao_window *out);
void kakao_pagination(struct call *call, const struct kakao_window *window, size_t total);

/* kakao_login.c */
void kakao_token(struct call *call);
void kakao_token_check(struct call *call);
/* kakao_create.c */
void kakao_create(struct call *call);
/* A name or description that the rules take; false with the call's error. */
bool kakao_name_good(struct call *call, const char *name);
bool kakao_description_good(struct call *call, const char *text);
/* kakao_actions.c */
void kakao_update(struct call *call);
void kakao_delete(struct call *call);
void kakao_start(struct call *call);
void kakao_stop(struct call *call);
void kakao_soft_reboot(struct call *call);
void kakao_hard_reboot(struct call *call);
void kakao_shelve(struct call *call);
void kakao_unshelve(struct call *call);
void kakao_resize(struct call *call);
void kakao_rebuild(struct call *call);
void kakao_action_logs(struct call *call);
/* kakao_parts.c */
void kakao_attach_volume(struct call *call);
void kakao_detach_volume(struct call *call);
void kakao_interfaces(struct call *call);
void kakao_add_group(struct call *call);
void kakao_remove_group(struct call *call);
void kakao_associate_ip(struct call *call);
void kakao_release_ip(struct call *call);
/* kakao_catalogue.c */
void kakao_flavors(struct call *call);
void kakao_images(struct call *call);
void kakao_subnets(struct call *call);
void kakao_groups(struct call *call);
void kakao_keypairs(struct call *call);
void kakao_keypair_create(struct call *call);
void kakao_keypair_delete(struct call *call);
void kakao_public_ips(struct call *call);

#endif
