/* The defaults of each dialect. */
#include "cloud.h"

const char *cloud_dialect_name(enum cloud_dialect dialect)
{
    switch (dialect) {
    case CLOUD_NHN_V2: return "nhn-v2";
    case CLOUD_OPENSTACK: return "openstack";
    case CLOUD_DIALECT_COUNT: break;
    }
    return "";
}

/* The real Nova on a small machine took these times (recorded/transitions.txt), widened. */
static const struct cloud_durations default_durations = {
    .build = {2000, 5000},
    .start = {500, 1500},
    .stop = {400, 1500},
    .reboot = {1000, 2000},
    .resize = {2500, 5000},
    .confirm = {200, 600},
    .revert = {500, 1500},
    .shelve = {1500, 3000},
    .unshelve = {1500, 3000},
    .rebuild = {2000, 4000},
    .remove = {300, 900},
    .attach = {200, 800},
    .image = {1500, 4000},
};

static const struct cloud_user default_users[] = {
    {.name = "demo",
     .password = "demo-password",
     .project_id = "198edf20d74d4323b107426354c18627",
     .project_name = "demo",
     .credential_id = "8c1f0b6e5d2a4f7c9e3b1a0d6f5e4c3b",
     .credential_secret = "demo-credential-secret"},
    {.name = "other",
     .password = "other-password",
     .project_id = "4cd91abf336f4e9d8619929bb0bb4897",
     .project_name = "other",
     .credential_id = "7b0e9a5d4c1f3e6b8d2a0f9c5e4d3b2a",
     .credential_secret = "other-credential-secret"},
};

static void options_nhn(struct cloud_options *options)
{
    options->regions[0] = "KR1";
    options->regions[1] = "KR2";
    options->confirm_after_ms = 2000;
    options->networks_subnet = true;
    options->bdm_required = true;
    options->provider_metadata = true;
    options->shelve_only_active = true;
    options->default_networks = true;
    options->protect_refuses = true;
    options->page_default = 100;
    options->token_life_ms = 12 * 3600 * 1000LL;
    options->long_tokens = true;
}

static void options_openstack(struct cloud_options *options)
{
    options->regions[0] = "RegionOne";
    options->confirm_after_ms = -1;
    options->token_life_ms = 3600 * 1000LL;
}

void cloud_options_default(struct cloud_options *options, enum cloud_dialect dialect)
{
    *options = (struct cloud_options){
        .dialect = dialect,
        .seed = 1,
        .wall_base_ms = 1767225600000, /* 2026-01-01 */
        .base_url = "http://127.0.0.1:8774",
        .user_count = sizeof default_users / sizeof *default_users,
        .durations = default_durations,
        .compute_path_project = true,
        .page_links = true,
        .root_volumes = true,
        .page_max = 1000,
        .quota_instances = 1000,
        .quota_cores = 20000,
        .quota_ram_mb = 51200000,
    };
    for (unsigned i = 0; i < options->user_count; i++)
        options->users[i] = default_users[i];
    if (dialect == CLOUD_NHN_V2)
        options_nhn(options);
    else
        options_openstack(options);
}
