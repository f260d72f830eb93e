/* The step itself: events in an order that the input chooses, around a small cloud that mostly does what it
   is told. Nobody else's server is ever touched, nothing is sent that is not in the ledger, and a ledger that
   the core wrote is one that it reads. */
#include <stdio.h>
#include <string.h>

#include "providers/provider.h"
#include "reconcile/base/cleanup.h"
#include "tests/fuzz/core.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/setting.h"

enum {
    ACTS_MAX = 400,
    FLIGHTS_MAX = 64,
    SERVERS_MAX = 24,
    INPUT_MAX = 1 << 14,
    ID_SIZE = 40,
    ARGUMENT_MAX = 64
};
#define WALL_MS INT64_C(1795240800000)

struct server {
    char id[ID_SIZE], name[LIMIT_NAME + 1], flavor[ID_SIZE];
    unsigned cloud;
    bool foreign, marked, gone, loses_groups;
    struct mark mark;
    enum phase phase, rests;
};

struct flight { /* a call that waits for its reply */
    uint64_t id;
    enum call_kind kind;
    enum look_kind look;
    enum catalogue_kind catalogue;
    unsigned cloud;
    int64_t sent_ms;
    char provider_id[ID_SIZE + 32], name[LIMIT_NAME + 1], argument[ARGUMENT_MAX];
    struct mark mark;
};

struct play {
    struct core core;
    struct input *input;
    struct flight flights[FLIGHTS_MAX];
    unsigned flight_count;
    struct server servers[SERVERS_MAX];
    unsigned server_count;
    bool adopts; /* somebody allowed a foreign server */
};

static unsigned cloud_place(const char *name)
{
    return strcmp(name, setting_clouds[1]) == 0;
}

static struct server *server_find(struct play *play, const char *id)
{
    for (unsigned i = 0; i < play->server_count; i++)
        if (strcmp(play->servers[i].id, id) == 0) return &play->servers[i];
    return NULL;
}

static struct server *server_add(struct play *play, unsigned cloud, const char *name)
{
    if (play->server_count == SERVERS_MAX) return NULL;
    struct server *server = &play->servers[play->server_count++];
    *server = (struct server){.cloud = cloud, .phase = PHASE_BUILDING, .rests = PHASE_RUNNING};
    snprintf(server->id, sizeof server->id, "5e3c1f0a-0000-4000-8000-%012u", play->server_count);
    text_copy(server->name, sizeof server->name, name);
    text_copy(server->flavor, sizeof server->flavor, setting_ids[0]);
    return server;
}

static void on_sent(void *ctx, const struct call *call)
{
    struct play *play = ctx;
    for (unsigned i = 0; i < play->flight_count; i++)
        FUZZ_CHECK(play->flights[i].id != call->id);
    if (call_is_mutating(call->kind) && call->provider_id && !play->adopts) {
        const struct server *server = server_find(play, call->provider_id);
        FUZZ_CHECK(!server || !server->foreign);
    }
    FUZZ_CHECK(play->flight_count < FLIGHTS_MAX); /* more than both clouds' inFlight together is a mistake */
    struct flight *flight = &play->flights[play->flight_count++];
    *flight = (struct flight){.id = call->id,
                              .kind = call->kind,
                              .look = call->look,
                              .catalogue = call->catalogue,
                              .cloud = cloud_place(call->cloud),
                              .sent_ms = play->core.now.boot_ms};
    if (call->provider_id) text_copy(flight->provider_id, sizeof flight->provider_id, call->provider_id);
    if (call->argument) text_copy(flight->argument, sizeof flight->argument, call->argument);
    if (call->create) {
        text_copy(flight->name, sizeof flight->name, call->create->name);
        flight->mark = call->create->mark;
    }
}

