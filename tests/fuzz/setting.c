#include "tests/fuzz/setting.h"

#include "providers/provider.h"

const char *const setting_clouds[SETTING_CLOUDS] = {"alpha", "beta"};
const char *const setting_sources[SETTING_SOURCES] = {"lab", "prod"};
const char *const setting_names[SETTING_NAMES] = {"cache", "db", "web-1", "web-2"};
const char *const setting_ids[] = {"5e3c1f0a-0000-4000-8000-000000000001",
                                   "5e3c1f0a-0000-4000-8000-000000000002",
                                   "5e3c1f0a-0000-4000-8000-000000000003", NULL};

static const char *const dialects[SETTING_CLOUDS] = {"nhn-v2", "openstack"};
static const char *const powers[] = {"running", "stopped", "shelved"};
static const char *const flavors[] = {"m2.c1m2", "m2.c2m4", "5e3c1f0a-0000-4000-8000-00000000f1a0"};
static const char *const groups[] = {"db", "default", "web"};

static struct share share_from(struct input *input)
{
    static const struct share shares[] = {{100, true}, {0, false}, {1, false}, {10, true}};
    return shares[input_below(input, 4)];
}

static void write_cloud(struct input *input, unsigned place, struct cloud_config *out)
{
    unsigned bits = input_byte(input);
    *out = (struct cloud_config){.name = setting_clouds[place],
                                 .traits = provider_by_name(dialects[place])->traits,
                                 .interface = "public",
                                 .auth_url = "http://127.0.0.1:1/identity",
                                 .expect_project = bits & 1 ? "project-a" : NULL,
                                 .allow_plain_http = true,
                                 .connect_timeout_ms = 5000,
                                 .total_timeout_ms = 30000,
                                 .requests_per_second = bits & 2 ? 10 : 1000,
                                 .in_flight = bits & 4 ? 2 : 10,
                                 .poll_interval_ms = 1000,
                                 .poll_full_ms = bits & 8 ? 1000 : 10000,
                                 .settle_ms = 2000,
                                 .mode = bits & 16 ? MODE_OBSERVE : MODE_ENFORCE,
                                 .file = "setpoint.yaml"};
    out->auth_form = &out->traits->auth_forms[0];
}

struct config *setting_config(struct input *input)
{
    struct config *config = config_new();
    unsigned bits = input_byte(input);
    config->owner = "fuzz";
    config->mode = bits & 1 ? MODE_OBSERVE : MODE_ENFORCE;
    config->destroy = (struct destroy_budget){share_from(input), HOUR_MS};
    config->log_level = "info";
    config->cloud_count = bits & 2 ? 1 : SETTING_CLOUDS;
    config->clouds = ARENA_ROW(&config->arena, struct cloud_config, SETTING_CLOUDS);
    for (unsigned i = 0; i < config->cloud_count; i++)
        write_cloud(input, i, &config->clouds[i]);
    config->source_count = bits & 4 ? 1 : SETTING_SOURCES;
    config->sources = ARENA_ROW(&config->arena, struct source_config, SETTING_SOURCES);
    for (unsigned i = 0; i < config->source_count; i++)
        config->sources[i] = (struct source_config){.name = setting_sources[i],
                                                    .directory = "manifests",
                                                    .clouds = setting_clouds,
                                                    .cloud_count = SETTING_CLOUDS,
                                                    .prune = !(bits & 8),
                                                    .prune_delay_ms = bits & 16 ? 60000 : 0,
                                                    .destroy = {share_from(input), HOUR_MS},
                                                    .disruption = share_from(input),
                                                    .mode = bits & 32 ? MODE_OBSERVE : MODE_ENFORCE,
                                                    .file = "setpoint.yaml"};
    return config;
}

static void give(struct spec *spec, enum field field, struct value value)
{
    spec->managed |= FIELD_BIT(field);
    spec->values[field] = value;
}

