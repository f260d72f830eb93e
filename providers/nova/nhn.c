#include "providers/keystone/keystone.h"
#include "providers/nova/nova.h"
#include "providers/nova/traits.h"
#include "reconcile/base/limits.h"

/* NHN Cloud Instance API v2: a patched Nova behind Keystone v2.0. */

/* One host for all regions (NHN guide, identity API). */
static const char IDENTITY_URL[] = "https://api-identity-infrastructure.nhncloudservice.com";

enum { ROOT_GIB = 20 /* the smallest that the console takes for Linux */ };

static const struct nova_dialect DIALECT = {
    .subnet_networks = true,
    .vpc_networks = true,
    .always_mapped = true,
    .root_gib = ROOT_GIB,
};

/* NHN confirms a resize by itself; one that stays is confirmed after this. */
enum { CONFIRM_AFTER_MS = 2 * MINUTE_MS };

static const struct transition TRANSITIONS[] = {
    FIELD_ROWS,
    POWER_ROWS,
    /* the guide allows shelving from ACTIVE only: a stopped server is started first */
    PHASE_ROW(CALL_SHELVE, RUNNING, PHASE_SHELVED, COST_INTERRUPTS, GRACE_POWER_MS, DEADLINE_SHELVE_MS),
    RESIZE_ROW(RUNNING, COST_INTERRUPTS, CALL_NONE),
    RESIZE_ROW(STOPPED, COST_PLAIN, CALL_NONE),
    {.call = CALL_CONFIRM_RESIZE,
     .from = CONFIRM,
     .to = PHASE_RESTS,
     .cost = COST_PLAIN,
     .closed_by = CLOSED_BY_PHASE,
     .grace_ms = GRACE_POWER_MS,
     .deadline_ms = DEADLINE_POWER_MS,
     .then = CALL_NONE,
     .from_age_ms = CONFIRM_AFTER_MS},
    POLICY_ROWS,
};

static const struct auth_field PASSWORD_FIELDS[] = {
    {"url", false, false},
    {"tenantId", false, true},
    {"username", false, true},
    {"password", true, true},
};
static const struct auth_form AUTH_FORMS[] = {{"password", PASSWORD_FIELDS, COUNT_OF(PASSWORD_FIELDS)}};

/* The guide's limits for images of Windows, and its sizes of a root disk. U2 is the family with a disk of its
   own. */
static const struct fit_rule FITS[] = {
    {.measure = FIT_NAME, .windows = true, .most = 15},
    {.measure = FIT_RAM, .windows = true, .least = 2048},
    {.measure = FIT_NO_OWN_DISK, .windows = true},
    {.measure = FIT_ROOT_DISK, .windows = true, .least = 50},
    {.measure = FIT_ROOT_DISK, .least = 10, .most = 2000},
    {.measure = FIT_LOCAL_SAID},
};

const struct traits nova_nhn_v2_traits = {
    .provider = "nhn-v2",
    .mark = MARK_AS_METADATA,
    .create_returns_id = true,
    .absence_by_get = true,
    .incremental = true,
    .role_in_mark = true,
    .settle_ms = SETTLE_MS,
    .name_max = NAME_MAX_CHARACTERS,
    .user_data_max = LIMIT_USER_DATA,
    .metadata_keys_max = METADATA_KEYS_MAX,
    .list_page = LIST_PAGE,
    .lists_end_empty = true,
    /* its guide has no rebuild, though its status list names one */
    .fields = {FIELD_TRAITS, [FIELD_IMAGE] = {SEEN_IN_LIST, CALL_NONE, CALL_NONE, NULL}},
    .fits = FITS,
    .fit_count = COUNT_OF(FITS),
    .root_default_gib = ROOT_GIB,
    .root_is_volume = true,
    .local_disk = NOVA_LOCAL_DISK,
    .desired_phases = RUNNING | STOPPED | SHELVED,
    .keypair = KEYPAIR_TRAITS,
    .catalogues = ALL_CATALOGUES,
    .transitions = TRANSITIONS,
    .transition_count = COUNT_OF(TRANSITIONS),
    .auth_forms = AUTH_FORMS,
    .auth_form_count = COUNT_OF(AUTH_FORMS),
};

/* The guide: /v2/{tenantId}. */
static const char *compute_path(const char *project, struct arena *arena)
{
    return arena_printf(arena, "/v2/%s", project);
}

static bool encode_login(const struct cloud_config *cloud, const struct credential *credentials,
                         uint32_t count, struct arena *arena, struct http_request *out, struct error *err)
{
    return keystone_v2_encode(cloud, credentials, count, IDENTITY_URL, arena, out, err);
}

static bool decode_login(const struct cloud_config *cloud, const struct http_response *response,
                         struct now now, struct arena *arena, struct access *out, enum reply_kind *out_kind,
                         struct error *err)
{
    static const struct keystone_hints HINTS = {
        .refused = "check auth.username (the account's e-mail or the IAM member id), auth.tenantId, and that "
                   "auth.password is the API password set in the console's API endpoint settings, not the "
                   "log-in one",
        .url_form = "auth.url should be the identity host, such as "
                    "https://api-identity-infrastructure.nhncloudservice.com",
        .compute_path = compute_path,
    };
    return keystone_v2_decode(cloud, response, now, &HINTS, arena, out, out_kind, err);
}

static bool encode(const struct cloud_config *cloud, const struct access *access, const struct call *call,
                   struct arena *arena, struct http_request *out, struct error *err)
{
    return nova_encode(&DIALECT, cloud, access, call, arena, out, err);
}

const struct provider nova_nhn_v2 = {
    .traits = &nova_nhn_v2_traits,
    .encode_login = encode_login,
    .decode_login = decode_login,
    .encode = encode,
    .decode = nova_decode,
};