/* What the cloud does with a call that arrives. */
static void take_effect(struct play *play, const struct flight *flight)
{
    if (flight->kind == CALL_CREATE) {
        struct server *made = server_add(play, flight->cloud, flight->name);
        if (!made) return;
        made->marked = true;
        made->mark = flight->mark;
        return;
    }
    struct server *server = server_find(play, flight->provider_id);
    if (!server || server->gone) return;
    static const struct {
        enum call_kind kind;
        enum phase phase;
    } ends[] = {
        {CALL_START, PHASE_RUNNING},    {CALL_STOP, PHASE_STOPPED},          {CALL_SHELVE, PHASE_SHELVED},
        {CALL_UNSHELVE, PHASE_RUNNING}, {CALL_RESIZE, PHASE_CONFIRM_RESIZE}, {CALL_DELETE, PHASE_DELETING},
        {CALL_REBOOT, PHASE_BUSY}};
    for (unsigned i = 0; i < sizeof ends / sizeof *ends; i++)
        if (ends[i].kind == flight->kind) server->phase = ends[i].phase;
    if (flight->kind == CALL_RESIZE) text_copy(server->flavor, sizeof server->flavor, flight->argument);
    if (flight->kind == CALL_CONFIRM_RESIZE) server->phase = server->rests;
    if (flight->kind == CALL_RENAME) text_copy(server->name, sizeof server->name, flight->argument);
    if (flight->kind == CALL_SET_METADATA && mark_key_is_ours(flight->argument)) server->marked = true;
}

static void show_server(struct arena *arena, const struct server *server, struct facts *out)
{
    *out = (struct facts){.id = arena_text(arena, server->id),
                          .name = arena_text(arena, server->name),
                          .status = phase_name(server->phase),
                          .phase = server->phase,
                          .rests = server->phase == PHASE_CONFIRM_RESIZE ? server->rests : server->phase,
                          .marked = server->marked,
                          .mark_whole = server->marked,
                          .mark = server->mark,
                          .fault = server->phase == PHASE_ERROR ? "No valid host was found" : "",
                          .fault_is_capacity = server->phase == PHASE_ERROR && server->cloud,
                          .created_wall_ms = WALL_MS,
                          .launched = server->phase == PHASE_BUILDING ? LAUNCHED_NEVER : LAUNCHED_UNKNOWN};
    if (!server->marked) out->mark = (struct mark){0};
    out->seen = FIELD_BIT(FIELD_FLAVOR) | FIELD_BIT(FIELD_IMAGE) | FIELD_BIT(FIELD_METADATA);
    out->values[FIELD_FLAVOR] = value_of_scalar(arena, server->flavor);
    out->values[FIELD_IMAGE] = value_of_scalar(arena, setting_ids[1]);
    out->values[FIELD_METADATA] = (struct value){0, 2, NULL};
    if (server->loses_groups) return;
    out->seen |= FIELD_BIT(FIELD_SECURITY_GROUPS) | FIELD_BIT(FIELD_VOLUMES);
    out->values[FIELD_SECURITY_GROUPS] = (struct value){0, 1, NULL};
    out->values[FIELD_VOLUMES] = (struct value){0, 1, NULL};
}

static void show_servers(struct play *play, struct arena *arena, const struct flight *flight, unsigned lacks,
                         struct reply *out)
{
    struct facts *facts = ARENA_ROW(arena, struct facts, play->server_count + 1);
    for (unsigned i = 0; i < play->server_count; i++) {
        const struct server *server = &play->servers[i];
        if (server->cloud != flight->cloud || server->gone || lacks == i + 1) continue;
        if (flight->look == LOOK_SERVER && strcmp(server->id, flight->provider_id) != 0) continue;
        show_server(arena, server, &facts[out->server_count++]);
    }
    out->servers = facts;
    if (flight->look == LOOK_SERVER && out->server_count == 0) {
        out->kind = REPLY_ABSENT;
        out->http_status = 404;
    }
}

static void show_catalogue(struct arena *arena, const struct flight *flight, struct reply *out)
{
    static const char *const names[] = {"m2.c1m2", "m2.c2m4", "default", "db", "web"};
    struct catalogue_entry *entries = ARENA_ROW(arena, struct catalogue_entry, 5);
    for (unsigned i = 0; i < 5; i++)
        entries[i] = (struct catalogue_entry){
            .id = arena_printf(arena, "%s-%u", catalogue_kind_name(flight->catalogue), i),
            .name = names[i],
            .available = true};
    out->entries = entries;
    out->entry_count = 5;
}

