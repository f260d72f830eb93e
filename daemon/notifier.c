#include "daemon/notifier.h"

#include <stdio.h>
#include <string.h>
#include <sys/queue.h>
#include <unistd.h>

#include "daemon/clock.h"
#include "daemon/config_copy.h"
#include "daemon/hook.h"
#include "daemon/notification_form.h"
#include "daemon/secret.h"
#include "daemon/sendmail.h"
#include "providers/clean.h"
#include "providers/request.h"
#include "providers/response.h"
#include "reconcile/base/assert.h"
#include "reconcile/base/cleanup.h"

enum {
    CONNECT_MS = 10 * SECOND_MS,
    TOTAL_MS = 30 * SECOND_MS,
    ANSWER_BYTES_MAX = 4096, /* an answer of any length counts; so much of it is looked at */
    ANSWER_SHOWN_MAX = 200,  /* bytes of it that people are shown */
    HOST_NAME_SIZE = 256,    /* HOST_NAME_MAX and a NUL */
    POOL_SIZE = LIMIT_DOCUMENT_NAME + 16
};

/* One effect, until its event. */
struct delivery {
    LIST_ENTRY(delivery) link;
    struct notifier *notifier;
    char *id, *target, *program;
    struct secret secret; /* the URL, where it is one */
    char *plain;          /* the URL, where it is none */
    struct url hook;      /* of either; the answer may repeat it */
    uint64_t transfer_id;
    struct sendmail *sendmail;
};

struct notifier {
    uv_loop_t *loop;
    struct http *http;
    struct batch *events;
    struct counters *counters;
    struct config *config; /* NULL before the first */
    LIST_HEAD(deliveries, delivery) deliveries;
};

static void delivery_free(struct delivery *delivery)
{
    LIST_REMOVE(delivery, link);
    secret_wipe(&delivery->secret);
    memory_free(delivery->plain);
    memory_free(delivery->id);
    memory_free(delivery->target);
    memory_free(delivery->program);
    memory_free(delivery);
}

/* problem: NULL = delivered. */
static void delivery_end(struct delivery *delivery, const char *problem, int64_t retry_boot_ms, bool refused)
{
    struct batch *events = delivery->notifier->events;
    struct event_notified *event = &batch_add(events, EVENT_NOTIFIED)->notified;
    event->id = arena_text(&events->arena, delivery->id);
    event->delivered = problem == NULL;
    event->refused = refused;
    event->retry_boot_ms = retry_boot_ms;
    event->problem = problem ? clean_text(&events->arena, problem, strlen(problem), LIMIT_MESSAGE) : NULL;
    counters_notified(delivery->notifier->counters, delivery->target, problem == NULL);
    delivery_free(delivery);
}

/* POST */

static const char *shown_answer(const struct url *hook, const struct http_response *response,
                                struct arena *arena)
{
    if (response->status >= 300 && response->status < 400)
        return "it sends elsewhere, which is not followed; write the URL that takes messages";
    if (hook_is_told(hook, response)) return "its answer repeats what is secret of the URL, and is not shown";
    return response_message(clean_text(arena, response->body, response->body_size, ANSWER_SHOWN_MAX), arena);
}

static const char *delivery_url(const struct delivery *delivery)
{
    return delivery->plain ? delivery->plain : delivery->secret.text;
}

static const char *answer_problem(const struct delivery *delivery, const struct http_response *response,
                                  struct arena *arena)
{
    if (response->transport != TRANSPORT_DONE) return response->problem;
    if (response_is_success(response)) return NULL;
    AUTO_TEXT struct text origin;
    text_init(&origin, HOOK_URL_MAX);
    url_add_origin(&origin, delivery_url(delivery));
    const char *shown = shown_answer(&delivery->hook, response, arena);
    return arena_printf(arena, "%s answered HTTP %d%s%s", origin.bytes, response->status, *shown ? ": " : "",
                        shown);
}

/* Of another message it might think better. */
static bool blames_message(const struct http_response *response)
{
    static const int statuses[] = {400, 413, 422};
    for (unsigned i = 0; i < sizeof statuses / sizeof *statuses; i++)
        if (response->transport == TRANSPORT_DONE && response->status == statuses[i]) return true;
    return false;
}

static void on_answer(void *ctx, uint64_t transfer_id, const struct http_response *response)
{
    static const char *const no_ids[] = {NULL};
    struct delivery *delivery = ctx;
    struct reply basics;
    AUTO_ARENA struct arena arena;
    (void)transfer_id;
    arena_init(&arena);
    response_basics(response, no_ids, &arena, &basics);
    const char *problem = answer_problem(delivery, response, &arena);
    bool is_asked = problem && basics.retry_after_ms > 0;
    delivery_end(delivery, problem, is_asked ? clock_now().boot_ms + basics.retry_after_ms : 0,
                 blames_message(response));
}

