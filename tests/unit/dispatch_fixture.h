#ifndef SETPOINT_TESTS_DISPATCH_FIXTURE_H
#define SETPOINT_TESTS_DISPATCH_FIXTURE_H

#include "daemon/dispatch.h"
#include "tests/unit/plain_provider.h"
#include "tests/unit/unit.h"

/* A dispatch with two clouds of a plain provider, for what it is given and what it answers. */

/* The registry of these tests: made-up providers. */
const struct provider *provider_by_name(const char *name)
{
    if (text_equal(name, "parting")) return &parting_provider;
    return text_equal(name, "plain") ? &plain_provider : NULL;
}

struct fixture {
    struct batch events;
    struct plain_host host;
    struct dispatch *dispatch;
    struct config config;
    struct cloud_config clouds[2];
};

static inline void fixture_init_as(struct fixture *f, const struct traits *traits)
{
    *f = (struct fixture){.clouds = {{.name = "one", .traits = traits, .total_timeout_ms = 30000},
                                     {.name = "two", .traits = traits}}};
    struct login_host host = plain_login_host(&f->host);
    f->config = (struct config){.clouds = f->clouds, .cloud_count = 2};
    batch_init(&f->events);
    f->dispatch = dispatch_new(&host, &f->events);
    dispatch_config(f->dispatch, &f->config, plain_now(0));
}

static inline void fixture_init(struct fixture *f)
{
    fixture_init_as(f, &plain_traits);
}

static inline void fixture_release(struct fixture *f)
{
    dispatch_free(f->dispatch);
    batch_discard(&f->events);
}

static inline void permit(struct fixture *f, const char *cloud, int64_t boot_ms)
{
    struct effect effect = {.kind = EFFECT_PERMIT, .permit = {cloud, false}};
    dispatch_effect(f->dispatch, &effect, plain_now(boot_ms));
}

static inline void send(struct fixture *f, const char *cloud, uint64_t id, const char *argument,
                        int64_t boot_ms)
{
    static char name[16], server[16], nic[16]; /* static: writes to what is dead anyway are left out */
    text_copy(name, sizeof name, cloud);
    text_copy(server, sizeof server, "server-1");
    text_copy(nic, sizeof nic, "nic-1");
    struct call call = {
        .id = id, .kind = CALL_STOP, .cloud = name, .provider_id = server, .argument = argument, .nic = nic};
    struct effect effect = {.kind = EFFECT_SEND, .send = {.call = &call}};
    dispatch_effect(f->dispatch, &effect, plain_now(boot_ms));
    memset(name, '-', sizeof name - 1); /* the call's texts die with the turn */
    memset(server, '-', sizeof server - 1);
    memset(nic, '-', sizeof nic - 1);
}

static inline uint64_t started(struct fixture *f, const char *url, const char *token)
{
    struct transfer transfer;
    assert_true(dispatch_next(f->dispatch, &transfer));
    assert_string_equal(transfer.request.url, url);
    if (token) assert_string_equal(transfer.request.headers[0].value, token);
    assert_int_equal(transfer.secret, token == NULL);
    return transfer.id;
}

static inline void nothing_started(struct fixture *f)
{
    struct transfer transfer;
    assert_false(dispatch_next(f->dispatch, &transfer));
}

static inline void answer(struct fixture *f, uint64_t id, int status, const char *body, int64_t boot_ms)
{
    struct http_response response = {.transport = TRANSPORT_DONE,
                                     .status = status,
                                     .body = body,
                                     .body_size = strlen(body),
                                     .sent_boot_ms = boot_ms - 10};
    dispatch_response(f->dispatch, id, &response, plain_now(boot_ms));
}

static inline void log_in(struct fixture *f, const char *cloud, const char *token, int64_t boot_ms)
{
    char body[64];
    permit(f, cloud, boot_ms);
    snprintf(body, sizeof body, "%s -1 project", token);
    answer(f, started(f, "plain:login", NULL), 200, body, boot_ms);
}

/* The newest session event of a cloud. */
static inline const struct event_session *session_of(const struct fixture *f, const char *cloud)
{
    for (uint32_t i = f->events.count; i-- > 0;)
        if (f->events.events[i].kind == EVENT_SESSION && text_equal(f->events.events[i].session.cloud, cloud))
            return &f->events.events[i].session;
    return NULL;
}

static inline const struct event_reply *reply_to(const struct fixture *f, uint64_t call_id)
{
    const struct event_reply *found = NULL;
    for (uint32_t i = 0; i < f->events.count; i++) {
        const struct event *event = &f->events.events[i];
        if (event->kind != EVENT_REPLY || event->reply.call_id != call_id) continue;
        assert_null(found); /* exactly one */
        found = &event->reply;
    }
    return found;
}

#endif
