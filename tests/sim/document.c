#include "tests/sim/document.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "providers/provider.h"
#include "reconcile/base/base64.h"
#include "reconcile/base/public_key.h"
#include "tests/sim/manner.h"

const char *const document_clouds[FLEET_CLOUDS_MAX] = {"alpha", "beta", "gamma"};

static const struct cloud_config cloud_defaults = {
    .interface = "public",
    .connect_timeout_ms = 2000,
    .allow_plain_http = true,
    .mode = MODE_ENFORCE,
    .file = "setpoint.yaml",
};

static struct share percentage(unsigned percent, unsigned number)
{
    return percent ? (struct share){percent, true} : (struct share){number, false};
}

#define BASE "http://127.0.0.1:8774"

/* Where a dialect's services are, and how one logs in there. */
static void write_access(enum cloud_dialect dialect, const char *project, struct cloud_config *out)
{
    static const struct auth_value appkey[] = {{.name = "appkey", .text = "8c1f0b6e5d2a4f7c"}};
    switch (dialect) {
    case CLOUD_NHN_V2:
    case CLOUD_OPENSTACK: out->auth_url = BASE "/identity"; return;
    case CLOUD_NHN_V1:
        out->endpoints[SERVICE_COMPUTE] = BASE "/compute";
        out->auth = appkey;
        out->auth_count = 1;
        return;
    case CLOUD_KAKAOCLOUD:
        out->auth_url = BASE "/iam";
        out->endpoints[SERVICE_COMPUTE] = BASE "/bcs/api/v1";
        out->endpoints[SERVICE_IMAGE] = BASE "/image/api/v1";
        out->endpoints[SERVICE_NETWORK] = BASE "/network/api/v1";
        out->endpoints[SERVICE_VPC] = BASE "/vpc/api/v1";
        return;
    case CLOUD_TENCENT_GATEWAY:
        out->endpoints[SERVICE_COMPUTE] = BASE;
        out->tenant_uuid = project;
        out->cluster_uuid = "72db4b34-1473-418f-ade4-de00b956f16b";
        return;
    case CLOUD_DIALECT_COUNT: return;
    }
}

static void write_cloud(const struct story *story, unsigned place, const char *project,
                        struct cloud_config *out)
{
    enum cloud_dialect dialect = story->dialects[place];
    *out = cloud_defaults;
    out->name = document_clouds[place];
    out->traits = provider_by_name(cloud_dialect_name(dialect))->traits;
    out->region = manner_of(dialect)->region;
    out->auth_form = &out->traits->auth_forms[0];
    write_access(dialect, project, out);
    /* nhn-v1 tells no project: what its token's user is called there is pinned at first use */
    out->expect_project = story->expect_project && dialect != CLOUD_NHN_V1 ? project : NULL;
    out->total_timeout_ms = story->timeout_ms;
    out->requests_per_second = story->requests_per_second;
    out->in_flight = story->in_flight;
    out->poll_interval_ms = story->poll_ms;
    out->poll_full_ms = story->full_ms;
    out->settle_ms = story->settle_ms;
    out->mode = story->observe_cloud[place] ? MODE_OBSERVE : MODE_ENFORCE;
}

static void write_source(const struct story *story, const struct manifest *manifest,
                         struct source_config *out)
{
    *out = (struct source_config){.name = manifest->name,
                                  .directory = manifest->name,
                                  .clouds = document_clouds,
                                  .cloud_count = story->cloud_count,
                                  .prune = manifest->prune,
                                  .prune_delay_ms = manifest->prune_delay_ms,
                                  .destroy = {percentage(manifest->destroy_percent, manifest->destroy_number),
                                              manifest->destroy_per_ms},
                                  .disruption = percentage(manifest->disruption_percent, 0),
                                  .max_instances = manifest->max_instances,
                                  .mode = manifest->observe ? MODE_OBSERVE : MODE_ENFORCE,
                                  .file = "setpoint.yaml"};
}

/* Names of the places whose bit is set, in their own order. */
static const char *const *names_of(struct arena *arena, const char *const *names, unsigned count,
                                   unsigned bits, uint32_t *out_count)
{
    const char **row = ARENA_ROW(arena, const char *, count);
    for (unsigned i = 0; i < count; i++)
        if (bits & 1u << i) row[(*out_count)++] = arena_text(arena, names[i]);
    return row;
}

static void write_target(const struct story *story, const struct fleet_target *target, struct config *config,
                         struct notify_target *out)
{
    const char *sources[FLEET_SOURCES_MAX];
    for (unsigned i = 0; i < story->source_count; i++)
        sources[i] = story->manifests[i].name;
    *out = (struct notify_target){.name = target->name, .form = NOTIFY_WEBHOOK, .file = "setpoint.yaml"};
    for (unsigned i = 0; i < FLEET_NEWS; i++)
        for (unsigned kind = 0; kind < NOTIFY_KIND_COUNT; kind++)
            if (target->kinds & 1u << i &&
                strcmp(notify_kind_name((enum notify_kind)kind), fleet_news[i]) == 0)
                out->kinds |= NOTIFY_BIT(kind);
    out->sources =
        names_of(&config->arena, sources, story->source_count, target->sources, &out->source_count);
    out->clouds =
        names_of(&config->arena, document_clouds, story->cloud_count, target->clouds, &out->cloud_count);
}

