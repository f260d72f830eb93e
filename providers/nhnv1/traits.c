#include "providers/nhnv1/nhnv1.h"
#include "reconcile/base/instant.h"
#include "reconcile/event.h"

/* Times: those of the v2 API for the same operations behind both; nothing is documented here. */
enum {
    NAME_MAX_CHARACTERS = 20,  /* Linux; Windows: FITS */
    SETTLE_MS = 3 * MINUTE_MS, /* nothing but the name tells a lost create's server: wait longer */

    GRACE_POWER_MS = 15 * SECOND_MS,
    GRACE_RESIZE_MS = 30 * SECOND_MS,
    GRACE_FIELD_MS = 10 * SECOND_MS,
    GRACE_IMAGE_MS = 60 * SECOND_MS, /* from the reply until another service lists it */

    DEADLINE_FIELD_MS = 2 * MINUTE_MS,
    DEADLINE_VOLUME_MS = 10 * MINUTE_MS,
    DEADLINE_POWER_MS = 10 * MINUTE_MS,
    DEADLINE_RESIZE_MS = 60 * MINUTE_MS,
    DEADLINE_IMAGE_MS = 60 * MINUTE_MS,
    DEADLINE_DELETE_MS = 15 * MINUTE_MS
};

#define RUNNING PHASE_BIT(PHASE_RUNNING)
#define STOPPED PHASE_BIT(PHASE_STOPPED)
#define ERRED   PHASE_BIT(PHASE_ERROR)

#define FIELD_ROW_IN(phases, kind, price, limit_ms)                                                          \
    {                                                                                                        \
        .call = (kind), .from = (phases), .to = PHASE_RESTS, .cost = (price), .closed_by = CLOSED_BY_FIELD,  \
        .grace_ms = GRACE_FIELD_MS, .deadline_ms = (limit_ms), .then = CALL_NONE                             \
    }
#define FIELD_ROW(kind, price, limit_ms) FIELD_ROW_IN(RUNNING | STOPPED, kind, price, limit_ms)
#define PHASE_ROW(kind, phases, target, price, by_policy)                                                    \
    {                                                                                                        \
        .call = (kind), .from = (phases), .to = (target), .cost = (price), .closed_by = CLOSED_BY_PHASE,     \
        .grace_ms = GRACE_POWER_MS, .deadline_ms = DEADLINE_POWER_MS, .then = CALL_NONE,                     \
        .policy = (by_policy)                                                                                \
    }
#define KEYPAIR_ROW(kind)                                                                                    \
    {                                                                                                        \
        .call = (kind), .from = PHASE_BIT(PHASE_GONE), .to = PHASE_RESTS, .cost = COST_PLAIN,                \
        .closed_by = CLOSED_BY_CATALOGUE, .grace_ms = GRACE_FIELD_MS, .deadline_ms = DEADLINE_FIELD_MS,      \
        .then = CALL_NONE, .policy = true                                                                    \
    }

