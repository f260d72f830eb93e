#include "daemon/turn.h"

#include "daemon/clock.h"
#include "daemon/dispatch.h"
#include "daemon/history.h"
#include "daemon/http.h"
#include "daemon/log.h"
#include "daemon/material.h"
#include "daemon/notifier.h"
#include "daemon/sender.h"
#include "reconcile/base/assert.h"
#include "reconcile/base/cleanup.h"
#include "reconcile/base/memory.h"
#include "reconcile/effect.h"

enum {
    TICK_MS = 1000,          /* section 1: a tick is an event too */
    WAKE_MAX_MS = 60 * 1000, /* uv's clock stops while the machine sleeps, ours does not */
    LOGOUT_MS =
        1500, /* of the 3 s that the end waits for what hangs: ending sessions, and what delays that */
    TELL_JSON_MAX = 16 << 10 /* one event with all its texts */
};

/* An answer that waits for the next step. */
struct later {
    struct later *next;
    uint64_t token;
    int exit;
    char *message;
};

struct turn {
    uv_prepare_t prepare;
    uv_idle_t again; /* active: the loop does not wait, there is work left */
    uv_timer_t wake, tick;
    struct state *state;
    struct batch events;
    struct effects effects;
    bool more, leaving;
    int64_t wake_boot_ms;

    struct ledger *ledger;
    struct http *http;
    struct dispatch *dispatch;
    struct sender sender;
    struct notifier *notifier;
    struct control *control;
    struct later *later, **later_end;
    turn_done *done;
    void *done_ctx;
    struct turn_figures figures;
    struct counters *counters;
    uint64_t tick_ns; /* the newest one */
};

/* Effects */

static void save_done(void *ctx, uint64_t id, bool ok, const char *problem)
{
    struct turn *turn = ctx;
    struct event *event = batch_add(&turn->events, ok ? EVENT_SAVED : EVENT_SAVE_FAILED);
    event->save.id = id;
    event->save.problem = ok ? NULL : arena_text(&turn->events.arena, problem);
}

static void tell_carry_out(struct turn *turn, const struct tell *tell)
{
    history_log(tell);
    if (turn->control == NULL) return;
    AUTO_TEXT struct text json;
    text_init(&json, TELL_JSON_MAX);
    history_tell_json(tell, &json);
    if (!json.overflow) control_tell(turn->control, tell->seq, tell->source, tell->name, json.bytes);
}

static void effect_carry_out(struct turn *turn, const struct effect *effect, struct now now)
{
    switch (effect->kind) {
    case EFFECT_SAVE:
        ledger_save(turn->ledger, effect->save.id, effect->save.records, effect->save.count, save_done, turn);
        return;
    case EFFECT_SEND:
        turn->figures.sent++;
        counters_sent(turn->counters, effect->send.call);
        dispatch_effect(turn->dispatch, effect, now);
        return;
    case EFFECT_PERMIT: dispatch_effect(turn->dispatch, effect, now); return;
    case EFFECT_ANSWER:
        if (turn->control)
            control_answer(turn->control, effect->answer.id, (int)effect->answer.code,
                           effect->answer.message);
        return;
    case EFFECT_NOTIFY: notifier_deliver(turn->notifier, &effect->notify); return;
    case EFFECT_TELL: tell_carry_out(turn, &effect->tell); return;
    case EFFECT_KIND_COUNT: break;
    }
    UNREACHABLE();
}

static void later_answer(struct turn *turn, struct later *later)
{
    for (struct later *next; later; later = next) {
        next = later->next;
        if (turn->control) control_answer(turn->control, later->token, later->exit, later->message);
        memory_free(later->message);
        memory_free(later);
    }
}

static struct later *later_take(struct turn *turn)
{
    struct later *taken = turn->later;
    turn->later = NULL;
    turn->later_end = &turn->later;
    return taken;
}

/* The step */

static bool turn_is_due(const struct turn *turn, struct now now)
{
    return turn->events.count > 0 || turn->later || turn->more || now.boot_ms >= turn->wake_boot_ms;
}

static void turn_step(struct turn *turn, struct now now)
{
    uint64_t began_ns = uv_hrtime();
    struct batch batch = batch_take(&turn->events);
    struct later *later = later_take(turn);
    effects_clear(&turn->effects);
    for (uint32_t i = 0; i < batch.count; i++)
        if (batch.events[i].kind == EVENT_REPLY) counters_reply(turn->counters, &batch.events[i].reply, now);
    struct step_result result = reconcile_step(turn->state, batch.events, batch.count, now, &turn->effects);
    for (uint32_t i = 0; i < turn->effects.count; i++)
        effect_carry_out(turn, &turn->effects.items[i], now);
    sender_run(&turn->sender);
    batch_release(&batch);
    turn->more = result.more;
    turn->wake_boot_ms = result.wake_boot_ms;
    later_answer(turn, later);
    turn->figures.steps++;
    int64_t took_us = (int64_t)((uv_hrtime() - began_ns) / 1000);
    turn->figures.step_us_most = instant_max(turn->figures.step_us_most, took_us);
    counters_step(turn->counters, took_us);
    if (turn->control) control_notify(turn->control);
    if (turn->done) turn->done(turn->done_ctx);
}

static void wake_nothing(uv_timer_t *timer)
{
    (void)timer; /* the loop woke up: the prepare callback comes */
}

static void again_nothing(uv_idle_t *idle)
{
    (void)idle;
}

