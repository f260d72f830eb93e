/* The step itself: events in an order that the input chooses, around two small clouds (toy.h) that mostly do
   what they are told. Nobody else's server is ever touched, nothing is sent that is not in the ledger, and a
   ledger that the core wrote is one that it reads.

   Input: a byte for the clouds' providers; then acts, each a byte and what it takes. */
#include <string.h>

#include "reconcile/base/cleanup.h"
#include "reconcile/view.h"
#include "tests/fuzz/core.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/setting.h"
#include "tests/fuzz/toy.h"

enum { ACTS_MAX = 400, FLIGHTS_MAX = 64, INPUT_MAX = 1 << 14, OWNER_OTHER = 3 };

struct flight { /* a call that waits for its reply */
    struct call call;
    unsigned cloud;
    int64_t sent_ms;
};

struct play {
    struct core core;
    struct arena arena;
    struct input *input;
    struct toy toy;
    uint8_t dialects[SETTING_CLOUDS];
    struct flight flights[FLIGHTS_MAX];
    unsigned flight_count;
    bool adopts; /* somebody allowed a foreign server */
};

static unsigned cloud_place(const char *name)
{
    return strcmp(name, setting_clouds[1]) == 0;
}

static const struct create_order *order_copy(struct arena *arena, const struct create_order *from)
{
    if (!from) return NULL;
    struct create_order *order = ARENA_NEW(arena, struct create_order);
    *order = *from;
    order->name = arena_text(arena, from->name);
    for (unsigned i = 0; i < FIELD_COUNT; i++)
        if (from->given & FIELD_BIT(i)) order->values[i] = value_copy(arena, from->values[i]);
    return order;
}

/* Whatever the call points at dies with the turn. */
static struct call call_copy(struct arena *arena, const struct call *from)
{
    struct call call = *from;
    call.provider_id = arena_text(arena, from->provider_id);
    call.argument = arena_text(arena, from->argument);
    call.value = arena_text(arena, from->value);
    call.page = arena_text(arena, from->page);
    call.nic = arena_text(arena, from->nic);
    call.set = value_copy(arena, from->set);
    call.create = order_copy(arena, from->create);
    return call;
}

static void on_sent(void *ctx, const struct call *call)
{
    struct play *play = ctx;
    for (unsigned i = 0; i < play->flight_count; i++)
        FUZZ_CHECK(play->flights[i].call.id != call->id);
    if (call_is_mutating(call->kind) && call->provider_id && !play->adopts) {
        const struct toy_server *server = toy_find(&play->toy, call->provider_id);
        FUZZ_CHECK(!server || !server->foreign);
    }
    FUZZ_CHECK(play->flight_count < FLIGHTS_MAX); /* more than both clouds' inFlight together is a mistake */
    struct flight *flight = &play->flights[play->flight_count++];
    *flight = (struct flight){.cloud = cloud_place(call->cloud), .sent_ms = play->core.now.boot_ms};
    flight->call = call_copy(&play->arena, call);
}

/* --- replies --- */

/* A list in two pages, the first without and the second with `page`. */
static void cut_page(const struct call *call, bool pages, struct reply *reply)
{
    uint32_t half = reply->server_count / 2;
    if (call->look != LOOK_LIST || reply->kind != REPLY_OK) return;
    if (call->page) {
        reply->servers += half;
        reply->server_count -= half;
    } else if (pages) {
        reply->server_count = half;
        reply->next_page = "2";
    }
}

static void fail_reply(unsigned bits, struct reply *reply)
{
    reply->kind = (enum reply_kind)(bits >> 4) % REPLY_KIND_COUNT;
    if (reply->kind == REPLY_OK) reply->kind = REPLY_OUTAGE;
    reply->not_sent = reply->kind == REPLY_TRANSPORT && !(bits & 8);
    reply->message = "said no";
    reply->retry_after_ms = reply->kind == REPLY_THROTTLED && bits & 8 ? 3000 : 0;
    reply->http_status = reply->kind == REPLY_TRANSPORT ? 0 : 500;
}

static void good_reply(struct play *play, const struct flight *flight, unsigned bits, enum reply_kind kind,
                       struct arena *arena, struct reply *reply)
{
    const struct call *call = &flight->call;
    const struct toy *toy = &play->toy;
    reply->kind = kind;
    if (call->kind == CALL_LOOK) {
        toy_show(toy, flight->cloud, call, bits & 0x80 ? bits >> 3 & 15 : 0, arena, reply);
        cut_page(call, bits & 0x40, reply);
    } else if (call->kind == CALL_CREATE && kind == REPLY_OK &&
               toy->traits[flight->cloud]->create_returns_id) {
        reply->provider_id = arena_text(arena, toy->servers[toy->server_count - 1].id);
    }
    if (kind != REPLY_OK) reply->message = "the cloud says no";
}

