#include "tests/sim/wire.h"

#include <stdio.h>
#include <string.h>

#include "tests/sim/document.h"
#include "tests/sim/grow.h"
#include "tests/sim/hands.h"
#include "tests/sim/operation.h"
#include "tests/sim/twin.h"
#include "tests/sim/user_data.h"

enum {
    BASE_SIZE = sizeof "http://127.0.0.1:8774" - 1,
    SURVIVES = 700,  /* permille of requests of a killed process that still arrive */
    LATE_TENTHS = 8, /* of the time-out: late, but not later than the client waits */
    HEADERS_MAX = 64
};

static struct flight *flight_find(struct world *world, uint64_t id)
{
    for (unsigned i = 0; i < world->flight_count; i++)
        if (world->flights[i].id == id) return &world->flights[i];
    return NULL;
}

static void flight_end(struct flight *flight)
{
    free(flight->bytes);
    if (flight->has_reply) cloud_reply_release(&flight->reply);
    *flight = (struct flight){0};
}

static struct flight *flight_new(struct world *world)
{
    struct flight *flight = flight_find(world, 0);
    if (!flight) flight = GROW(world->flights, world->flight_count, world->flight_room);
    flight->id = ++world->flight_last;
    flight->machine = world->number;
    return flight;
}

static unsigned cloud_place(const char *name)
{
    unsigned place = 0;
    while (strcmp(document_clouds[place], name) != 0)
        place++;
    return place;
}

/* To be copied: its NUL with it. */
static size_t size_of(const char *text)
{
    return strlen(text) + 1;
}

static const char *put(char **at, const void *bytes, size_t size)
{
    const char *copy = memcpy(*at, bytes, size);
    *at += size;
    return copy;
}

/* The daemon's request is gone before its reply: all of it in one piece. */
static void copy_request(struct flight *flight, const struct http_request *request)
{
    const char *path = strlen(request->url) > BASE_SIZE ? request->url + BASE_SIZE : "/";
    size_t size = size_of(request->method) + size_of(path) + request->body_size + 1;
    for (unsigned i = 0; i < request->header_count; i++)
        size += size_of(request->headers[i].name) + size_of(request->headers[i].value);
    char *at = flight->bytes = grow_to(NULL, size);
    flight->method = put(&at, request->method, size_of(request->method));
    flight->path = put(&at, path, size_of(path));
    flight->header_count = request->header_count;
    for (unsigned i = 0; i < request->header_count; i++) {
        const struct http_header *header = &request->headers[i];
        flight->headers[i].name = put(&at, header->name, size_of(header->name));
        flight->headers[i].value = put(&at, header->value, size_of(header->value));
    }
    flight->body_size = request->body_size;
    if (!request->body) return;
    flight->body = put(&at, request->body, request->body_size);
    *at = '\0';
}

/* Behind "Bearer ", if that is there. */
static const char *bare(const char *value)
{
    const char *blank = strrchr(value, ' ');
    return blank ? blank + 1 : value;
}

static bool is_secret(const char *header)
{
    return strcasestr(header, "auth") != NULL || strcasestr(header, "token") != NULL;
}

static void take_request(struct world *world, struct flight *flight, const struct transfer *transfer)
{
    struct request_meaning meaning;
    const struct http_request *request = &transfer->request;
    flight->transfer = transfer->id;
    flight->cloud = cloud_place(transfer->cloud);
    copy_request(flight, request);
    for (unsigned i = 0; i < request->header_count; i++)
        if (is_secret(request->headers[i].name)) judge_secret(world->judge, bare(request->headers[i].value));
    request_read(world->story.dialects[flight->cloud], flight->method, flight->path, flight->body, &meaning);
    flight->mutating = !transfer->secret && meaning.operation != OPERATION_READ;
    flight->create = meaning.operation == OPERATION_CREATE;
}

/* Does this kind of trouble hit the flight? */
static bool hits(struct world *world, const struct flight *flight, unsigned kind)
{
    if (world->calm || !world->story.has[kind]) return false;
    if (!dice_chance(&world->dice_wire, world->story.rate / 2 + 10)) return false;
    world_note(world, kind, flight->mutating);
    return true;
}