static struct value networks_of(struct arena *arena, bool subnet)
{
    const char **cells = ARENA_ROW(arena, const char *, 3);
    cells[0] = subnet ? "subnet" : "network";
    cells[1] = setting_ids[0];
    cells[2] = "";
    return (struct value){1, 3, cells};
}

static struct value groups_of(struct arena *arena, unsigned bits)
{
    const char **cells = ARENA_ROW(arena, const char *, 3);
    unsigned count = 0;
    for (unsigned i = 0; i < 3; i++)
        if (bits & 1u << i) cells[count++] = groups[i];
    return value_sorted(cells, count, 1);
}

static struct value metadata_of(struct arena *arena, unsigned bits)
{
    const char **cells = ARENA_ROW(arena, const char *, 2);
    cells[0] = "team";
    cells[1] = bits & 1 ? "data" : "";
    return (struct value){bits & 2 ? 1 : 0, 2, cells};
}

static struct value volumes_of(struct arena *arena, unsigned bits)
{
    const char **cells = ARENA_ROW(arena, const char *, 1);
    cells[0] = setting_ids[2];
    return (struct value){bits & 1, 1, cells};
}

static void write_lifecycle(struct input *input, struct lifecycle *out)
{
    unsigned bits = input_byte(input);
    *out = lifecycle_default();
    out->protect = (bits & 3) == 3;
    out->on_error = (enum on_error)(bits >> 2 & 1 ? ON_ERROR_REPLACE : ON_ERROR_HOLD);
    out->on_stuck = (enum on_stuck)(bits >> 3 & 1);
    out->build_timeout_ms = bits & 16 ? 10000 : HOUR_MS;
    if (bits & 32) out->ignore = FIELD_BIT(FIELD_FLAVOR);
    if (bits & 64) out->create_only = FIELD_BIT(FIELD_SECURITY_GROUPS);
}

static void write_spec(struct input *input, struct arena *arena, const char *name, struct spec *spec)
{
    unsigned bits = input_byte(input), more = input_byte(input), cloud = bits & 1;
    *spec = (struct spec){.name = name, .cloud = setting_clouds[cloud], .file = "fleet.yaml", .line = 1};
    write_lifecycle(input, &spec->lifecycle);
    if ((bits & 0xc0) == 0xc0) spec->was = setting_names[more & 3];
    if ((bits & 0xc0) == 0x40) spec->adopt = setting_ids[more & 1];
    give(spec, FIELD_NAME, value_of_scalar(arena, bits & 8 && more & 1 ? "renamed" : name));
    give(spec, FIELD_POWER, value_of_scalar(arena, powers[(bits >> 1) % 3]));
    give(spec, FIELD_FLAVOR, value_of_scalar(arena, flavors[(more >> 2) % 3]));
    give(spec, FIELD_IMAGE, value_of_scalar(arena, setting_ids[1]));
    give(spec, FIELD_NETWORKS, networks_of(arena, cloud == 0));
    if (bits & 8) give(spec, FIELD_SECURITY_GROUPS, groups_of(arena, more >> 4 & 7));
    if (bits & 16) give(spec, FIELD_METADATA, metadata_of(arena, more >> 4));
    if (bits & 32) give(spec, FIELD_VOLUMES, volumes_of(arena, more >> 7));
    spec->hash = spec_hash(spec);
}

struct generation *setting_generation(struct input *input, const char *source)
{
    struct generation *generation = generation_new(source);
    unsigned chosen = input_byte(input);
    generation->revision = arena_printf(&generation->arena, "%016x", chosen);
    generation->files = 1;
    generation->specs = ARENA_ROW(&generation->arena, struct spec, SETTING_NAMES);
    for (unsigned i = 0; i < SETTING_NAMES; i++) {
        if (!(chosen & 1u << i)) continue;
        const char *name = setting_names[i];
        write_spec(input, &generation->arena, name, &generation->specs[generation->count++]);
    }
    return generation;
}