/* A good reply, or one of the others; the call has had its effect or not. */
static void act_reply(struct play *play)
{
    if (play->flight_count == 0) return;
    unsigned place = input_below(play->input, play->flight_count), bits = input_byte(play->input);
    struct flight flight = play->flights[place];
    play->flights[place] = play->flights[--play->flight_count];
    bool lost = (bits & 7) == 7;
    enum reply_kind kind = REPLY_OK;
    if (!lost || bits & 8) kind = toy_take(&play->toy, flight.cloud, &flight.call, play->core.now.wall_ms);
    if (lost && (bits & 0xf0) == 0xf0) return; /* the reply never comes, or after a crash */
    struct event *event = batch_add(&play->core.events, EVENT_REPLY);
    event->reply.call_id = flight.call.id;
    event->reply.cloud = setting_clouds[flight.cloud];
    event->reply.sent_boot_ms = flight.sent_ms;
    struct reply *reply = &event->reply.reply;
    *reply = (struct reply){.message = "",
                            .request_id = "req-1",
                            .date_wall_ms = bits & 8 ? play->core.now.wall_ms : -1,
                            .total = -1,
                            .http_status = 200};
    if (lost)
        fail_reply(bits, reply);
    else
        good_reply(play, &flight, bits, kind, &play->core.events.arena, reply);
}

/* With other bytes in place of the input's. */
static void act_with(struct play *play, void (*act)(struct play *), uint8_t first, uint8_t second)
{
    uint8_t bytes[] = {first, second};
    struct input given = {bytes, sizeof bytes}, *chosen = play->input;
    play->input = &given;
    act(play);
    play->input = chosen;
}

/* Everything that waits is answered well. */
static void act_answer_all(struct play *play)
{
    while (play->flight_count > 0)
        act_with(play, act_reply, 0, 0);
}

/* Everything that waits is refused or lost in one way; or the calls that change something are, and looks are
   answered well. */
static void fail_all(struct play *play, uint8_t way)
{
    unsigned at = 0;
    while (at < play->flight_count) {
        bool well = way & 1 && !call_is_mutating(play->flights[at].call.kind);
        act_with(play, act_reply, (uint8_t)at, well ? 0 : way | 7);
    }
}

static void act_fail_all(struct play *play)
{
    fail_all(play, input_byte(play->input));
}

/* --- time, disk, process --- */

static void pass(struct play *play, int64_t step_ms)
{
    play->core.now.boot_ms += step_ms;
    play->core.now.wall_ms += step_ms;
}