static bool url_read(struct delivery *delivery, const struct notify_target *target, struct error *err)
{
    if (target->url)
        delivery->plain = memory_copy_text(target->url);
    else if (!secret_read(&target->secret_url, &delivery->secret, err))
        return false;
    return hook_parse(delivery_url(delivery), target->allow_plain_http, &delivery->hook, err);
}

static void post_start(struct delivery *delivery, const struct notify_target *target, const char *id,
                       const struct text *body)
{
    AUTO_TEXT struct text url, authorization;
    char pool[POOL_SIZE];
    text_init(&url, HOOK_URL_MAX);
    text_init(&authorization, 2 * HOOK_URL_MAX);
    hook_url(&delivery->hook, &url);
    snprintf(pool, sizeof pool, "notify %s", target->name);
    struct http_options options = {.pool = pool,
                                   .ca_file = target->tls_ca,
                                   .connect_timeout_ms = CONNECT_MS,
                                   .total_timeout_ms = TOTAL_MS,
                                   .secret = true,
                                   .body_max = ANSWER_BYTES_MAX};
    struct http_request request = {
        .method = "POST", .url = url.bytes, .body = body->bytes, .body_size = body->length};
    request_header(&request, "Content-Type", "application/json");
    request_header(&request, "X-Setpoint-Notification", id);
    request_header(&request, "Idempotency-Key", id);
    if (hook_authorization(&delivery->hook, &authorization))
        request_header(&request, "Authorization", authorization.bytes);
    delivery->transfer_id = http_start(delivery->notifier->http, &options, &request, on_answer, delivery);
    text_wipe(&url);
    text_wipe(&authorization);
}

static void post(struct delivery *delivery, const struct notify_target *target,
                 const struct notification *notification)
{
    AUTO_TEXT struct text body;
    struct error err = {0};
    text_init(&body, NOTIFICATION_FORM_MAX);
    if (!url_read(delivery, target, &err)) {
        delivery_end(delivery, err.text, 0, false);
        return;
    }
    (target->form == NOTIFY_SLACK ? notification_slack : notification_webhook)(notification, &body);
    post_start(delivery, target, delivery->id, &body);
}

/* Mail */

static void on_mailed(void *ctx, const char *problem, bool refused)
{
    struct delivery *delivery = ctx;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    delivery_end(delivery, problem ? arena_printf(&arena, "%s %s", delivery->program, problem) : NULL, 0,
                 refused);
}

static void mail(struct delivery *delivery, const struct notify_target *target,
                 const struct notification *notification)
{
    AUTO_TEXT struct text text;
    char host[HOST_NAME_SIZE] = "";
    text_init(&text, NOTIFICATION_FORM_MAX);
    (void)gethostname(host, sizeof host - 1);
    notification_mail(notification, target, host, &text);
    if (text.overflow) {
        delivery_end(delivery, "the target has more addresses than a mail has room for", 0, true);
        return;
    }
    delivery->program = memory_copy_text(target->sendmail);
    delivery->sendmail = sendmail_start(delivery->notifier->loop, target->sendmail, text.bytes, text.length,
                                        SENDMAIL_TIMEOUT_MS, on_mailed, delivery);
}

void notifier_deliver(struct notifier *notifier, const struct notification *notification)
{
    struct delivery *delivery = NEW(struct delivery);
    const struct notify_target *target =
        notifier->config ? config_target(notifier->config, notification->target) : NULL;
    delivery->notifier = notifier;
    delivery->id = memory_copy_text(notification->id);
    delivery->target = memory_copy_text(notification->target);
    LIST_INSERT_HEAD(&notifier->deliveries, delivery, link);
    if (!target) {
        delivery_end(delivery, "the configuration has no such target any more", 0, false);
        return;
    }
    switch (target->form) {
    case NOTIFY_WEBHOOK:
    case NOTIFY_SLACK: post(delivery, target, notification); return;
    case NOTIFY_MAIL: mail(delivery, target, notification); return;
    case NOTIFY_FORM_COUNT: break;
    }
    UNREACHABLE();
}

/* Life */

struct notifier *notifier_new(uv_loop_t *loop, struct http *http, struct batch *events,
                              struct counters *counters)
{
    struct notifier *notifier = NEW(struct notifier);
    *notifier = (struct notifier){.loop = loop, .http = http, .events = events, .counters = counters};
    LIST_INIT(&notifier->deliveries);
    return notifier;
}

void notifier_free(struct notifier *notifier)
{
    if (!notifier) return;
    while (!LIST_EMPTY(&notifier->deliveries)) {
        struct delivery *delivery = LIST_FIRST(&notifier->deliveries);
        if (delivery->sendmail)
            sendmail_cancel(delivery->sendmail);
        else
            http_cancel(notifier->http, delivery->transfer_id);
        delivery_free(delivery);
    }
    config_free(notifier->config);
    memory_free(notifier);
}

void notifier_config(struct notifier *notifier, const struct config *config)
{
    config_free(notifier->config);
    notifier->config = config_copy(config);
    for (uint32_t i = 0; i < config->target_count; i++)
        counters_target(notifier->counters, config->targets[i].name);
}
