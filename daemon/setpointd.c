#include "daemon/setpointd.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <uv.h>

#include "daemon/clock.h"
#include "daemon/control.h"
#include "daemon/descriptors.h"
#include "daemon/desk.h"
#include "daemon/ledger.h"
#include "daemon/log.h"
#include "daemon/monitor.h"
#include "daemon/pulse.h"
#include "daemon/reload.h"
#include "daemon/sources.h"
#include "daemon/turn.h"
#include "reconcile/base/memory.h"
#include "reconcile/base/text.h"
#include "systemd/notify.h"

enum {
    LEAVE_MS = 3000, /* of the 5 s that the end may take: for workers that hang on a disk */
    PRUNE_MS = HOUR_MS,
    PATH_SIZE = 4096,
    SIGNALS = 3
};

static const int signals[SIGNALS] = {SIGTERM, SIGINT, SIGHUP};

struct setpointd {
    const struct options *options;
    uv_loop_t loop;
    uv_signal_t signals[SIGNALS];
    uv_timer_t prune;
    struct now started;
    struct ledger *ledger;
    struct ledger_content content; /* until the first step has taken it in */
    struct turn *turn;
    struct sources *sources;
    struct reload *reload;
    struct control *control;
    struct desk desk;
    struct pulse pulse;
    struct monitor monitor;
    int64_t history_age_ms, history_bytes;
    setpointd_watch *watch;
    void *watch_ctx;
    enum daemon_exit exit;
};

struct state *setpointd_state(struct setpointd *setpointd)
{
    return turn_state(setpointd->turn);
}

bool setpointd_has_fault(const struct setpointd *setpointd)
{
    return sources_has_fault(setpointd->sources);
}

int64_t setpointd_age_ms(const struct setpointd *setpointd)
{
    return clock_now().boot_ms - setpointd->started.boot_ms;
}

/* Configuration */

static void config_apply(struct setpointd *setpointd, struct config *config, const uint64_t *tokens,
                         uint32_t token_count)
{
    enum log_level level;
    if (log_level_parse(config->log_level, &level)) log_set_level(level);
    text_copy(setpointd->desk.owner, sizeof setpointd->desk.owner, config->owner);
    setpointd->history_age_ms = config->history_age_ms;
    setpointd->history_bytes = config->history_bytes;
    if (setpointd->options->mode != DAEMON_ONCE) {
        monitor_config(&setpointd->monitor, config->listen_metrics);
        descriptors_check(config);
    }
    sources_config(setpointd->sources, config, tokens, token_count);
    turn_config(setpointd->turn, config);
}

/* A reload is in force when the sources were read by the new configuration too. */
static void reload_good(void *ctx, struct config *config, const uint64_t *tokens, uint32_t count)
{
    struct setpointd *setpointd = ctx;
    config_apply(setpointd, config, tokens, count);
    log_write(LOG_LEVEL_NOTICE, &(struct log_fields){.type = "ConfigurationTaken"},
              "configuration was read anew and is in force");
    pulse_reloaded(&setpointd->pulse, "");
    notify_ready();
}

static void reload_bad(void *ctx, const char *mistakes, const uint64_t *tokens, uint32_t count)
{
    struct setpointd *setpointd = ctx;
    log_write(LOG_LEVEL_ERROR, &(struct log_fields){.type = "ConfigurationRefused"},
              "configuration is not taken over, the one before stays in force: %s", mistakes);
    for (uint32_t i = 0; i < count; i++)
        turn_answer(setpointd->turn, tokens[i], DAEMON_EXIT_FAILED, mistakes);
    pulse_reloaded(&setpointd->pulse, mistakes);
    notify_ready();
}

static void sources_reread_done(void *ctx, uint64_t token)
{
    struct setpointd *setpointd = ctx;
    turn_answer(setpointd->turn, token, DAEMON_EXIT_DONE, "");
}

/* Signals and time */

static void setpointd_signal(uv_signal_t *handle, int number)
{
    struct setpointd *setpointd = handle->data;
    if (number == SIGHUP) {
        notify_reloading();
        reload_start(setpointd->reload, 0);
        return;
    }
    log_write(LOG_LEVEL_NOTICE, &(struct log_fields){.type = "Leaving"},
              "%s: leaving; what is under way is in the ledger", number == SIGINT ? "SIGINT" : "SIGTERM");
    uv_stop(&setpointd->loop);
}

