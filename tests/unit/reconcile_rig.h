#ifndef SETPOINT_TESTS_RECONCILE_RIG_H
#define SETPOINT_TESTS_RECONCILE_RIG_H

/* A core with one cloud "nhn", one source "prod" and whatever a test puts in. Include after unit.h. The state
   is open to the test: these are unit tests of the core's own files. */
#include "providers/provider.h"
#include "reconcile/base/cleanup.h"
#include "reconcile/gap.h"
#include "reconcile/observe.h"
#include "reconcile/state.h"

enum { RIG_BOOT_MS = 3600000 };
#define RIG_WALL_MS INT64_C(1769828400000) /* 2026-01-31T03:00:00Z */

struct rig {
    struct arena arena;
    struct state *state;
    struct effects effects;
    struct cloud *cloud;
    struct source *source;
};

static inline const struct traits *rig_traits(const char *provider)
{
    const struct provider *found = provider_by_name(provider);
    assert_non_null(found);
    return found->traits;
}

static inline struct config *rig_config(const struct traits *traits)
{
    struct config *config = config_new();
    const char **clouds = ARENA_ROW(&config->arena, const char *, 1);
    clouds[0] = "nhn";
    config->owner = "seoul-1";
    config->mode = MODE_ENFORCE;
    config->destroy = (struct destroy_budget){{100, true}, HOUR_MS};
    config->clouds = ARENA_ROW(&config->arena, struct cloud_config, 1);
    config->clouds[0] = (struct cloud_config){.name = "nhn",
                                              .traits = traits,
                                              .total_timeout_ms = 30 * SECOND_MS,
                                              .requests_per_second = 10,
                                              .in_flight = 8,
                                              .poll_interval_ms = 30 * SECOND_MS,
                                              .poll_full_ms = 10 * MINUTE_MS,
                                              .settle_ms = 30 * SECOND_MS,
                                              .mode = MODE_ENFORCE};
    config->sources = ARENA_ROW(&config->arena, struct source_config, 1);
    config->sources[0] = (struct source_config){.name = "prod",
                                                .clouds = clouds,
                                                .cloud_count = 1,
                                                .prune = true,
                                                .prune_delay_ms = 30 * SECOND_MS,
                                                .destroy = {{10, true}, HOUR_MS},
                                                .disruption = {20, true},
                                                .mode = MODE_ENFORCE};
    config->cloud_count = config->source_count = 1;
    return config;
}

static inline struct event rig_ledger(enum ledger_state ledger, const struct record *rows, uint32_t count)
{
    return (struct event){.kind = EVENT_LEDGER, .ledger = {.state = ledger, .records = rows, .count = count}};
}

/* The core has its ledger, configuration and token; nothing was observed yet. Between the calls of a test the
   effects of the last step may be added to. */
static inline void rig_open_with(struct rig *rig, const struct traits *traits, struct event ledger)
{
    uint8_t entropy[32] = {1, 2, 3};
    struct now now = {RIG_BOOT_MS, RIG_WALL_MS};
    struct event events[] = {
        ledger,
        {.kind = EVENT_CONFIG, .config = rig_config(traits)},
        {.kind = EVENT_SESSION,
         .session = {.cloud = "nhn", .state = SESSION_READY, .fingerprint = "project-1"}}};
    *rig = (struct rig){.state = reconcile_new(entropy, now)};
    arena_init(&rig->arena);
    effects_init(&rig->effects);
    reconcile_step(rig->state, events, 3, now, &rig->effects);
    rig->state->effects = &rig->effects;
    rig->cloud = state_cloud(rig->state, "nhn");
    rig->source = state_source(rig->state, "prod");
}

static inline void rig_open(struct rig *rig, const char *provider)
{
    rig_open_with(rig, rig_traits(provider), rig_ledger(LEDGER_INIT, NULL, 0));
}

static inline void rig_close(struct rig *rig)
{
    reconcile_free(rig->state);
    effects_release(&rig->effects);
    arena_release(&rig->arena);
}

static inline struct value rig_cells(struct rig *rig, unsigned columns, unsigned rows,
                                     const char *const *cells)
{
    const char **copy = ARENA_ROW(&rig->arena, const char *, (size_t)columns *rows + 1);
    memcpy(copy, cells, (size_t)columns * rows * sizeof *copy);
    return (struct value){(uint16_t)rows, (uint16_t)columns, copy};
}
#define RIG_SET(rig, ...)                                                                                    \
    rig_cells(rig, 1, sizeof((const char *[]){__VA_ARGS__}) / sizeof(const char *),                          \
              (const char *[]){__VA_ARGS__})
#define RIG_MAP(rig, ...)                                                                                    \
    rig_cells(rig, 2, sizeof((const char *[]){__VA_ARGS__}) / sizeof(const char *) / 2,                      \
              (const char *[]){__VA_ARGS__})

static inline void rig_manage(struct spec *spec, enum field field, struct value value)
{
    spec->managed |= FIELD_BIT(field);
    spec->values[field] = value;
}

/* Running, flavor and image by id; change it, then rig_object. */
static inline struct spec *rig_spec(struct rig *rig, const char *name)
{
    struct spec *spec = ARENA_NEW(&rig->arena, struct spec);
    spec->name = arena_text(&rig->arena, name);
    spec->cloud = "nhn";
    spec->file = "prod/all.yaml";
    spec->line = 1;
    spec->lifecycle = lifecycle_default();
    rig_manage(spec, FIELD_NAME, value_of_scalar(&rig->arena, name));
    rig_manage(spec, FIELD_POWER, value_of_scalar(&rig->arena, "running"));
    rig_manage(spec, FIELD_FLAVOR, value_of_scalar(&rig->arena, "00000000-0000-4000-8000-0000000000f1"));
    rig_manage(spec, FIELD_IMAGE, value_of_scalar(&rig->arena, "00000000-0000-4000-8000-000000000001"));
    return spec;
}