static int64_t latency(struct world *world)
{
    return dice_between(&world->dice_wire, 1, world->story.latency_ms);
}

static void set_off(struct world *world, struct flight *flight, const struct transfer *transfer)
{
    int64_t now = world->now_ms;
    flight->sent_ms = now;
    flight->sent_boot_ms = world_clock(world).boot_ms;
    flight->time_out_ms = now + transfer->total_timeout_ms;
    if (hits(world, flight, TROUBLE_NOT_SENT)) {
        flight->breaks = true;
        world_due(world, now + dice_between(&world->dice_wire, 1, 2000), DUE_DELIVERY, flight->id);
        return;
    }
    world_due(world, flight->time_out_ms, DUE_TIME_OUT, flight->id);
    if (hits(world, flight, TROUBLE_REQUEST_LOST)) return;
    int64_t way = latency(world);
    /* late, but not later than the client waits: what S1's settle counts on */
    if (hits(world, flight, TROUBLE_REQUEST_LATE))
        way = dice_between(&world->dice_wire, transfer->total_timeout_ms / 3,
                           transfer->total_timeout_ms * LATE_TENTHS / 10);
    world_due(world, now + way, DUE_ARRIVAL, flight->id);
}

void wire_run(struct world *world)
{
    for (struct transfer transfer; world->up && dispatch_next(world->dispatch, &transfer);) {
        if (crash_points_pass(world, false)) return;
        struct flight *flight = flight_new(world);
        take_request(world, flight, &transfer);
        struct judge_request request = {flight->id, flight->cloud, flight->method, flight->path,
                                        transfer.secret ? NULL : flight->body};
        struct rows intents = {0};
        if (flight->mutating) intents = disk_intents(world->disk);
        judge_sent(world->judge, &request, &intents, world->now_ms);
        set_off(world, flight, &transfer);
        if (flight->mutating && crash_points_pass(world, true)) return;
    }
}

/* When the reply reaches the client, if it does at all. */
static void plan_delivery(struct world *world, struct flight *flight)
{
    const struct cloud_reply *reply = &flight->reply;
    int64_t back = latency(world);
    if (reply->hold || reply->endless) return; /* until the client gives up */
    flight->breaks = reply->lost || reply->truncated;
    if (hits(world, flight, TROUBLE_REPLY_LOST)) flight->breaks = true;
    if (hits(world, flight, TROUBLE_REPLY_LATE))
        back = dice_between(&world->dice_wire, 500, world->story.timeout_ms * 3 / 2);
    flight->doubled = !flight->breaks && hits(world, flight, TROUBLE_REPLY_DOUBLED);
    world_due(world, world->now_ms + reply->delay_ms + reply->drip_ms + back, DUE_DELIVERY, flight->id);
}

void wire_arrive(struct world *world, uint64_t id)
{
    struct flight *flight = flight_find(world, id);
    if (!flight) return;
    if (flight->arrives_ms > world->now_ms) {
        world_due(world, flight->arrives_ms, DUE_ARRIVAL, id);
        return;
    }
    struct cloud_request request = {.method = flight->method,
                                    .path = flight->path,
                                    .headers = flight->headers,
                                    .header_count = flight->header_count,
                                    .body = flight->body,
                                    .body_size = flight->body_size};
    flight->arrived = true;
    if (flight->mutating) hands_meet(world, flight);
    unsigned fault = crash_points_arrive(world, flight);
    cloud_handle(world->clouds[flight->cloud], world->now_ms, &request, &flight->reply);
    crash_points_arrived(world, flight, fault);
    if (flight->create) user_data_echo(world, flight);
    flight->has_reply = true;
    trace_say(&world->trace, "%lld: %s %s %s arrives: %d%s%s", (long long)world->now_ms,
              document_clouds[flight->cloud], flight->method, flight->path, flight->reply.status,
              flight->reply.lost ? ", reply lost" : "", flight->transfer ? "" : ", nobody waits");
    if (flight->mutating) twin_meets(world, flight->cloud);
    bool kills = flight->reply.kill_before_reply, moved = flight->mutating;
    judge_arrived(world->judge, flight->cloud, id, flight->reply.body_size ? flight->reply.body : "",
                  world->now_ms);
    if (flight->transfer)
        plan_delivery(world, flight);
    else
        flight_end(flight);
    if (kills) world_crash(world);
    if (moved) crash_points_pass(world, true);
}

