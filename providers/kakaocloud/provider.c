#include "providers/kakaocloud/kakaocloud.h"

#include "reconcile/base/instant.h"

/* Traits and transitions. From where an action is taken: the vendor's words in its SDK; where they say
   nothing, what its own Terraform provider does. Times: that provider waits 60 min for a create and 30 min
   for everything else. */

enum {
    NAME_MAX_CHARACTERS = 63,
    USER_DATA_MAX = 16384, /* 16 KB of base64 */

    SETTLE_MS = 180 * SECOND_MS, /* lag is not documented; the vendor's client takes up to ten 404 */

    GRACE_MS = 30 * SECOND_MS,
    GRACE_FIELD_MS = 15 * SECOND_MS, /* a GET right after an update may be old */

    DEADLINE_FIELD_MS = 2 * MINUTE_MS,
    DEADLINE_VOLUME_MS = 10 * MINUTE_MS,
    DEADLINE_MS = 30 * MINUTE_MS,
    DEADLINE_NONE = 0 /* create: buildTimeout judges */
};

#define RUNNING PHASE_BIT(PHASE_RUNNING)
#define STOPPED PHASE_BIT(PHASE_STOPPED)
#define SHELVED PHASE_BIT(PHASE_SHELVED)
#define ERRED   PHASE_BIT(PHASE_ERROR)

/* A call that changes one field and leaves the phase. */
#define FIELD_ROW(kind, phases, price, begin_ms, limit_ms)                                                   \
    {                                                                                                        \
        .call = (kind), .from = (phases), .to = PHASE_RESTS, .cost = (price), .closed_by = CLOSED_BY_FIELD,  \
        .grace_ms = (begin_ms), .deadline_ms = (limit_ms), .then = CALL_NONE                                 \
    }
/* A call that leads to a phase. */
#define PHASE_ROW(kind, phases, target, price, by_policy)                                                    \
    {                                                                                                        \
        .call = (kind), .from = (phases), .to = (target), .cost = (price), .closed_by = CLOSED_BY_PHASE,     \
        .grace_ms = GRACE_MS, .deadline_ms = DEADLINE_MS, .then = CALL_NONE, .policy = (by_policy)           \
    }
#define KEYPAIR_ROW(kind)                                                                                    \
    {                                                                                                        \
        .call = (kind), .from = PHASE_BIT(PHASE_GONE), .to = PHASE_RESTS, .cost = COST_PLAIN,                \
        .closed_by = CLOSED_BY_CATALOGUE, .grace_ms = GRACE_FIELD_MS, .deadline_ms = DEADLINE_FIELD_MS,      \
        .then = CALL_NONE, .policy = true                                                                    \
    }

static const struct transition TRANSITIONS[] = {
    FIELD_ROW(CALL_RENAME, RUNNING | STOPPED | SHELVED, COST_PLAIN, GRACE_FIELD_MS, DEADLINE_FIELD_MS),
    FIELD_ROW(CALL_SET_METADATA, RUNNING | STOPPED | SHELVED, COST_PLAIN, GRACE_FIELD_MS, DEADLINE_FIELD_MS),
    FIELD_ROW(CALL_ADD_SECURITY_GROUP, RUNNING | STOPPED, COST_PLAIN, GRACE_FIELD_MS, DEADLINE_FIELD_MS),
    FIELD_ROW(CALL_REMOVE_SECURITY_GROUP, RUNNING | STOPPED, COST_PLAIN, GRACE_FIELD_MS, DEADLINE_FIELD_MS),
    FIELD_ROW(CALL_ATTACH_VOLUME, RUNNING | STOPPED, COST_PLAIN, GRACE_MS, DEADLINE_VOLUME_MS),
    FIELD_ROW(CALL_DETACH_VOLUME, RUNNING, COST_INTERRUPTS, GRACE_MS, DEADLINE_VOLUME_MS),
    FIELD_ROW(CALL_DETACH_VOLUME, STOPPED, COST_PLAIN, GRACE_MS, DEADLINE_VOLUME_MS),
    FIELD_ROW(CALL_ASSOCIATE_FLOATING_IP, RUNNING | STOPPED, COST_PLAIN, GRACE_FIELD_MS, DEADLINE_FIELD_MS),
    FIELD_ROW(CALL_RELEASE_FLOATING_IP, RUNNING, COST_INTERRUPTS, GRACE_FIELD_MS, DEADLINE_FIELD_MS),
    FIELD_ROW(CALL_RELEASE_FLOATING_IP, STOPPED, COST_PLAIN, GRACE_FIELD_MS, DEADLINE_FIELD_MS),
    /* "stopped" is shown before, during the first moments, and after: only the flavor tells */
    FIELD_ROW(CALL_RESIZE, STOPPED, COST_PLAIN, GRACE_MS, DEADLINE_MS),
    PHASE_ROW(CALL_START, STOPPED, PHASE_RUNNING, COST_PLAIN, false),
    PHASE_ROW(CALL_STOP, RUNNING, PHASE_STOPPED, COST_INTERRUPTS, false),
    PHASE_ROW(CALL_SHELVE, RUNNING, PHASE_SHELVED, COST_INTERRUPTS, false),
    PHASE_ROW(CALL_UNSHELVE, SHELVED, PHASE_RUNNING, COST_PLAIN, false),

    {.call = CALL_CREATE,
     .from = PHASE_ANY,
     .to = PHASE_RUNNING,
     .cost = COST_PLAIN,
     .closed_by = CLOSED_BY_SIGHTING,
     .deadline_ms = DEADLINE_NONE,
     .then = CALL_NONE,
     .policy = true},
    /* from an ERROR: whether the cloud takes it is not documented, and it is the usual cure */
    {.call = CALL_REBOOT,
     .from = RUNNING | ERRED,
     .to = PHASE_RUNNING,
     .cost = COST_INTERRUPTS,
     .closed_by = CLOSED_BY_BEGINNING,
     .grace_ms = GRACE_MS,
     .deadline_ms = DEADLINE_MS,
     .repeat = REPEAT_ONCE_PER_VALUE,
     .then = CALL_NONE,
     .policy = true},
    {.call = CALL_REBUILD,
     .from = RUNNING | STOPPED,
     .to = PHASE_RUNNING,
     .cost = COST_INTERRUPTS,
     .closed_by = CLOSED_BY_FIELD,
     .grace_ms = GRACE_MS,
     .deadline_ms = DEADLINE_MS,
     .repeat = REPEAT_NEVER,
     .then = CALL_NONE,
     .policy = true},
    KEYPAIR_ROW(CALL_REGISTER_KEYPAIR),
    KEYPAIR_ROW(CALL_DELETE_KEYPAIR),
    {.call = CALL_DELETE,
     .from = PHASE_ANY & ~PHASE_BIT(PHASE_DELETING) & ~PHASE_BIT(PHASE_GONE),
     .to = PHASE_GONE,
     .cost = COST_PLAIN,
     .closed_by = CLOSED_BY_ABSENCE,
     .grace_ms = GRACE_MS,
     .deadline_ms = DEADLINE_MS,
     .then = CALL_NONE,
     .policy = true},
};