static void setpointd_prune(uv_timer_t *timer)
{
    struct setpointd *setpointd = timer->data;
    ledger_prune(setpointd->ledger, clock_now().wall_ms, setpointd->history_age_ms, setpointd->history_bytes);
}

static void setpointd_stepped(void *ctx)
{
    struct setpointd *setpointd = ctx;
    ledger_content_release(&setpointd->content);
    pulse_step(&setpointd->pulse);
    if (setpointd->watch && setpointd->watch(setpointd->watch_ctx, setpointd, &setpointd->exit))
        uv_stop(&setpointd->loop);
}

/* Start */

static bool ledger_start(struct setpointd *setpointd, struct error *err)
{
    const char *directory = setpointd->options->state;
    if (mkdir(directory, 0700) != 0 && errno != EEXIST)
        return error_set(err, ERROR_SYSTEM,
                         "the state directory %s cannot be made: %s; name another: --state DIR", directory,
                         strerror(errno));
    if (!ledger_open(&setpointd->loop, directory, &setpointd->ledger, &setpointd->content, err)) return false;
    setpointd->desk.ledger_corrupt = setpointd->content.state == LEDGER_CORRUPT;
    /* Made, but nothing was ever stored: a start that did not get far. */
    if (setpointd->content.state == LEDGER_LOADED && setpointd->content.count == 0 &&
        setpointd->content.event_seq == 0)
        setpointd->content.state = LEDGER_MISSING;
    if (!setpointd->options->init) return true;
    if (setpointd->content.state == LEDGER_MISSING)
        setpointd->content.state = LEDGER_INIT;
    else
        log_write(LOG_LEVEL_NOTICE, &(struct log_fields){.type = "InitIgnored"},
                  "--init does nothing: %s has a ledger already", directory);
    return true;
}

static void ledger_event_add(struct setpointd *setpointd)
{
    struct event_ledger *event = &batch_add(turn_events(setpointd->turn), EVENT_LEDGER)->ledger;
    event->state = setpointd->content.state;
    event->records = setpointd->content.records;
    event->count = setpointd->content.count;
    event->event_seq = setpointd->content.event_seq;
    event->problem = setpointd->content.problem;
}

static void parts_start(struct setpointd *setpointd)
{
    struct sources_host sources_host = {.ctx = setpointd, .reread = sources_reread_done};
    struct reload_host reload_host = {.ctx = setpointd, .good = reload_good, .bad = reload_bad};
    setpointd->turn = turn_new(&setpointd->loop, setpointd->ledger);
    turn_set_done(setpointd->turn, setpointd_stepped, setpointd);
    monitor_init(&setpointd->monitor, &setpointd->loop, setpointd->turn, setpointd->ledger,
                 setpointd->started);
    setpointd->sources = sources_new(&setpointd->loop, turn_events(setpointd->turn), &sources_host);
    setpointd->reload = reload_new(&setpointd->loop, setpointd->options->config, &reload_host);
    setpointd->desk.turn = setpointd->turn;
    setpointd->desk.ledger = setpointd->ledger;
    setpointd->desk.sources = setpointd->sources;
    setpointd->desk.reload = setpointd->reload;
    for (unsigned i = 0; i < SIGNALS; i++) {
        uv_signal_init(&setpointd->loop, &setpointd->signals[i]);
        setpointd->signals[i].data = setpointd;
        uv_signal_start(&setpointd->signals[i], setpointd_signal, signals[i]);
    }
    uv_timer_init(&setpointd->loop, &setpointd->prune);
    setpointd->prune.data = setpointd;
    uv_timer_start(&setpointd->prune, setpointd_prune, MINUTE_MS, PRUNE_MS);
    pulse_start(&setpointd->pulse, &setpointd->loop, setpointd->turn, setpointd->ledger);
}

/* Not there when nobody but a person starts the daemon; chmod because the umask takes bits away. */
static bool runtime_make(const char *directory, mode_t mode, struct error *err)
{
    if (mkdir(directory, mode) == 0 ? chmod(directory, mode) == 0 : errno == EEXIST) return true;
    return error_set(err, ERROR_SYSTEM,
                     "the runtime directory %s cannot be made: %s; start as root, or name another: "
                     "--runtime DIR",
                     directory, strerror(errno));
}

