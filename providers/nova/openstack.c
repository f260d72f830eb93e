#include "providers/keystone/keystone.h"
#include "providers/nova/nova.h"
#include "providers/nova/traits.h"
#include "reconcile/base/limits.h"

/* Vanilla OpenStack: Nova's base version behind Keystone v3. */

static const struct nova_dialect DIALECT = {
    .volume_type_version = "2.67",
};

static const struct transition TRANSITIONS[] = {
    FIELD_ROWS,
    POWER_ROWS,
    PHASE_ROW(CALL_SHELVE, RUNNING | STOPPED, PHASE_SHELVED, COST_INTERRUPTS, GRACE_POWER_MS,
              DEADLINE_SHELVE_MS),
    /* waits for the user, unless the operator set resize_confirm_window */
    RESIZE_ROW(RUNNING, COST_INTERRUPTS, CALL_CONFIRM_RESIZE),
    RESIZE_ROW(STOPPED, COST_PLAIN, CALL_CONFIRM_RESIZE),
    PHASE_ROW(CALL_CONFIRM_RESIZE, CONFIRM, PHASE_RESTS, COST_PLAIN, GRACE_POWER_MS, DEADLINE_POWER_MS),
    POLICY_ROWS,
    /* of one in ERROR, too, if it ever ran; there onError says what happens. Stopped before, stopped behind
     */
    {.call = CALL_REBUILD,
     .from = RUNNING | STOPPED,
     .to = PHASE_RESTS,
     .cost = COST_INTERRUPTS,
     .closed_by = CLOSED_BY_FIELD,
     .grace_ms = GRACE_RESIZE_MS,
     .deadline_ms = DEADLINE_REBUILD_MS,
     .repeat = REPEAT_NEVER,
     .then = CALL_NONE,
     .policy = true},
};

static const struct auth_field PASSWORD_FIELDS[] = {
    {"url", false, true},      {"project", false, true},     {"projectDomain", false, false},
    {"username", false, true}, {"userDomain", false, false}, {"password", true, true},
};
static const struct auth_field APPLICATION_FIELDS[] = {
    {"url", false, true},
    {"applicationCredential.id", false, true},
    {"applicationCredential.secret", true, true},
};
static const struct auth_form AUTH_FORMS[] = {
    {"password", PASSWORD_FIELDS, COUNT_OF(PASSWORD_FIELDS)},
    {"application credential", APPLICATION_FIELDS, COUNT_OF(APPLICATION_FIELDS)},
};

const struct traits nova_openstack_traits = {
    .provider = "openstack",
    .mark = MARK_AS_METADATA,
    .mark_in_one = true, /* NHN does not document the call */
    .create_returns_id = true,
    .absence_by_get = true,
    .incremental = true,
    .role_in_mark = true,
    .clouds_yaml = true,
    .settle_ms = SETTLE_MS,
    .name_max = NAME_MAX_CHARACTERS,
    .user_data_max = LIMIT_USER_DATA,
    .metadata_keys_max = METADATA_KEYS_MAX,
    .list_page = LIST_PAGE,
    .fields = {FIELD_TRAITS, [FIELD_IMAGE] = {SEEN_IN_LIST, CALL_NONE, CALL_NONE, NULL, .rebuilds = true}},
    .local_disk = NOVA_LOCAL_DISK,
    .desired_phases = RUNNING | STOPPED | SHELVED,
    .keypair = KEYPAIR_TRAITS,
    .catalogues = ALL_CATALOGUES,
    .transitions = TRANSITIONS,
    .transition_count = COUNT_OF(TRANSITIONS),
    .auth_forms = AUTH_FORMS,
    .auth_form_count = COUNT_OF(AUTH_FORMS),
};

/* The project in the path is optional in every Nova that has v2.1. */
static const char *compute_path(const char *project, struct arena *arena)
{
    (void)project;
    return arena_text(arena, "/v2.1");
}

static bool decode_login(const struct cloud_config *cloud, const struct http_response *response,
                         struct now now, struct arena *arena, struct access *out, enum reply_kind *out_kind,
                         struct error *err)
{
    static const struct keystone_hints HINTS = {
        .refused =
            "check user, password, project and domains in auth, or the application credential (it may have "
            "expired or been deleted)",
        .url_form = "auth.url should be Keystone's, such as https://HOST:5000/v3 or https://HOST/identity/v3",
        .compute_path = compute_path,
    };
    return keystone_v3_decode(cloud, response, now, &HINTS, arena, out, out_kind, err);
}

static bool encode(const struct cloud_config *cloud, const struct access *access, const struct call *call,
                   struct arena *arena, struct http_request *out, struct error *err)
{
    return nova_encode(&DIALECT, cloud, access, call, arena, out, err);
}

const struct provider nova_openstack = {
    .traits = &nova_openstack_traits,
    .encode_login = keystone_v3_encode,
    .decode_login = decode_login,
    .encode = encode,
    .decode = nova_decode,
};