static int by_name(const void *a, const void *b)
{
    const struct source_config *left = a, *right = b;
    return strcmp(left->name, right->name);
}

struct config *document_config(const struct story *story, bool observe, const char *const *projects)
{
    struct config *config = config_new();
    config->owner = DOCUMENT_OWNER;
    config->mode = observe ? MODE_OBSERVE : MODE_ENFORCE;
    config->destroy = (struct destroy_budget){{1000000, false}, 3600000};
    if (story->all_per_ms > 0)
        config->destroy =
            (struct destroy_budget){percentage(story->all_percent, story->all_number), story->all_per_ms};
    config->log_level = "info";
    config->cloud_count = story->cloud_count;
    config->clouds = ARENA_ROW(&config->arena, struct cloud_config, story->cloud_count);
    for (unsigned i = 0; i < story->cloud_count; i++) {
        write_cloud(story, i, projects[i], &config->clouds[i]);
        config->clouds[i].expect_project = arena_text(&config->arena, config->clouds[i].expect_project);
        config->clouds[i].tenant_uuid = arena_text(&config->arena, config->clouds[i].tenant_uuid);
    }
    config->sources = ARENA_ROW(&config->arena, struct source_config, story->source_count);
    for (unsigned i = 0; i < story->source_count; i++)
        if (!story->manifests[i].absent)
            write_source(story, &story->manifests[i], &config->sources[config->source_count++]);
    qsort(config->sources, config->source_count, sizeof *config->sources, by_name);
    for (unsigned i = 0; i < config->source_count; i++)
        config->sources[i].name = arena_text(&config->arena, config->sources[i].name);
    config->targets = ARENA_ROW(&config->arena, struct notify_target, FLEET_TARGETS_MAX);
    for (unsigned i = 0; i < story->target_count; i++)
        if (!story->targets[i].absent)
            write_target(story, &story->targets[i], config, &config->targets[config->target_count++]);
    return config;
}

static void give(struct spec *spec, enum field field, struct value value)
{
    spec->managed |= FIELD_BIT(field);
    spec->values[field] = value;
}

static struct value record_of(struct arena *arena, const char *a, const char *b, const char *c)
{
    const char **cells = ARENA_ROW(arena, const char *, 3);
    cells[0] = a;
    cells[1] = b;
    cells[2] = c;
    return (struct value){1, 3, cells};
}

/* As it is written, if that is where the mistake is. */
static const char *written(struct arena *arena, const struct wish *wish, enum fleet_mistake where,
                           const char *text)
{
    return wish->mistake == where ? arena_printf(arena, "%s8", text) : text;
}

static struct value groups_of(struct arena *arena, const struct manner *manner, const struct wish *wish)
{
    const char **cells = ARENA_ROW(arena, const char *, FLEET_GROUPS);
    unsigned count = 0;
    for (unsigned i = 0; i < FLEET_GROUPS; i++)
        if (wish->groups & 1u << i)
            cells[count++] = written(arena, wish, FLEET_WRONG_GROUP, manner->groups[i]);
    return value_sorted(cells, count, 1);
}

static struct value team_of(struct arena *arena, const struct wish *wish)
{
    const char **cells = ARENA_ROW(arena, const char *, 2);
    char team[16];
    wish_team(wish, team);
    cells[0] = "team";
    cells[1] = arena_text(arena, team);
    return (struct value){wish->team ? 1 : 0, 2, cells};
}

static struct value user_data_of(struct arena *arena, const struct wish *wish)
{
    char text[FLEET_USER_DATA_SIZE];
    wish_user_data(wish, text);
    const char **cells = ARENA_ROW(arena, const char *, 1);
    cells[0] = base64_encode(arena, text, strlen(text));
    return (struct value){1, 1, cells};
}

static void write_lifecycle(const struct story *story, const struct wish *wish, struct lifecycle *out)
{
    *out = lifecycle_default();
    out->protect = wish->protect;
    out->on_error = (enum on_error)wish->on_error;
    out->build_timeout_ms = story->build_timeout_ms;
    out->on_immutable = wish->rebuild_changed   ? ON_IMMUTABLE_REBUILD
                        : wish->replace_changed ? ON_IMMUTABLE_REPLACE
                                                : ON_IMMUTABLE_BLOCK;
    out->retire = (struct retire_policy){wish->stop_for_ms, wish->snapshot};
    out->restart_wall_ms = wish->restart_ms;
    out->restart_type = wish->restart_hard ? RESTART_HARD : RESTART_SOFT;
    out->on_stuck = wish->replace_stuck ? ON_STUCK_REPLACE : ON_STUCK_HOLD;
    if (wish->ignores_flavor && wish->create_only)
        out->create_only |= FIELD_BIT(FIELD_FLAVOR);
    else if (wish->ignores_flavor)
        out->ignore = FIELD_BIT(FIELD_FLAVOR);
}