static void act_time(struct play *play)
{
    static const int64_t steps_ms[] = {0, 1, 50, 1000, 5000, 30000, 300000, HOUR_MS};
    unsigned bits = input_byte(play->input);
    pass(play, steps_ms[bits & 7]);
    if (!(bits & 0xc0)) play->core.now.wall_ms += (int64_t)(bits >> 3) * MINUTE_MS - 2 * MINUTE_MS;
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

static void act_config(struct play *play)
{
    struct config *config = setting_config(play->input, play->dialects);
    play->core.observes = config->mode == MODE_OBSERVE;
    batch_add(&play->core.events, EVENT_CONFIG)->config = config;
}

static void act_session(struct play *play)
{
    static const char *const projects[] = {"project-a", "project-a", "project-a", "project-b"};
    unsigned bits = input_byte(play->input);
    struct event_session *session = &batch_add(&play->core.events, EVENT_SESSION)->session;
    *session = (struct event_session){.cloud = setting_clouds[bits & 1],
                                      .state = bits & 0x80 ? SESSION_NONE : SESSION_READY,
                                      .wants = bits & 0x80 ? 1 : 0,
                                      .held = bits >> 3 & 1,
                                      .own = bits >> 4 & 1,
                                      .fingerprint = projects[bits >> 1 & 3],
                                      .message = ""};
    if ((bits & 0x60) != 0x60) return;
    session->state = SESSION_FAILED;
    session->retry_boot_ms = play->core.now.boot_ms + 5000;
    session->quiet_boot_ms = bits & 8 ? play->core.now.boot_ms + 9000 : 0;
    session->message = "wrong password; check spec.auth";
}

/* A new process: the ledger stays or is lost, what was in flight is nobody's any more. */
static void act_crash(struct play *play)
{
    struct core *core = &play->core;
    unsigned bits = input_byte(play->input);
    if (bits & 0xc0) return; /* seldom */
    core_crash(core);
    play->flight_count = 0;
    if ((bits & 0x30) == 0x30) {
        disk_free(core->disk);
        core->disk = disk_new();
    }
    core_start(core);
    core_offer_ledger(core);
    if ((bits & 0x38) == 0x30) core->events.events[core->events.count - 1].ledger.state = LEDGER_MISSING;
    core_turn(core);
    FUZZ_CHECK(!core->ledger_damage);
    act_config(play);
    act_with(play, act_session, 0, 0);
    act_with(play, act_session, 1, 0);
}

/* --- people --- */

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

static const char *adopted_id(const struct play *play, unsigned place)
{
    const struct toy *toy = &play->toy;
    return toy->server_count > 0 ? toy->servers[place % toy->server_count].id : setting_ids[0];
}

static void act_command(struct play *play)
{
    static const char *const targets[][8] = {
        {"", "prod", "lab", "cloud:alpha", "web-1", "prod/db", "cache", "ops"},
        {"cloud:alfa", "lab/web-1", "prod/ops", "lab/ops", "web-9", "cloud:beta", "ops@alpha", "cloud:"}};
    static const char *const names[] = {"web-1", "prod"};
    unsigned bits = input_byte(play->input), more = input_byte(play->input);
    struct event_command *command = &batch_add(&play->core.events, EVENT_COMMAND)->command;
    *command = (struct event_command){.id = 1 + bits,
                                      .kind = (enum command_kind)(bits % COMMAND_LOG_LEVEL),
                                      .target = targets[bits >> 7][more & 7],
                                      .names = names,
                                      .name_count = more >> 3 & 1,
                                      .argument = more & 16 ? adopted_id(play, more >> 5) : "a reason",
                                      .duration_ms = more & 32 ? HOUR_MS : 0,
                                      .partial = more >> 6,
                                      .hard = more & 64,
                                      .matching = more & 128,
                                      .strangers = more & 64};
    if (command->kind == COMMAND_ADOPT) play->adopts = true;
}

/* Of the first object that is held. */
static void act_approve(struct play *play)
{
    enum { SHOWN_MAX = 1 << 20 };
    AUTO_TEXT struct text shown;
    text_init(&shown, SHOWN_MAX);
    view_holds(play->core.state, play->core.now, &shown);
    const char *found = shown.bytes ? strstr(shown.bytes, "\"holdId\":\"") : NULL;
    if (!found) return;
    found += strlen("\"holdId\":\"");
    struct event_command *command = &batch_add(&play->core.events, EVENT_COMMAND)->command;
    *command = (struct event_command){.id = 900,
                                      .kind = COMMAND_APPROVE,
                                      .argument = "",
                                      .partial = input_byte(play->input) & 1,
                                      .target = arena_bytes(&play->arena, found, strcspn(found, "\""))};
}

/* --- what happens in the cloud without us --- */

static void stranger_comes(struct play *play, unsigned bits)
{
    struct toy_server *server =
        toy_add(&play->toy, bits & 1, setting_names[bits >> 1 & 3], play->core.now.wall_ms);
    if (!server) return;
    server->foreign = true;
    server->phase = PHASE_RUNNING;
    server->coming = PHASE_COUNT;
    server->never_ran = false;
}

/* Marks that other hands wrote: none any more, another owner's, another daemon's. */
static void mark_changes(struct play *play, struct toy_server *server, unsigned bits)
{
    if (server->foreign || play->toy.traits[server->cloud]->mark != MARK_AS_METADATA) return;
    if ((bits & OWNER_OTHER) == 0) {
        server->marks = (struct value){0};
        return;
    }
    const char **changed = ARENA_ROW(&play->arena, const char *, server->marks.rows * 2u + 1);
    for (unsigned i = 0; i < server->marks.rows; i++) {
        const char *key = value_cell(server->marks, i, 0), *text = value_cell(server->marks, i, 1);
        if (strcmp(key, bits & 2 ? "setpoint.writer" : "setpoint.owner") == 0) text = "zzzz";
        if (!(bits & 2) && strcmp(key, "setpoint.object") == 0) text = "lab/nobody";
        changed[i * 2] = key;
        changed[i * 2 + 1] = text;
    }
    server->marks.cells = changed;
    server->created_wall_ms = play->core.now.wall_ms;
}

static void act_cloud(struct play *play)
{
    static const enum phase phases[] = {PHASE_RUNNING, PHASE_STOPPED, PHASE_ERROR,   PHASE_SHELVED,
                                        PHASE_BUSY,    PHASE_PAUSED,  PHASE_UNKNOWN, PHASE_RESCUED};
    unsigned bits = input_byte(play->input), place = input_byte(play->input);
    if (play->toy.server_count == 0 || (bits & 0xf0) == 0xf0) {
        stranger_comes(play, bits);
        return;
    }
    struct toy_server *server = &play->toy.servers[place % play->toy.server_count];
    switch (bits & 7) {
    case 0:
    case 1:
        server->phase = phases[bits >> 3 & 7];
        server->coming = PHASE_COUNT;
        return;
    case 2: server->gone = bits & 8; return;
    case 3: mark_changes(play, server, bits >> 3); return;
    case 4: server->hides = bits & 8; return;
    case 5: server->locked = bits & 8; return;
    case 6: server->name = bits & 8 ? "renamed" : setting_names[bits >> 4 & 3]; return;
    default: server->values[FIELD_FLAVOR] = value_of_scalar(&play->arena, bits & 8 ? "f-1" : "f-2"); return;
    }
}

static void act_keys(struct play *play)
{
    unsigned bits = input_byte(play->input);
    if (bits & 1) {
        play->toy.key_count = 0;
    } else if (play->toy.key_count < TOY_ENTRIES) {
        play->toy.keys[play->toy.key_count++] = (struct toy_key){
            "ops", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB",
            bits >> 1 & 1};
    }
}

/* Many vanish at once. */
static void act_vanish(struct play *play)
{
    bool back = input_bit(play->input);
    for (unsigned i = 0; i < play->toy.server_count; i++)
        play->toy.servers[i].gone = !back;
}

/* What was begun is finished. */
static void act_settle(struct play *play)
{
    toy_settle(&play->toy, (input_byte(play->input) & 7) == 7);
}

static void rounds(struct play *play, unsigned bits, unsigned count, void (*answer)(struct play *, uint8_t),
                   uint8_t way)
{
    static const int64_t steps_ms[] = {1000, 7000, 40000, 400000};
    for (unsigned i = 0; i < count; i++) {
        act_save_all(play);
        answer(play, way);
        if (i & 1) toy_settle(&play->toy, bits & 0x80);
        pass(play, steps_ms[bits & 3]);
        core_turn(&play->core);
    }
}

static void answer_all(struct play *play, uint8_t way)
{
    (void)way;
    act_answer_all(play);
}

/* A while in which all goes well, but for what ends badly where the highest bit says so: so that a few bytes
   lead far. */
static void act_peace(struct play *play)
{
    unsigned bits = input_byte(play->input);
    rounds(play, bits, 4 + (bits >> 2 & 15), answer_all, 0);
}

/* A while in which calls fail in one way. */
static void act_trouble(struct play *play)
{
    uint8_t way = input_byte(play->input);
    unsigned bits = input_byte(play->input);
    rounds(play, bits, 2 + (bits >> 2 & 7), fail_all, way);
}

static void act_tick(struct play *play)
{
    batch_add(&play->core.events, EVENT_TICK);
}

static void (*const acts[])(struct play *) = {
    act_time,     act_reply,   act_answer_all, act_save_all, act_config, act_generation, act_session,
    act_command,  act_cloud,   act_settle,     act_save,     act_crash,  act_peace,      act_source_fault,
    act_fail_all, act_approve, act_vanish,     act_keys,     act_peace,  act_tick,       act_trouble};
enum { ACTS = sizeof acts / sizeof *acts };

static void begin(struct play *play)
{
    unsigned dialects = input_byte(play->input), count = 0;
    while (provider_traits()[count])
        count++;
    arena_init(&play->arena);
    play->toy.arena = &play->arena;
    play->dialects[0] = (uint8_t)(dialects % count);
    play->dialects[1] = (uint8_t)(dialects / count % count);
    for (unsigned i = 0; i < TOY_CLOUDS; i++)
        play->toy.traits[i] = provider_traits()[play->dialects[i]];
    core_begin(&play->core, (struct now){HOUR_MS, SETTING_WALL_MS});
    play->core.sent = on_sent;
    play->core.ctx = play;
    core_start(&play->core);
    core_offer_ledger(&play->core);
    act_config(play);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {data, size};
    struct play play = {.input = &input};
    if (size > INPUT_MAX) return 0;
    begin(&play);
    for (unsigned i = 0; i < ACTS_MAX && input.left > 0; i++) {
        unsigned chosen = input_byte(&input);
        acts[chosen % ACTS](&play);
        if (chosen < 0xc0) core_turn(&play.core);
    }
    core_turn(&play.core);
    core_show(&play.core);
    core_end(&play.core);
    arena_release(&play.arena);
    return 0;
}
