#include "tests/fuzz/setting.h"

#include "providers/provider.h"

const char *const setting_clouds[SETTING_CLOUDS] = {"alpha", "beta"};
const char *const setting_sources[SETTING_SOURCES] = {"lab", "prod"};
const char *const setting_names[SETTING_NAMES] = {"cache", "db", "web-1", "web-2"};
const char *const setting_ids[] = {"5e3c1f0a-0000-4000-8000-000000000001",
                                   "5e3c1f0a-0000-4000-8000-000000000002",
                                   "5e3c1f0a-0000-4000-8000-000000000003", NULL};

const uint8_t setting_dialects[SETTING_CLOUDS] = {0, 1};
static const char *const powers[] = {"running", "stopped", "shelved"};
static const char *const images[] = {"Rocky", "Ubuntu", "5e3c1f0a-0000-4000-8000-000000000002", "none"};
static const char *const addresses[] = {"203.0.113.7", "203.0.113.8", "none", "203.0.113.9"};
static const char *const flavors[] = {"m2.c1m2", "m2.c2m4", "5e3c1f0a-0000-4000-8000-00000000f1a0"};
static const char *const groups[] = {"db", "default", "web"};

static struct share share_from(struct input *input)
{
    static const struct share shares[] = {{100, true}, {0, false}, {1, false}, {10, true}};
    return shares[input_below(input, 4)];
}

static void write_cloud(struct input *input, unsigned place, unsigned dialect, struct cloud_config *out)
{
    unsigned bits = input_byte(input);
    *out = (struct cloud_config){.name = setting_clouds[place],
                                 .traits = provider_traits()[dialect],
                                 .interface = "public",
                                 .auth_url = "http://127.0.0.1:1/identity",
                                 .expect_project = bits & 1 ? "project-a" : NULL,
                                 .allow_plain_http = true,
                                 .connect_timeout_ms = 5000,
                                 .total_timeout_ms = 30000,
                                 .requests_per_second = bits & 2 ? 10 : 1000,
                                 .in_flight = bits & 4 ? 1 : 10,
                                 .poll_interval_ms = 1000,
                                 .poll_full_ms = bits & 8 ? 1000 : 10000,
                                 .settle_ms = 2000,
                                 .mode = bits & 16 ? MODE_OBSERVE : MODE_ENFORCE,
                                 .file = "setpoint.yaml"};
    out->auth_form = &out->traits->auth_forms[0];
}

static void write_source(struct input *input, unsigned place, unsigned bits, struct source_config *out)
{
    struct share destroy = share_from(input), disruption = share_from(input);
    *out = (struct source_config){.name = setting_sources[place],
                                  .directory = "manifests",
                                  .clouds = setting_clouds,
                                  .cloud_count = SETTING_CLOUDS,
                                  .prune = !(bits & 8),
                                  .prune_delay_ms = bits & 16 ? 60000 : 0,
                                  .max_instances = bits & 64 ? 3 : 0,
                                  .destroy = {destroy, HOUR_MS},
                                  .disruption = disruption,
                                  .mode = bits & 32 ? MODE_OBSERVE : MODE_ENFORCE,
                                  .file = "setpoint.yaml"};
}

struct config *setting_config(struct input *input, const uint8_t dialects[SETTING_CLOUDS])
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
        write_cloud(input, i, dialects[i], &config->clouds[i]);
    config->source_count = bits & 4 ? 1 : SETTING_SOURCES;
    config->sources = ARENA_ROW(&config->arena, struct source_config, SETTING_SOURCES);
    for (unsigned i = 0; i < config->source_count; i++)
        write_source(input, i, bits, &config->sources[i]);
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
    bits = input_byte(input);
    out->on_immutable = (enum on_immutable)((bits & 3) % 3);
    if (bits & 4) out->on_error = ON_ERROR_REPAIR;
    if (bits & 8) out->retire.stop_for_ms = 60000;
    out->retire.snapshot = bits & 16;
    if (bits & 32) out->restart_wall_ms = SETTING_WALL_MS + (bits & 64 ? HOUR_MS : 30000);
    out->restart_type = bits & 128 ? RESTART_HARD : RESTART_SOFT;
}

