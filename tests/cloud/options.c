/* The defaults that all dialects have. */
#include "dialect.h"

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
    dialect_of(dialect)->options(options);
}