static const struct transition TRANSITIONS[] = {
    FIELD_ROW(CALL_ADD_SECURITY_GROUP, COST_PLAIN, DEADLINE_FIELD_MS),
    FIELD_ROW(CALL_REMOVE_SECURITY_GROUP, COST_PLAIN, DEADLINE_FIELD_MS),
    FIELD_ROW(CALL_ATTACH_VOLUME, COST_PLAIN, DEADLINE_VOLUME_MS),
    FIELD_ROW(CALL_DETACH_VOLUME, COST_INTERRUPTS, DEADLINE_VOLUME_MS),
    FIELD_ROW(CALL_ASSOCIATE_FLOATING_IP, COST_PLAIN, DEADLINE_FIELD_MS),
    FIELD_ROW_IN(RUNNING, CALL_RELEASE_FLOATING_IP, COST_INTERRUPTS, DEADLINE_FIELD_MS),
    FIELD_ROW_IN(STOPPED, CALL_RELEASE_FLOATING_IP, COST_PLAIN, DEADLINE_FIELD_MS),
    PHASE_ROW(CALL_START, STOPPED, PHASE_RUNNING, COST_PLAIN, false),
    PHASE_ROW(CALL_STOP, RUNNING, PHASE_STOPPED, COST_INTERRUPTS, false),
    /* The guide says from where a server is stopped, started and saved, not from where it is resized; the
       console resizes stopped ones only. What holds for both is taken: a running one is stopped first. */
    {.call = CALL_RESIZE,
     .from = STOPPED,
     .to = PHASE_RESTS,
     .cost = COST_INTERRUPTS,
     .closed_by = CLOSED_BY_FIELD,
     .grace_ms = GRACE_RESIZE_MS,
     .deadline_ms = DEADLINE_RESIZE_MS,
     .then = CALL_NONE},

    {.call = CALL_CREATE,
     .from = PHASE_ANY,
     .to = PHASE_RUNNING,
     .cost = COST_PLAIN,
     .closed_by = CLOSED_BY_SIGHTING,
     .then = CALL_NONE,
     .policy = true},
    PHASE_ROW(CALL_STOP, ERRED, PHASE_STOPPED, COST_INTERRUPTS, true),
    {.call = CALL_REBOOT,
     .from = RUNNING | ERRED,
     .to = PHASE_RUNNING,
     .cost = COST_INTERRUPTS,
     .closed_by = CLOSED_BY_BEGINNING,
     .grace_ms = GRACE_POWER_MS,
     .deadline_ms = DEADLINE_POWER_MS,
     .repeat = REPEAT_ONCE_PER_VALUE,
     .then = CALL_NONE,
     .policy = true},
    {.call = CALL_SNAPSHOT,
     .from = STOPPED,
     .to = PHASE_RESTS,
     .cost = COST_PLAIN,
     .closed_by = CLOSED_BY_IMAGE,
     .grace_ms = GRACE_IMAGE_MS,
     .deadline_ms = DEADLINE_IMAGE_MS,
     .repeat = REPEAT_BY_NAME,
     .then = CALL_NONE,
     .policy = true},
    KEYPAIR_ROW(CALL_REGISTER_KEYPAIR),
    KEYPAIR_ROW(CALL_DELETE_KEYPAIR),
    {.call = CALL_DELETE,
     .from = PHASE_ANY & ~PHASE_BIT(PHASE_DELETING) & ~PHASE_BIT(PHASE_GONE),
     .to = PHASE_GONE,
     .cost = COST_PLAIN,
     .closed_by = CLOSED_BY_ABSENCE,
     .grace_ms = GRACE_POWER_MS,
     .deadline_ms = DEADLINE_DELETE_MS,
     .then = CALL_NONE,
     .policy = true},
};

static const struct auth_field PASSWORD_FIELDS[] = {
    {"appkey", false, true},
    {"username", false, true},
    {"password", true, true},
};
static const struct auth_form AUTH_FORMS[] = {
    {"appkey", PASSWORD_FIELDS, sizeof PASSWORD_FIELDS / sizeof PASSWORD_FIELDS[0]}};

static const struct refusal REFUSALS[] = {
    {FIELD_NAME, 0, .characters = "-.", .why = "use letters, digits, \"-\" and \".\""},
    {FIELD_NETWORKS, 0, .text = "port", .why = "give its network or subnet"},
    {FIELD_NETWORKS, 2, .why = "the cloud chooses the address: leave fixedIp out"},
    {FIELD_SECURITY_GROUPS, 0, .uuid = true, .why = "its API knows groups by name: write the name"},
    {FIELD_ROOT_DISK, 0, .step = NHNV1_ROOT_STEP_GIB, .most = NHNV1_ROOT_MOST_GIB,
     .why = "use a multiple of 10 GiB, from the image's minimum to 1000GiB"},
    {FIELD_ROOT_DISK, 2, .text = "false",
     .why = "the disk goes with its server: leave deleteOnTermination out or say true"},
};

static const struct fit_rule FITS[] = {
    {.measure = FIT_NAME, .windows = true, .most = 12},
    {.measure = FIT_ROOT_DISK, .most = NHNV1_ROOT_MOST_GIB, .step = NHNV1_ROOT_STEP_GIB},
    {.measure = FIT_LOCAL_SAID}, /* u2 has a disk of its own and takes no volume */
};