static const struct auth_field APPLICATION_FIELDS[] = {
    {"url", false, false},
    {"applicationCredential.id", false, true},
    {"applicationCredential.secret", true, true},
};
static const struct auth_form AUTH_FORMS[] = {
    {"application credential", APPLICATION_FIELDS, sizeof APPLICATION_FIELDS / sizeof APPLICATION_FIELDS[0]}};

#define CATALOGUE_BIT(kind) (UINT32_C(1) << (kind))

static const struct fit_rule FITS[] = {
    {.measure = FIT_ROOT_DISK, .windows = true, .most = 2048},
    {.measure = FIT_ROOT_DISK, .most = KAKAO_ROOT_MOST_GIB},
};

const struct traits kakaocloud_traits = {
    .provider = "kakaocloud",
    .mark = MARK_IN_DESCRIPTION,
    .create_returns_id = true,
    .absence_by_get = true,
    .role_in_mark = true,
    .groups_by_id = true,
    .settle_ms = SETTLE_MS,
    .name_max = NAME_MAX_CHARACTERS,
    .user_data_max = USER_DATA_MAX,
    .list_page = KAKAO_LIST_PAGE,
    .fields = {[FIELD_NAME] = {SEEN_IN_LIST, CALL_RENAME, CALL_NONE, NULL},
               [FIELD_POWER] = {SEEN_IN_LIST, CALL_START, CALL_STOP, NULL},
               [FIELD_FLAVOR] = {SEEN_IN_LIST, CALL_RESIZE, CALL_NONE, NULL},
               [FIELD_IMAGE] = {SEEN_IN_LIST, CALL_NONE, CALL_NONE, NULL, .rebuilds = true},
               [FIELD_ZONE] = {SEEN_IN_LIST, CALL_NONE, CALL_NONE, NULL},
               [FIELD_KEYPAIR] = {SEEN_IN_LIST, CALL_NONE, CALL_NONE, NULL},
               [FIELD_NETWORKS] = {UNSEEN, CALL_NONE, CALL_NONE, NULL},
               [FIELD_SECURITY_GROUPS] = {SEEN_IN_LIST, CALL_ADD_SECURITY_GROUP, CALL_REMOVE_SECURITY_GROUP,
                                          NULL},
               [FIELD_ROOT_DISK] = {UNSEEN, CALL_NONE, CALL_NONE, NULL},
               [FIELD_VOLUMES] = {SEEN_IN_LIST, CALL_ATTACH_VOLUME, CALL_DETACH_VOLUME, NULL},
               [FIELD_USER_DATA] = {UNSEEN, CALL_NONE, CALL_NONE, NULL},
               [FIELD_METADATA] = {UNSEEN, CALL_NONE, CALL_NONE, "its servers have no metadata"},
               [FIELD_FLOATING_IP] = {SEEN_IN_LIST, CALL_ASSOCIATE_FLOATING_IP, CALL_RELEASE_FLOATING_IP,
                                      NULL}},
    .fits = FITS,
    .fit_count = sizeof FITS / sizeof FITS[0],
    .root_default_gib = KAKAO_ROOT_GIB,
    .root_is_volume = true,
    .desired_phases = RUNNING | STOPPED | SHELVED,
    .catalogues = CATALOGUE_BIT(CATALOGUE_FLAVOR) | CATALOGUE_BIT(CATALOGUE_IMAGE) |
                  CATALOGUE_BIT(CATALOGUE_SUBNET) | CATALOGUE_BIT(CATALOGUE_SECURITY_GROUP) |
                  CATALOGUE_BIT(CATALOGUE_KEYPAIR) | CATALOGUE_BIT(CATALOGUE_FLOATING_IP),
    .zones_of_place = true,
    .transitions = TRANSITIONS,
    .transition_count = sizeof TRANSITIONS / sizeof TRANSITIONS[0],
    .auth_forms = AUTH_FORMS,
    .auth_form_count = sizeof AUTH_FORMS / sizeof AUTH_FORMS[0],
};

const struct provider kakaocloud = {
    .traits = &kakaocloud_traits,
    .encode_login = kakao_encode_login,
    .decode_login = kakao_decode_login,
    .encode = kakao_encode,
    .is_unauthorized = kakao_is_unauthorized,
    .decode = kakao_decode,
};