static void turn_set_wake(struct turn *turn, struct now now)
{
    if (turn_is_due(turn, now)) {
        uv_idle_start(&turn->again, again_nothing);
        return;
    }
    uv_idle_stop(&turn->again);
    int64_t wait_ms = instant_min(turn->wake_boot_ms - now.boot_ms, WAKE_MAX_MS);
    uv_update_time(turn->wake.loop);
    uv_timer_start(&turn->wake, wake_nothing, (uint64_t)wait_ms, 0);
}

static void turn_leave_on(struct turn *turn);

static void turn_prepare(uv_prepare_t *prepare)
{
    struct turn *turn = prepare->data;
    if (turn->leaving) {
        turn_leave_on(turn);
        return;
    }
    struct now now = clock_now();
    if (turn_is_due(turn, now)) turn_step(turn, now);
    turn_set_wake(turn, clock_now());
}

static void turn_tick(uv_timer_t *timer)
{
    struct turn *turn = timer->data;
    uint64_t tick_ns = uv_hrtime();
    if (turn->tick_ns > 0)
        counters_lag(turn->counters, (int64_t)((tick_ns - turn->tick_ns) / 1000) - TICK_MS * 1000);
    turn->tick_ns = tick_ns;
    batch_add(&turn->events, EVENT_TICK);
    dispatch_tick(turn->dispatch, clock_now());
}

/* Life */

struct turn *turn_new(uv_loop_t *loop, struct ledger *ledger)
{
    struct turn *turn = NEW(struct turn);
    uint8_t entropy[32];
    clock_entropy(entropy);
    struct login_host host = material_host();
    turn->state = reconcile_new(entropy, clock_now());
    batch_init(&turn->events);
    effects_init(&turn->effects);
    turn->wake_boot_ms = NEVER_MS;
    turn->ledger = ledger;
    turn->later_end = &turn->later;
    turn->http = http_new(loop);
    turn->counters = counters_new();
    turn->dispatch = dispatch_new(&host, &turn->events);
    sender_init(&turn->sender, turn->http, turn->dispatch);
    turn->notifier = notifier_new(loop, turn->http, &turn->events, turn->counters);
    uv_prepare_init(loop, &turn->prepare);
    uv_idle_init(loop, &turn->again);
    uv_timer_init(loop, &turn->wake);
    uv_timer_init(loop, &turn->tick);
    turn->prepare.data = turn->tick.data = turn->wake.data = turn;
    uv_prepare_start(&turn->prepare, turn_prepare);
    uv_timer_start(&turn->tick, turn_tick, TICK_MS, TICK_MS);
    return turn;
}

void turn_settle(struct turn *turn)
{
    struct now now = clock_now();
    reconcile_leave(turn->state, turn->events.events, turn->events.count, now, &turn->effects);
    for (uint32_t i = 0; i < turn->effects.count; i++)
        effect_carry_out(turn, &turn->effects.items[i], now);
    later_answer(turn, later_take(turn));
}

static void turn_end(struct turn *turn)
{
    uv_close((uv_handle_t *)&turn->prepare, NULL);
    uv_close((uv_handle_t *)&turn->wake, NULL);
    http_free(turn->http);
    turn->http = NULL;
}

static void leave_late(uv_timer_t *timer)
{
    turn_end(timer->data);
}

static void turn_leave_on(struct turn *turn)
{
    sender_run(&turn->sender);
    if (dispatch_has_left(turn->dispatch)) turn_end(turn);
}

void turn_stop(struct turn *turn)
{
    turn->control = NULL;
    turn->leaving = true;
    uv_close((uv_handle_t *)&turn->again, NULL);
    uv_close((uv_handle_t *)&turn->tick, NULL);
    uv_timer_stop(&turn->wake);
    notifier_free(turn->notifier);
    dispatch_leave(turn->dispatch, clock_now());
    if (!dispatch_has_left(turn->dispatch)) {
        uv_update_time(turn->wake.loop);
        uv_timer_start(&turn->wake, leave_late, LOGOUT_MS, 0);
    }
    turn_leave_on(turn);
}

void turn_free(struct turn *turn)
{
    if (turn == NULL) return;
    later_answer(turn, later_take(turn));
    sender_release(&turn->sender);
    dispatch_free(turn->dispatch);
    batch_discard(&turn->events);
    effects_release(&turn->effects);
    reconcile_free(turn->state);
    counters_free(turn->counters);
    memory_free(turn);
}

struct batch *turn_events(struct turn *turn)
{
    return &turn->events;
}

struct state *turn_state(struct turn *turn)
{
    return turn->state;
}

const struct counters *turn_counters(const struct turn *turn)
{
    return turn->counters;
}

void turn_set_control(struct turn *turn, struct control *control)
{
    turn->control = control;
}

void turn_set_done(struct turn *turn, turn_done *done, void *ctx)
{
    turn->done = done;
    turn->done_ctx = ctx;
}

void turn_config(struct turn *turn, struct config *config)
{
    batch_add(&turn->events, EVENT_CONFIG)->config = config;
    dispatch_config(turn->dispatch, config, clock_now());
    notifier_config(turn->notifier, config);
    http_forget_certificates(turn->http);
}

void turn_answer(struct turn *turn, uint64_t token, int exit, const char *message)
{
    struct later *later = NEW(struct later);
    *later = (struct later){.token = token, .exit = exit, .message = memory_copy_text(message)};
    *turn->later_end = later;
    turn->later_end = &later->next;
}

struct turn_figures turn_figures(const struct turn *turn)
{
    struct turn_figures figures = turn->figures;
    figures.in_flight = dispatch_in_flight(turn->dispatch);
    return figures;
}
