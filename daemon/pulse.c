#include "daemon/pulse.h"

#include <stdio.h>
#include <string.h>

#include "daemon/clock.h"
#include "daemon/log.h"
#include "reconcile/view.h"
#include "systemd/notify.h"

enum { PULSE_MS = 1000 };

/* A disk that hangs for WatchdogSec= is no slow disk any more. */
static bool makes_progress(const struct pulse *pulse)
{
    return view_absorbed(turn_state(pulse->turn)) != pulse->fed_absorbed &&
           ledger_busy_ms(pulse->ledger) < 2 * pulse->watchdog_ms;
}

static void watchdog_feed(struct pulse *pulse)
{
    int64_t boot_ms = clock_now().boot_ms;
    if (pulse->watchdog_ms <= 0 || boot_ms - pulse->fed_boot_ms < pulse->watchdog_ms - PULSE_MS) return;
    if (!makes_progress(pulse)) return;
    pulse->fed_boot_ms = boot_ms;
    pulse->fed_absorbed = view_absorbed(turn_state(pulse->turn));
    notify_watchdog();
}

static void status_tell(struct pulse *pulse)
{
    const struct state *state = turn_state(pulse->turn);
    uint64_t serial = view_serial(state);
    if (serial == pulse->serial) return;
    pulse->serial = serial;
    struct view_filter all = {0};
    struct view_counts counts = view_count(state, &all, clock_now());
    notify_status(
        "%s: %u of %u converged, %u progressing, %u waiting, %u blocked, %u failing, %u unknown%s%s",
        view_mode(state), counts.converged, counts.objects, counts.progressing, counts.waiting,
        counts.blocked, counts.failing, counts.unknown, pulse->refused[0] ? "; reload refused: " : "",
        pulse->refused);
}

static void pulse_beat(uv_timer_t *timer)
{
    struct pulse *pulse = timer->data;
    watchdog_feed(pulse);
    status_tell(pulse);
    log_tick(false);
}

void pulse_start(struct pulse *pulse, uv_loop_t *loop, struct turn *turn, const struct ledger *ledger)
{
    *pulse = (struct pulse){
        .turn = turn, .ledger = ledger, .serial = UINT64_MAX, .watchdog_ms = notify_watchdog_ms()};
    uv_timer_init(loop, &pulse->timer);
    pulse->timer.data = pulse;
    uv_timer_start(&pulse->timer, pulse_beat, 0, PULSE_MS);
}

void pulse_stop(struct pulse *pulse)
{
    uv_close((uv_handle_t *)&pulse->timer, NULL);
}

void pulse_reloaded(struct pulse *pulse, const char *mistakes)
{
    snprintf(pulse->refused, sizeof pulse->refused, "%.*s", (int)strcspn(mistakes, "\n"), mistakes);
    pulse->serial = UINT64_MAX;
    status_tell(pulse);
}

void pulse_step(struct pulse *pulse)
{
    if (pulse->ready || !view_is_ready(turn_state(pulse->turn))) return;
    pulse->ready = true;
    notify_ready();
    log_write(LOG_LEVEL_INFO, &(struct log_fields){.type = "Ready"},
              "ready: configuration, ledger and sources are loaded; mode %s",
              view_mode(turn_state(pulse->turn)));
}