static inline struct object *rig_object(struct rig *rig, struct spec *spec)
{
    spec->hash = spec_hash(spec);
    struct object *object = source_add(rig->source, spec->name, ++rig->state->object_seq);
    object->spec = spec;
    object->cloud = rig->cloud;
    rig->state->wanted_stale = true;
    return object;
}

/* What a reply would say of a server that is as rig_spec describes. */
static inline struct facts rig_facts(struct rig *rig, const char *id, const char *name, enum phase phase)
{
    struct facts facts = {
        .id = id, .name = name, .status = phase_name(phase), .phase = phase, .rests = phase};
    facts.fault = "";
    facts.created_wall_ms = RIG_WALL_MS - DAY_MS;
    facts.seen = FIELD_BIT(FIELD_NAME) | FIELD_BIT(FIELD_FLAVOR) | FIELD_BIT(FIELD_IMAGE) |
                 FIELD_BIT(FIELD_SECURITY_GROUPS) | FIELD_BIT(FIELD_VOLUMES) | FIELD_BIT(FIELD_METADATA);
    facts.values[FIELD_NAME] = value_of_scalar(&rig->arena, name);
    facts.values[FIELD_FLAVOR] = value_of_scalar(&rig->arena, "00000000-0000-4000-8000-0000000000f1");
    facts.values[FIELD_IMAGE] = value_of_scalar(&rig->arena, "00000000-0000-4000-8000-000000000001");
    facts.values[FIELD_SECURITY_GROUPS] = RIG_SET(rig, "default");
    facts.values[FIELD_VOLUMES] = (struct value){0, 1, NULL};
    facts.values[FIELD_METADATA] = (struct value){0, 2, NULL};
    return facts;
}

/* A server that was seen; bound when `owner` is not NULL. */
static inline struct server *rig_server(struct rig *rig, const struct facts *facts, struct object *owner)
{
    struct server *server = servers_add(&rig->cloud->servers, facts->id, rig->state->now.boot_ms);
    server->owner = owner;
    if (owner) text_copy(owner->current, sizeof owner->current, facts->id);
    if (owner) text_copy(owner->cloud_name, sizeof owner->cloud_name, "nhn");
    server_take_facts(&rig->cloud->servers, server, facts, rig->state->now.boot_ms);
    server->asked_ms = server->life_ms = rig->state->now.boot_ms;
    return server;
}

/* Flavors and images were asked for, and nothing is listed: ids are taken as they are. */
static inline void rig_lists_read(struct rig *rig)
{
    rig->cloud->catalogues[CATALOGUE_FLAVOR].read_ms = rig->state->now.boot_ms;
    rig->cloud->catalogues[CATALOGUE_IMAGE].read_ms = rig->state->now.boot_ms;
}

/* One step with one event, `later_ms` after the last. */
static inline struct step_result rig_step(struct rig *rig, struct event event, int64_t later_ms)
{
    struct now now = {rig->state->now.boot_ms + later_ms, rig->state->now.wall_ms + later_ms};
    struct step_result result = reconcile_step(rig->state, &event, 1, now, &rig->effects);
    rig->state->effects = &rig->effects;
    return result;
}

/* The reply to the request in flight of that kind; LOOK_LIST stands for LOOK_CHANGES too. */
static inline bool rig_reply(struct rig *rig, enum call_kind kind, enum look_kind look, struct reply reply)
{
    for (uint32_t i = 0; i < rig->cloud->flight_count; i++) {
        const struct flight *flight = &rig->cloud->flights[i];
        bool fits = flight->look == look || (look == LOOK_LIST && flight->look == LOOK_CHANGES);
        if (flight->kind != kind || (kind == CALL_LOOK && !fits)) continue;
        struct event event = {.kind = EVENT_REPLY,
                              .reply = {flight->call_id, "nhn", rig->state->now.boot_ms, reply}};
        if (!reply.message) event.reply.reply.message = "";
        rig_step(rig, event, 1);
        return true;
    }
    return false;
}

static inline struct reply rig_servers(const struct facts *facts, uint32_t count)
{
    return (struct reply){
        .servers = facts, .server_count = count, .message = "", .total = -1, .date_wall_ms = RIG_WALL_MS};
}

static inline const struct effect *rig_effect(const struct rig *rig, enum effect_kind kind)
{
    for (uint32_t i = 0; i < rig->effects.count; i++)
        if (rig->effects.items[i].kind == kind) return &rig->effects.items[i];
    return NULL;
}

/* The source as read: these specs and no others. */
static inline struct event rig_generation(struct spec *const *specs, uint32_t count, const char *revision)
{
    struct generation *generation = generation_new("prod");
    generation->revision = arena_text(&generation->arena, revision);
    generation->specs = ARENA_ROW(&generation->arena, struct spec, count + 1);
    generation->count = count;
    for (uint32_t i = 0; i < count; i++) {
        specs[i]->hash = spec_hash(specs[i]);
        generation->specs[i] = *specs[i];
    }
    return (struct event){.kind = EVENT_GENERATION, .generation = generation};
}

/* Calls as "Stop,Resize". */
static inline const char *rig_calls(struct rig *rig, const struct step_call *calls, uint32_t count)
{
    AUTO_TEXT struct text text;
    text_init(&text, 1024);
    for (uint32_t i = 0; i < count; i++)
        text_addf(&text, "%s%s", i > 0 ? "," : "", call_name(calls[i].kind));
    return arena_text(&rig->arena, text.bytes ? text.bytes : "");
}

#endif