static void write_spec(struct input *input, struct arena *arena, const char *name, struct spec *spec)
{
    unsigned bits = input_byte(input), more = input_byte(input), cloud = bits & 1;
    *spec = (struct spec){.name = name, .cloud = setting_clouds[cloud], .file = "fleet.yaml", .line = 1};
    write_lifecycle(input, &spec->lifecycle);
    if ((bits & 0xc0) == 0xc0)
        spec->was =
            more & 8 ? arena_printf(arena, "prod/%s", setting_names[more & 3]) : setting_names[more & 3];
    if ((bits & 0xc0) == 0x40) spec->adopt = setting_ids[more & 1];
    give(spec, FIELD_NAME, value_of_scalar(arena, bits & 8 && more & 1 ? "renamed" : name));
    give(spec, FIELD_POWER, value_of_scalar(arena, powers[(bits >> 1 & 3) % 3]));
    give(spec, FIELD_FLAVOR, value_of_scalar(arena, flavors[(more >> 2) % 3]));
    give(spec, FIELD_NETWORKS, networks_of(arena, cloud == 0));
    if (bits & 8) give(spec, FIELD_SECURITY_GROUPS, groups_of(arena, more >> 4 & 7));
    if (bits & 16) give(spec, FIELD_METADATA, metadata_of(arena, more >> 4));
    if (bits & 32) give(spec, FIELD_VOLUMES, volumes_of(arena, more >> 7));
    unsigned rest = input_byte(input);
    give(spec, FIELD_IMAGE, value_of_scalar(arena, images[rest & 3]));
    if (rest & 4) give(spec, FIELD_FLOATING_IP, value_of_scalar(arena, addresses[rest >> 3 & 3]));
    if (rest & 32) give(spec, FIELD_ZONE, value_of_scalar(arena, "kr-a"));
    if (rest & 64) give(spec, FIELD_KEYPAIR, value_of_scalar(arena, "ops"));
    if (rest & 128) give(spec, FIELD_USER_DATA, value_of_scalar(arena, more & 16 ? "I2E=" : "I2I="));
    spec->hash = spec_hash(spec);
}

/* Many that are alike: enough for brakes and queues. */
static void write_crowd(struct input *input, struct generation *generation)
{
    enum { SPEC_BYTES = 5 };
    uint8_t bytes[SPEC_BYTES];
    for (unsigned i = 0; i < SPEC_BYTES; i++)
        bytes[i] = input_byte(input);
    for (unsigned i = 0; i < SETTING_CROWD; i++) {
        struct input same = {bytes, SPEC_BYTES};
        const char *name = arena_printf(&generation->arena, "crowd-%02u", i);
        write_spec(&same, &generation->arena, name, &generation->specs[generation->count++]);
    }
}

/* By name, cloud and name on the cloud. */
static void write_keypairs(unsigned chosen, struct generation *generation)
{
    static const char *const lines[] = {
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEiX/2dV/D5EAgInLJC29SYsdQVhmi4A2+pczuYzwUMx",
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"};
    struct keypair_spec *rows = ARENA_ROW(&generation->arena, struct keypair_spec, SETTING_CLOUDS);
    for (unsigned i = 0; i < SETTING_CLOUDS; i++) {
        if (!(chosen & 16u << i)) continue;
        rows[generation->keypair_count++] = (struct keypair_spec){.name = "ops",
                                                                  .cloud = setting_clouds[i],
                                                                  .key_name = "ops",
                                                                  .public_key = lines[chosen >> 6 & 1],
                                                                  .file = "keys.yaml",
                                                                  .line = 1};
    }
    generation->keypairs = rows;
}

struct generation *setting_generation(struct input *input, const char *source)
{
    struct generation *generation = generation_new(source);
    unsigned chosen = input_byte(input);
    generation->revision = arena_printf(&generation->arena, "%016x", chosen);
    generation->files = 1;
    generation->specs = ARENA_ROW(&generation->arena, struct spec, SETTING_NAMES + SETTING_CROWD);
    for (unsigned i = 0; i < SETTING_NAMES; i++) {
        if (chosen & 1u << i)
            write_spec(input, &generation->arena, setting_names[i], &generation->specs[generation->count++]);
        if (i == 0 && chosen & 0x80) write_crowd(input, generation);
    }
    write_keypairs(chosen, generation);
    return generation;
}
