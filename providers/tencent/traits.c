#include "providers/tencent/tencent.h"

#include "reconcile/base/instant.h"

/* Phases in which a call is taken: from the state errors that CVM lists for each of its actions. Times: what
   its own Terraform provider waits, with a margin. */
enum {
    NAME_MAX_CHARACTERS = 60, /* CVM's limit when the gateway was made; 128 today */
    LIST_PAGE = 100,          /* CVM's maximum */

    /* No id comes back from a create, and nobody knows how long the gateway's list lags behind. */
    SETTLE_MS = 180 * SECOND_MS,

    GRACE_MS = 12 * SECOND_MS, /* LatestOperationState does not turn at once: Terraform sleeps 10 s */
    DEADLINE_FIELD_MS = 5 * MINUTE_MS,
    DEADLINE_POWER_MS = 10 * MINUTE_MS,
    DEADLINE_RESET_MS = 30 * MINUTE_MS,
    DEADLINE_DELETE_MS = 15 * MINUTE_MS,
};

#define RUNNING PHASE_BIT(PHASE_RUNNING)
#define STOPPED PHASE_BIT(PHASE_STOPPED)
#define BINNED  PHASE_BIT(PHASE_GONE)

static const struct transition TRANSITIONS[] = {
    {.call = CALL_RENAME,
     .from = RUNNING | STOPPED,
     .to = PHASE_RESTS,
     .cost = COST_PLAIN,
     .closed_by = CLOSED_BY_FIELD,
     .grace_ms = GRACE_MS,
     .deadline_ms = DEADLINE_FIELD_MS,
     .then = CALL_NONE},
    {.call = CALL_ADD_SECURITY_GROUP,
     .from = RUNNING | STOPPED,
     .to = PHASE_RESTS,
     .cost = COST_PLAIN,
     .closed_by = CLOSED_BY_FIELD,
     .grace_ms = GRACE_MS,
     .deadline_ms = DEADLINE_FIELD_MS,
     .then = CALL_NONE},
    {.call = CALL_REMOVE_SECURITY_GROUP,
     .from = RUNNING | STOPPED,
     .to = PHASE_RESTS,
     .cost = COST_PLAIN,
     .closed_by = CLOSED_BY_FIELD,
     .grace_ms = GRACE_MS,
     .deadline_ms = DEADLINE_FIELD_MS,
     .then = CALL_NONE},
    {.call = CALL_START,
     .from = STOPPED,
     .to = PHASE_RUNNING,
     .cost = COST_PLAIN,
     .closed_by = CLOSED_BY_PHASE,
     .grace_ms = GRACE_MS,
     .deadline_ms = DEADLINE_POWER_MS,
     .then = CALL_NONE},
    {.call = CALL_STOP,
     .from = RUNNING,
     .to = PHASE_STOPPED,
     .cost = COST_INTERRUPTS,
     .closed_by = CLOSED_BY_PHASE,
     .grace_ms = GRACE_MS,
     .deadline_ms = DEADLINE_POWER_MS,
     .then = CALL_NONE,
     .harder = TENCENT_FORCE},
    {.call = CALL_CREATE,
     .from = PHASE_ANY,
     .to = PHASE_RUNNING,
     .cost = COST_PLAIN,
     .closed_by = CLOSED_BY_SIGHTING,
     .then = CALL_NONE,
     .policy = true},
    {.call = CALL_REBUILD, /* reset: it runs behind it, whatever it did before */
     .from = RUNNING | STOPPED,
     .to = PHASE_RUNNING,
     .cost = COST_INTERRUPTS,
     .closed_by = CLOSED_BY_FIELD,
     .grace_ms = GRACE_MS,
     .deadline_ms = DEADLINE_RESET_MS,
     .repeat = REPEAT_NEVER,
     .then = CALL_NONE,
     .policy = true},
    /* In the recycle bin a second delete is final. One that failed to launch takes none: it goes by itself.
     */
    {.call = CALL_DELETE,
     .from = RUNNING | STOPPED | BINNED,
     .to = PHASE_GONE,
     .cost = COST_PLAIN,
     .closed_by = CLOSED_BY_ABSENCE,
     .grace_ms = GRACE_MS,
     .deadline_ms = DEADLINE_DELETE_MS,
     .then = CALL_NONE,
     .policy = true},
};