/* A good reply, or one of the others; the call has had its effect or not. */
static void act_reply(struct play *play)
{
    if (play->flight_count == 0) return;
    unsigned place = input_below(play->input, play->flight_count), bits = input_byte(play->input);
    struct flight flight = play->flights[place];
    play->flights[place] = play->flights[--play->flight_count];
    bool lost = (bits & 7) == 7;
    if (!lost || bits & 8) take_effect(play, &flight);
    if (lost && bits & 16) return; /* the reply never comes, or after a crash */
    struct event *event = batch_add(&play->core.events, EVENT_REPLY);
    struct arena *arena = &play->core.events.arena;
    struct reply *reply = &event->reply.reply;
    event->reply.call_id = flight.id;
    event->reply.cloud = setting_clouds[flight.cloud];
    event->reply.sent_boot_ms = flight.sent_ms;
    *reply = (struct reply){
        .message = "", .request_id = "req-1", .date_wall_ms = -1, .total = -1, .http_status = 200};
    if (lost) {
        reply->kind = (enum reply_kind)(bits >> 4) % REPLY_KIND_COUNT;
        if (reply->kind == REPLY_OK) reply->kind = REPLY_OUTAGE;
        reply->not_sent = reply->kind == REPLY_TRANSPORT && !(bits & 8);
        reply->message = "said no";
        reply->retry_after_ms = reply->kind == REPLY_THROTTLED ? 3000 : 0;
        reply->http_status = reply->kind == REPLY_TRANSPORT ? 0 : 500;
    } else if (flight.kind != CALL_LOOK) {
        if (flight.kind == CALL_CREATE && bits & 8 && play->server_count > 0)
            reply->provider_id = arena_text(arena, play->servers[play->server_count - 1].id);
    } else if (flight.look == LOOK_CATALOGUE) {
        show_catalogue(arena, &flight, reply);
    } else {
        show_servers(play, arena, &flight, bits & 0x80 ? bits >> 3 & 15 : 0, reply);
    }
}

/* Everything that waits is answered well. */
static void act_answer_all(struct play *play)
{
    static const uint8_t well[] = {0, 8};
    struct input *chosen = play->input;
    while (play->flight_count > 0) {
        struct input good = {well, sizeof well};
        play->input = &good;
        act_reply(play);
    }
    play->input = chosen;
}

static void act_time(struct play *play)
{
    static const int64_t steps_ms[] = {0, 1, 50, 1000, 5000, 30000, 300000, HOUR_MS};
    unsigned bits = input_byte(play->input);
    int64_t step_ms = steps_ms[bits & 7];
    play->core.now.boot_ms += step_ms;
    play->core.now.wall_ms += step_ms + (bits & 0xc0 ? 0 : (int64_t)(bits >> 3) * MINUTE_MS - 2 * MINUTE_MS);
}

static void act_config(struct play *play)
{
    struct config *config = setting_config(play->input);
    play->core.observes = config->mode == MODE_OBSERVE;
    batch_add(&play->core.events, EVENT_CONFIG)->config = config;
}

static void act_generation(struct play *play)
{
    const char *source = setting_sources[input_bit(play->input)];
    struct generation *generation = setting_generation(play->input, source);
    for (uint32_t i = 0; i < generation->count; i++)
        if (generation->specs[i].adopt) play->adopts = true;
    batch_add(&play->core.events, EVENT_GENERATION)->generation = generation;
}

static void act_source_fault(struct play *play)
{
    static const struct error mistake = {
        .kind = ERROR_INPUT, .text = "not YAML", .file = "web.yaml", .line = 3};
    unsigned bits = input_byte(play->input);
    struct event *event = batch_add(&play->core.events, EVENT_SOURCE_FAULT);
    event->source_fault.source = setting_sources[bits & 1];
    event->source_fault.mistakes = &mistake;
    event->source_fault.count = 1;
    event->source_fault.missing = bits & 2;
}

static void act_session(struct play *play)
{
    static const char *const projects[] = {"project-a", "project-a", "project-a", "project-b"};
    unsigned bits = input_byte(play->input);
    struct event_session *session = &batch_add(&play->core.events, EVENT_SESSION)->session;
    *session = (struct event_session){.cloud = setting_clouds[bits & 1],
                                      .state = bits & 0x80 ? SESSION_NONE : SESSION_READY,
                                      .wants = bits & 0x80 ? 1 : 0,
                                      .fingerprint = projects[bits >> 1 & 3],
                                      .message = ""};
    if ((bits & 0x60) != 0x60) return;
    session->state = SESSION_FAILED;
    session->retry_boot_ms = play->core.now.boot_ms + 5000;
    session->message = "wrong password; check spec.auth";
}