static bool control_start(struct setpointd *setpointd, struct error *err)
{
    const char *runtime = setpointd->options->runtime;
    const char *directory = runtime ? runtime : "/run/setpoint";
    int listen_fd = runtime ? -1 : notify_listen_fd("control");
    char path[PATH_SIZE];
    if (listen_fd < 0 && !runtime_make(directory, runtime ? 0700 : 0755, err)) return false;
    snprintf(path, sizeof path, "%s/control.sock", directory);
    struct control_options options = {.path = path,
                                      .listen_fd = listen_fd,
                                      .development = runtime != NULL,
                                      .version = PACKAGE_VERSION,
                                      .started_wall_ms = setpointd->started.wall_ms};
    struct control_host host = desk_host(&setpointd->desk);
    setpointd->control = setpointd->desk.control = control_new(&setpointd->loop, &options, &host, err);
    if (setpointd->control == NULL) return false;
    turn_set_control(setpointd->turn, setpointd->control);
    return true;
}

static bool setpointd_start(struct setpointd *setpointd, struct config *config, struct error *err)
{
    if (!ledger_start(setpointd, err)) {
        config_free(config);
        return false;
    }
    parts_start(setpointd);
    ledger_event_add(setpointd);
    config_apply(setpointd, config, NULL, 0);
    if (setpointd->options->mode != DAEMON_ONCE && !control_start(setpointd, err)) return false;
    if (setpointd->content.state == LEDGER_MISSING && !setpointd->options->init)
        log_write(LOG_LEVEL_NOTICE, &(struct log_fields){.type = "LedgerNew"},
                  "no ledger in %s: nothing is created in a cloud before two complete lists of it; if "
                  "there was one, stop and put it back",
                  setpointd->options->state);
    return true;
}

/* End */

static void leave_late(uv_timer_t *timer)
{
    uv_stop(timer->loop);
}

static void parts_stop(struct setpointd *setpointd)
{
    control_close(setpointd->control);
    monitor_close(&setpointd->monitor);
    setpointd->desk.control = NULL;
    turn_set_control(setpointd->turn, NULL);
    sources_free(setpointd->sources);
    reload_free(setpointd->reload);
    pulse_stop(&setpointd->pulse);
    uv_close((uv_handle_t *)&setpointd->prune, NULL);
    for (unsigned i = 0; i < SIGNALS; i++)
        uv_close((uv_handle_t *)&setpointd->signals[i], NULL);
    turn_stop(setpointd->turn);
}

/* The ledger goes first: what was handed to it is stored even if something else hangs, and who waits for that
   is told so. Then the loop runs its close callbacks; workers that do not come back are left behind. */
static void setpointd_stop(struct setpointd *setpointd)
{
    notify_stopping();
    if (setpointd->ledger) ledger_settle(setpointd->ledger);
    if (setpointd->turn) turn_settle(setpointd->turn);
    if (setpointd->turn) parts_stop(setpointd);
    if (setpointd->ledger) ledger_close(setpointd->ledger);
    uv_timer_t late;
    uv_timer_init(&setpointd->loop, &late);
    uv_timer_start(&late, leave_late, LEAVE_MS, 0);
    uv_unref((uv_handle_t *)&late);
    uv_run(&setpointd->loop, UV_RUN_DEFAULT);
    bool whole = !uv_loop_alive(&setpointd->loop);
    uv_close((uv_handle_t *)&late, NULL);
    uv_run(&setpointd->loop, UV_RUN_NOWAIT);
    ledger_content_release(&setpointd->content);
    log_tick(true);
    if (!whole) return;
    turn_free(setpointd->turn);
    uv_loop_close(&setpointd->loop);
}

enum daemon_exit setpointd_run(const struct options *options, struct config *config, setpointd_watch *watch,
                               void *ctx)
{
    /* Static: after an end that did not wait for a worker, that worker may still use it. */
    static struct setpointd setpointd;
    struct error error = {0};
    setpointd =
        (struct setpointd){.options = options, .started = clock_now(), .watch = watch, .watch_ctx = ctx};
    arena_init(&setpointd.content.arena);
    uv_loop_init(&setpointd.loop);
    if (setpointd_start(&setpointd, config, &error)) {
        uv_run(&setpointd.loop, UV_RUN_DEFAULT);
    } else {
        log_refusal(error.text);
        setpointd.exit = DAEMON_EXIT_FAILED;
    }
    setpointd_stop(&setpointd);
    if (error.text[0]) notify_status("cannot start: %s", error.text);
    return setpointd.exit;
}