static const struct auth_field PASSWORD_FIELDS[] = {
    {"tenant", false, true},
    {"username", false, true},
    {"password", true, true},
    {TENCENT_SCHEME, false, false},
};
#define COUNT_OF(row) (unsigned)(sizeof(row) / sizeof(row)[0])
/* Each call names them. */
static const char *const CLOUD_KEYS[] = {"endpoint", "region", "tenantUuid", "clusterUuid", NULL};
static const struct auth_form AUTH_FORMS[] = {{"password", PASSWORD_FIELDS, COUNT_OF(PASSWORD_FIELDS)}};

#define SUBNET_FORM "{subnet: vpc-evvn0y6d/subnet-nv3ex0mo}"

static const struct refusal REFUSALS[] = {
    {FIELD_NAME, 0, .without = "{}", .why = "a brace is a pattern there: choose a name without"},
    {FIELD_NETWORKS, 0, .text = "network", .why = "give its subnet"},
    {FIELD_NETWORKS, 0, .text = "port", .why = "give its subnet"},
    {FIELD_NETWORKS, 1, .pair = true, .why = "a subnet is named with its network: " SUBNET_FORM},
    {FIELD_NETWORKS, 1, .rows_most = 1, .why = "a server has one network card: give one subnet"},
    {FIELD_NETWORKS, 2, .why = "the cloud chooses the address: leave fixedIp out"},
    {FIELD_ROOT_DISK, 2, .text = "false",
     .why = "the disk goes with its server: leave deleteOnTermination out or say true"},
};

const struct traits tencent_gateway_traits = {
    .provider = "tencent-gateway",
    .mark = MARK_NOWHERE,
    .create_returns_id = false,
    .absence_by_get = false, /* what inspect says of an id that is not there is not documented */
    .incremental = false,
    .recycle_bin = true,
    .groups_at_once = true,
    .settle_ms = SETTLE_MS,
    .name_max = NAME_MAX_CHARACTERS,
    .list_page = LIST_PAGE,
    .fields =
        {
            [FIELD_NAME] = {SEEN_IN_LIST, CALL_RENAME, CALL_NONE, NULL},
            [FIELD_POWER] = {SEEN_IN_LIST, CALL_START, CALL_STOP, NULL},
            [FIELD_FLAVOR] = {SEEN_IN_LIST, CALL_NONE, CALL_NONE, NULL},
            [FIELD_IMAGE] = {SEEN_IN_LIST, CALL_NONE, CALL_NONE, NULL, .rebuilds = true},
            [FIELD_ZONE] = {SEEN_IN_LIST, CALL_NONE, CALL_NONE, NULL},
            [FIELD_KEYPAIR] = {UNSEEN, CALL_NONE, CALL_NONE, "its API documents no key pairs"},
            [FIELD_NETWORKS] = {UNSEEN, CALL_NONE, CALL_NONE, NULL},
            [FIELD_SECURITY_GROUPS] = {SEEN_IN_LIST, CALL_ADD_SECURITY_GROUP, CALL_REMOVE_SECURITY_GROUP,
                                       NULL},
            [FIELD_ROOT_DISK] = {UNSEEN, CALL_NONE, CALL_NONE, NULL},
            [FIELD_VOLUMES] = {UNSEEN, CALL_NONE, CALL_NONE, "its instance API attaches no volumes"},
            [FIELD_USER_DATA] = {UNSEEN, CALL_NONE, CALL_NONE, "its API documents no user data"},
            [FIELD_METADATA] = {UNSEEN, CALL_NONE, CALL_NONE, "its instances have no metadata"},
            [FIELD_FLOATING_IP] = {SEEN_IN_LIST, CALL_NONE, CALL_NONE,
                                   "its API documents no call that moves an address"},
        },
    .required = FIELD_BIT(FIELD_ZONE),
    .refusals = REFUSALS,
    .refusal_count = COUNT_OF(REFUSALS),
    .desired_phases = RUNNING | STOPPED,
    .catalogues = 0,
    .transitions = TRANSITIONS,
    .transition_count = COUNT_OF(TRANSITIONS),
    .auth_forms = AUTH_FORMS,
    .auth_form_count = COUNT_OF(AUTH_FORMS),
    .cloud_keys = CLOUD_KEYS,
};

const struct provider tencent_gateway = {
    .traits = &tencent_gateway_traits,
    .encode_login = tencent_encode_login,
    .decode_login = tencent_decode_login,
    .encode = tencent_encode,
    .decode = tencent_decode,
    .is_unauthorized = tencent_is_unauthorized,
    .encode_logout = tencent_encode_logout,
};