#define CATALOGUE_BIT(kind) (UINT32_C(1) << (kind))
#define ALL_CATALOGUES      (CATALOGUE_BIT(CATALOGUE_KIND_COUNT) - 1)

/* No guide of this API lists floating IPs: whose one is, the servers tell. */
const struct traits nhnv1_traits = {
    .provider = "nhn-v1",
    .mark = MARK_NOWHERE,
    .create_returns_id = true,
    .absence_by_get = true,
    .settle_ms = SETTLE_MS,
    .name_max = NAME_MAX_CHARACTERS,
    .fields = {[FIELD_NAME] = {SEEN_IN_LIST, CALL_NONE, CALL_NONE, NULL},
               [FIELD_POWER] = {SEEN_IN_LIST, CALL_START, CALL_STOP, NULL},
               [FIELD_FLAVOR] = {SEEN_IN_LIST, CALL_RESIZE, CALL_NONE, NULL},
               [FIELD_IMAGE] = {SEEN_IN_LIST, CALL_NONE, CALL_NONE, NULL},
               [FIELD_ZONE] = {SEEN_IN_LIST, CALL_NONE, CALL_NONE, NULL},
               [FIELD_KEYPAIR] = {SEEN_IN_LIST, CALL_NONE, CALL_NONE, NULL},
               [FIELD_NETWORKS] = {UNSEEN, CALL_NONE, CALL_NONE, NULL},
               [FIELD_SECURITY_GROUPS] = {SEEN_IN_LIST, CALL_ADD_SECURITY_GROUP, CALL_REMOVE_SECURITY_GROUP,
                                          NULL},
               [FIELD_ROOT_DISK] = {UNSEEN, CALL_NONE, CALL_NONE, NULL},
               [FIELD_VOLUMES] = {SEEN_IN_LIST, CALL_ATTACH_VOLUME, CALL_DETACH_VOLUME, NULL},
               [FIELD_USER_DATA] = {UNSEEN, CALL_NONE, CALL_NONE,
                                    "its API takes no user data: put it into the image"},
               [FIELD_METADATA] = {SEEN_IN_LIST, CALL_NONE, CALL_NONE,
                                   "its API shows metadata and cannot set them: leave them out"},
               [FIELD_FLOATING_IP] = {SEEN_IN_LIST, CALL_ASSOCIATE_FLOATING_IP, CALL_RELEASE_FLOATING_IP,
                                      NULL}},
    .fits = FITS,
    .fit_count = sizeof FITS / sizeof FITS[0],
    .root_default_gib = NHNV1_ROOT_GIB,
    .root_is_volume = true,
    .local_disk = NHNV1_LOCAL_DISK,
    .required = FIELD_BIT(FIELD_ZONE) | FIELD_BIT(FIELD_KEYPAIR) | FIELD_BIT(FIELD_NETWORKS),
    .refusals = REFUSALS,
    .refusal_count = sizeof REFUSALS / sizeof REFUSALS[0],
    .desired_phases = RUNNING | STOPPED,
    .catalogues = ALL_CATALOGUES & ~CATALOGUE_BIT(CATALOGUE_FLOATING_IP) & ~CATALOGUE_BIT(CATALOGUE_PORT),
    .transitions = TRANSITIONS,
    .transition_count = sizeof TRANSITIONS / sizeof TRANSITIONS[0],
    .auth_forms = AUTH_FORMS,
    .auth_form_count = sizeof AUTH_FORMS / sizeof AUTH_FORMS[0],
};

const struct provider nhnv1 = {
    .traits = &nhnv1_traits,
    .encode_login = nhnv1_encode_login,
    .decode_login = nhnv1_decode_login,
    .encode = nhnv1_encode,
    .is_unauthorized = nhnv1_is_unauthorized,
    .is_doubtful = nhnv1_is_doubtful,
    .encode_check = nhnv1_encode_check,
    .decode_check = nhnv1_decode_check,
    .decode = nhnv1_decode,
};