static int64_t retry_after_ms(const struct cloud_reply *reply)
{
    const char *text = cloud_reply_header(reply, "Retry-After");
    return text ? strtoll(text, NULL, 10) * 1000 : 0;
}

static void respond(struct world *world, const struct flight *flight, struct http_response *response)
{
    int status = response->transport == TRANSPORT_DONE ? response->status : 0;
    int64_t wait = status == 429 ? retry_after_ms(&flight->reply) : 0;
    judge_answered(world->judge, flight->cloud, flight->id, status, wait, world->now_ms);
    response->sent_boot_ms = flight->sent_boot_ms;
    dispatch_response(world->dispatch, flight->transfer, response, world_clock(world));
    if (flight->doubled) dispatch_response(world->dispatch, flight->transfer, response, world_clock(world));
}

static void respond_whole(struct world *world, const struct flight *flight)
{
    struct http_header headers[HEADERS_MAX];
    const struct cloud_reply *reply = &flight->reply;
    unsigned count = 0;
    for (size_t i = 0; i < reply->header_count && count < HEADERS_MAX; i++)
        headers[count++] = (struct http_header){reply->headers[i].name, reply->headers[i].value};
    char *body = grow_to(NULL, reply->body_size + 1);
    if (reply->body_size) memcpy(body, reply->body, reply->body_size);
    body[reply->body_size] = '\0';
    struct http_response response = {.transport = TRANSPORT_DONE,
                                     .status = reply->status,
                                     .headers = headers,
                                     .header_count = count,
                                     .body = body,
                                     .body_size = reply->body_size};
    respond(world, flight, &response);
    free(body);
}

static void respond_broken(struct world *world, const struct flight *flight, const char *problem)
{
    struct http_response response = {.transport = flight->arrived || flight->has_reply ||
                                                          world->now_ms >= flight->time_out_ms
                                                      ? TRANSPORT_BROKEN
                                                      : TRANSPORT_NOT_SENT,
                                     .problem = problem,
                                     .body = ""};
    respond(world, flight, &response);
}

void wire_deliver(struct world *world, uint64_t id)
{
    struct flight *flight = flight_find(world, id);
    if (!flight || !flight->transfer) return;
    if (flight->has_reply) cloud_delivered(world->clouds[flight->cloud], flight->reply.seq, world->now_ms);
    if (flight->breaks)
        respond_broken(world, flight, flight->arrived ? "connection reset" : "connection refused");
    else
        respond_whole(world, flight);
    flight_end(flight_find(world, id));
    wire_run(world);
}

/* The client gives up; what has not arrived yet still may. */
void wire_time_out(struct world *world, uint64_t id)
{
    struct flight *flight = flight_find(world, id);
    if (!flight || !flight->transfer) return;
    respond_broken(world, flight, "timed out");
    flight = flight_find(world, id);
    flight_end(flight);
    wire_run(world);
}

/* Of a killed process, and not there yet. */
static bool survives(struct world *world, enum wire_fate fate)
{
    return fate == WIRE_DRAWN ? dice_chance(&world->dice_wire, SURVIVES) : fate != WIRE_LOST;
}

void wire_forget(struct world *world, enum wire_fate fate)
{
    for (unsigned i = 0; i < world->flight_count; i++) {
        struct flight *flight = &world->flights[i];
        if (!flight->id || flight->machine != world->number) continue;
        flight->transfer = 0;
        if (flight->arrived || flight->breaks || !survives(world, fate))
            flight_end(flight);
        else if (fate == WIRE_LATE)
            flight->arrives_ms = flight->sent_ms + world->story.timeout_ms * LATE_TENTHS / 10;
    }
}

bool wire_has_create(const struct world *world)
{
    for (unsigned i = 0; i < world->flight_count; i++)
        if (world->flights[i].id && world->flights[i].create) return true;
    return false;
}

void wire_release(struct world *world)
{
    for (unsigned i = 0; i < world->flight_count; i++)
        if (world->flights[i].id) flight_end(&world->flights[i]);
    free(world->flights);
}