static void write_spec(const struct story *story, const struct wish *wish, struct arena *arena,
                       struct spec *spec)
{
    char server_name[FLEET_NAME + 8];
    wish_server_name(wish, server_name);
    *spec = (struct spec){.name = arena_text(arena, wish->name),
                          .cloud = document_clouds[wish->cloud],
                          .was = wish->was[0] ? arena_text(arena, wish->was) : NULL,
                          .adopt = wish->adopt[0] ? arena_text(arena, wish->adopt) : NULL,
                          .file = "fleet.yaml",
                          .line = 1};
    const struct manner *manner = manner_of(story->dialects[wish->cloud]);
    give(spec, FIELD_NAME, value_of_scalar(arena, server_name));
    give(spec, FIELD_POWER, value_of_scalar(arena, fleet_powers[wish->power]));
    const char *flavor = written(arena, wish, FLEET_WRONG_FLAVOR, fleet_flavors[wish->flavor]);
    const char *image = written(arena, wish, FLEET_WRONG_IMAGE, manner->images[wish->image]);
    give(spec, FIELD_FLAVOR, value_of_scalar(arena, flavor));
    give(spec, FIELD_IMAGE, value_of_scalar(arena, image));
    give(spec, FIELD_ZONE, value_of_scalar(arena, manner->zones[wish->zone]));
    if (manner->keypair) give(spec, FIELD_KEYPAIR, value_of_scalar(arena, manner->keypair));
    give(spec, FIELD_NETWORKS, record_of(arena, manner->subnets ? "subnet" : "network", manner->subnet, ""));
    give(spec, FIELD_SECURITY_GROUPS, groups_of(arena, manner, wish));
    /* of a server with its root on a volume no image is shown there, and none can be rebuilt */
    if (!manner->rebuilds_local || !wish->rebuild_changed)
        give(spec, FIELD_ROOT_DISK, record_of(arena, manner->root_gib, "", "true"));
    if (manner->metadata) give(spec, FIELD_METADATA, team_of(arena, wish));
    const char **labels = ARENA_ROW(arena, const char *, 2);
    labels[0] = "tier";
    labels[1] = wish->flavor % 2 == 0 ? "a" : "b";
    spec->labels = (struct value){wish->team ? 1 : 0, 2, labels};
    if (wish->user_data) give(spec, FIELD_USER_DATA, user_data_of(arena, wish));
    if (wish->volume) give(spec, FIELD_VOLUMES, value_of_scalar(arena, fleet_volumes[wish->volume - 1]));
    if (wish->address)
        give(spec, FIELD_FLOATING_IP, value_of_scalar(arena, fleet_addresses[wish->address - 1]));
    write_lifecycle(story, wish, &spec->lifecycle);
    spec->hash = spec_hash(spec);
}

static uint64_t mixed(uint64_t hash, uint64_t more)
{
    return (hash ^ more) * UINT64_C(0x100000001b3);
}

static uint64_t write_keypairs(const struct story *story, const struct manifest *manifest,
                               struct generation *generation)
{
    uint64_t hash = 0;
    struct arena *arena = &generation->arena;
    generation->keypairs = ARENA_ROW(arena, struct keypair_spec, FLEET_KEYS * FLEET_CLOUDS_MAX);
    for (unsigned i = 0; i < FLEET_KEYS; i++)
        for (unsigned cloud = 0; cloud < story->cloud_count; cloud++) {
            const struct key_wish *wish = &manifest->keys[i];
            if (!wish->present || !(wish->clouds & 1u << cloud)) continue;
            struct keypair_spec *spec = &generation->keypairs[generation->keypair_count++];
            *spec = (struct keypair_spec){.name = arena_text(arena, wish->name),
                                          .cloud = document_clouds[cloud],
                                          .key_name = arena_text(arena, wish->name),
                                          .file = "keys.yaml",
                                          .line = 1};
            struct error error = {0};
            if (!public_key_parse(fleet_public_keys[wish->key], arena, &spec->public_key, &error)) abort();
            hash = mixed(hash, (i * FLEET_CLOUDS_MAX + cloud) * FLEET_PUBLIC_KEYS + wish->key + 1);
        }
    return hash;
}

struct generation *document_generation(const struct story *story, const struct manifest *manifest)
{
    struct generation *generation = generation_new(manifest->name);
    generation->specs = ARENA_ROW(&generation->arena, struct spec, manifest->count + 1);
    generation->files = 1;
    uint64_t hash = 0;
    for (unsigned i = 0; i < manifest->count && manifest->health != FLEET_EMPTY; i++) {
        if (!manifest->wishes[i].present) continue;
        struct spec *spec = &generation->specs[generation->count++];
        write_spec(story, &manifest->wishes[i], &generation->arena, spec);
        hash = mixed(hash, spec->hash);
    }
    if (manifest->health != FLEET_EMPTY) hash ^= write_keypairs(story, manifest, generation);
    generation->revision = arena_printf(&generation->arena, "%016llx", (unsigned long long)hash);
    return generation;
}