static void act_command(struct play *play)
{
    static const char *const targets[] = {"",      "prod",    "lab",        "cloud:alpha",
                                          "web-1", "prod/db", "lab/nobody", "d-1"};
    static const char *const names[] = {"web-1", "prod"};
    unsigned bits = input_byte(play->input), more = input_byte(play->input);
    struct event_command *command = &batch_add(&play->core.events, EVENT_COMMAND)->command;
    *command = (struct event_command){.id = 1 + bits,
                                      .kind = (enum command_kind)(bits % COMMAND_LEDGER_REBUILD),
                                      .target = targets[more & 7],
                                      .names = names,
                                      .name_count = more >> 3 & 1,
                                      .argument = more & 16 ? setting_ids[more >> 5 & 1] : "a reason",
                                      .duration_ms = more & 32 ? HOUR_MS : 0,
                                      .partial = more >> 6,
                                      .hard = more & 64,
                                      .matching = more & 128};
    if (command->kind == COMMAND_ADOPT) play->adopts = true;
}

/* What happens in the cloud without us. */
static void act_cloud(struct play *play)
{
    static const enum phase phases[] = {PHASE_RUNNING, PHASE_STOPPED, PHASE_ERROR,   PHASE_SHELVED,
                                        PHASE_BUSY,    PHASE_PAUSED,  PHASE_UNKNOWN, PHASE_RUNNING};
    unsigned bits = input_byte(play->input), place = input_byte(play->input);
    if (play->server_count == 0 || (bits & 0xf0) == 0xf0) {
        struct server *server = server_add(play, bits & 1, setting_names[bits >> 1 & 3]);
        if (server) server->foreign = true;
        if (server) server->phase = PHASE_RUNNING;
        return;
    }
    struct server *server = &play->servers[place % play->server_count];
    switch (bits & 3) {
    case 0: server->phase = phases[bits >> 2 & 7]; return;
    case 1: server->gone = (bits & 12) == 12; return;
    case 2: server->marked = !server->foreign && bits & 4; return;
    default: server->loses_groups = bits & 4; return;
    }
}

/* What was begun is finished. */
static void act_settle(struct play *play)
{
    for (unsigned i = 0; i < play->server_count; i++) {
        struct server *server = &play->servers[i];
        if (server->phase == PHASE_BUILDING || server->phase == PHASE_BUSY) server->phase = PHASE_RUNNING;
        if (server->phase == PHASE_DELETING) server->gone = true;
    }
}

static void act_save(struct play *play)
{
    core_save_ends(&play->core, (input_byte(play->input) & 15) == 15);
}

static void act_save_all(struct play *play)
{
    while (disk_under_way(play->core.disk) > 0)
        core_save_ends(&play->core, false);
}

/* A new process: the ledger stays, what was in flight is nobody's any more. */
static void act_crash(struct play *play)
{
    struct core *core = &play->core;
    static const uint8_t ready[] = {0, 1};
    if (input_byte(play->input) & 0xc0) return; /* seldom */
    core_crash(core);
    play->flight_count = 0;
    core_start(core);
    core_offer_ledger(core);
    core_turn(core);
    FUZZ_CHECK(!core->ledger_damage);
    struct input *chosen = play->input, good = {ready, sizeof ready};
    play->input = &good;
    act_session(play);
    act_session(play);
    play->input = chosen;
    act_config(play);
}

static void (*const acts[])(struct play *) = {act_time,   act_reply,        act_answer_all, act_save_all,
                                              act_config, act_generation,   act_session,    act_command,
                                              act_cloud,  act_settle,       act_save,       act_crash,
                                              act_time,   act_source_fault, act_answer_all, act_save_all};
enum { ACTS = sizeof acts / sizeof *acts };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {data, size};
    struct play play = {.input = &input};
    if (size > INPUT_MAX) return 0;
    core_begin(&play.core, (struct now){HOUR_MS, WALL_MS});
    play.core.sent = on_sent;
    play.core.ctx = &play;
    core_start(&play.core);
    core_offer_ledger(&play.core);
    act_config(&play);
    for (unsigned i = 0; i < ACTS_MAX && input.left > 0; i++) {
        unsigned chosen = input_byte(&input);
        acts[chosen % ACTS](&play);
        if (chosen < 0xc0) core_turn(&play.core);
    }
    core_turn(&play.core);
    core_show(&play.core);
    core_end(&play.core);
    return 0;
}
