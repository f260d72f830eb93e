#include "tests/golden/made_up_provider.h"

#include "reconcile/base/instant.h"

#define RUNNING   PHASE_BIT(PHASE_RUNNING)
#define STOPPED   PHASE_BIT(PHASE_STOPPED)
#define SHELVED   PHASE_BIT(PHASE_SHELVED)
#define SUSPENDED PHASE_BIT(PHASE_SUSPENDED)

enum { GRACE_MS = 5 * SECOND_MS, DEADLINE_MS = 5 * MINUTE_MS };

#define MOVE(kind, phases, target, price)                                                                    \
    {                                                                                                        \
        .call = (kind), .from = (phases), .to = (target), .cost = (price), .closed_by = CLOSED_BY_PHASE,     \
        .grace_ms = GRACE_MS, .deadline_ms = DEADLINE_MS, .then = CALL_NONE                                  \
    }

static const struct transition transitions[] = {
    MOVE(CALL_STOP, RUNNING, PHASE_SUSPENDED, COST_INTERRUPTS),
    MOVE(CALL_STOP, SUSPENDED, PHASE_STOPPED, COST_PLAIN),
    MOVE(CALL_START, STOPPED, PHASE_RUNNING, COST_PLAIN),
    MOVE(CALL_SHELVE, STOPPED, PHASE_SHELVED, COST_INTERRUPTS),
    MOVE(CALL_UNSHELVE, SHELVED, PHASE_STOPPED, COST_PLAIN),
    {.call = CALL_RESIZE,
     .from = SHELVED,
     .to = PHASE_RESTS,
     .cost = COST_INTERRUPTS,
     .closed_by = CLOSED_BY_FIELD,
     .grace_ms = GRACE_MS,
     .deadline_ms = DEADLINE_MS,
     .then = CALL_NONE},
    {.call = CALL_CREATE,
     .from = PHASE_ANY,
     .to = PHASE_RUNNING,
     .cost = COST_PLAIN,
     .closed_by = CLOSED_BY_SIGHTING,
     .then = CALL_NONE,
     .policy = true},
    {.call = CALL_DELETE,
     .from = RUNNING | STOPPED | SHELVED | SUSPENDED | PHASE_BIT(PHASE_ERROR),
     .to = PHASE_GONE,
     .cost = COST_INTERRUPTS,
     .closed_by = CLOSED_BY_ABSENCE,
     .grace_ms = GRACE_MS,
     .deadline_ms = DEADLINE_MS,
     .then = CALL_NONE,
     .policy = true},
};

static const struct auth_field fields[] = {{"password", true, true}};
static const struct auth_form forms[] = {{"password", fields, 1}};

const struct traits made_up_traits = {
    .provider = "made-up",
    .mark = MARK_AS_METADATA,
    .create_returns_id = false,
    .absence_by_get = true,
    .incremental = false,
    .role_in_mark = true,
    .settle_ms = 10 * SECOND_MS,
    .name_max = 63,
    .user_data_max = 1024,
    .metadata_keys_max = 32,
    .list_page = 100,
    .fields = {[FIELD_NAME] = {SEEN_IN_LIST, CALL_NONE, CALL_NONE, NULL},
               [FIELD_POWER] = {SEEN_IN_LIST, CALL_START, CALL_STOP, NULL},
               [FIELD_FLAVOR] = {SEEN_IN_LIST, CALL_RESIZE, CALL_NONE, NULL},
               [FIELD_IMAGE] = {UNSEEN, CALL_NONE, CALL_NONE, NULL},
               [FIELD_ZONE] = {UNSEEN, CALL_NONE, CALL_NONE, NULL},
               [FIELD_KEYPAIR] = {UNSEEN, CALL_NONE, CALL_NONE, NULL},
               [FIELD_NETWORKS] = {UNSEEN, CALL_NONE, CALL_NONE, NULL},
               [FIELD_SECURITY_GROUPS] = {SEEN_IN_LIST, CALL_NONE, CALL_NONE, NULL},
               [FIELD_ROOT_DISK] = {UNSEEN, CALL_NONE, CALL_NONE, NULL},
               [FIELD_VOLUMES] = {SEEN_IN_LIST, CALL_NONE, CALL_NONE, NULL},
               [FIELD_USER_DATA] = {UNSEEN, CALL_NONE, CALL_NONE, NULL},
               [FIELD_METADATA] = {SEEN_IN_LIST, CALL_NONE, CALL_NONE, NULL},
               [FIELD_FLOATING_IP] = {SEEN_IN_LIST, CALL_NONE, CALL_NONE, NULL}},
    .desired_phases = RUNNING | STOPPED | SHELVED,
    .catalogues = (UINT32_C(1) << CATALOGUE_KIND_COUNT) - 1,
    .transitions = transitions,
    .transition_count = sizeof transitions / sizeof *transitions,
    .auth_forms = forms,
    .auth_form_count = 1,
};
