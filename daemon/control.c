#include "daemon/control.h"

#include <errno.h>
#include <fcntl.h>
#include <microhttpd.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "daemon/control_desk.h"
#include "daemon/control_exchange.h"
#include "daemon/control_socket.h"
#include "daemon/control_stream.h"
#include "reconcile/base/cleanup.h"
#include "reconcile/base/limits.h"
#include "reconcile/view.h"

/* libmicrohttpd with an epoll set of its own inside the libuv loop. It is edge-triggered inside: after every
   MHD_run its time-out is asked for, 0 meaning at once. A suspended connection notices no hang-up and has no
   time-out: `chores` looks for those.

   Connections are accepted here and handed over: libmicrohttpd takes its listening socket out of its epoll
   set while it is full, and nothing wakes it for putting it back. */

enum {
    CHORES_MS = 1000,
    RULES_MS = 60 * 1000, /* groups are looked up again: the administrator may have made them meanwhile */
    WATCH_SHARE = 10,     /* pictures may take a tenth of the loop's time */
    SOCKET_MODE = 0666,
    SOCKET_MODE_DEVELOPMENT = 0600,
    HANDLES = 5,
    ACCEPTS = 64, /* at once; then the loop has its turn */
    LOG_MAX = 512,
    CLOSE_ROUNDS = 3,
    EXIT_FAILED = 1
};

struct control {
    struct control_desk desk;
    struct MHD_Daemon *server;
    uv_poll_t poll;
    uv_poll_t door; /* the listening socket */
    int listen_fd;
    uv_timer_t run;    /* libmicrohttpd's own time-out */
    uv_timer_t chores; /* hang-ups, comment lines */
    uv_timer_t pace;   /* the next picture */
    bool pace_armed;
    int64_t picture_due_ms, comment_due_ms, rules_due_ms; /* the loop's clock */
    bool development;
    bool made_here; /* the socket file, which goes with us */
    unsigned open_handles;
};

static void server_run(struct control *control);

static void on_run_timer(uv_timer_t *timer)
{
    server_run(timer->data);
}

static void server_run(struct control *control)
{
    MHD_UNSIGNED_LONG_LONG wait_ms;
    if (control->desk.closing) return;
    MHD_run(control->server);
    if (MHD_get_timeout(control->server, &wait_ms) == MHD_YES)
        uv_timer_start(&control->run, on_run_timer, wait_ms, 0);
    else
        uv_timer_stop(&control->run);
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
    (void)status;
    (void)events;
    server_run(poll->data);
}

static void desk_wake(void *ctx)
{
    struct control *control = ctx;
    if (!control->desk.closing) uv_timer_start(&control->run, on_run_timer, 0, 0);
}

static int64_t loop_now_ms(struct control *control)
{
    return (int64_t)uv_now(control->run.loop);
}

static void rules_refresh(struct control *control)
{
    int64_t now_ms = loop_now_ms(control);
    if (now_ms < control->rules_due_ms) return;
    control->desk.rules = control_rules_read(control->development);
    control->rules_due_ms = now_ms + RULES_MS;
}

static void chores_start(struct control *control);

/* Out of descriptors or memory: the chores open the door again. */
static void door_rest(struct control *control)
{
    uv_poll_stop(&control->door);
    chores_start(control);
}

/* libmicrohttpd closes a connection that it does not take. */
static void on_door(uv_poll_t *door, int status, int events)
{
    struct control *control = door->data;
    (void)events;
    rules_refresh(control);
    for (int i = 0; i < ACCEPTS && status == 0; i++) {
        struct sockaddr_un from = {.sun_family = AF_UNIX};
        int fd = accept4(control->listen_fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd >= 0 && !control_places_open(&control->desk.places, fd))
            close(fd);
        else if (fd >= 0)
            MHD_add_connection(control->server, fd, (const struct sockaddr *)&from, sizeof from);
        else if (errno == EAGAIN)
            break;
        else if (errno != EINTR && errno != ECONNABORTED)
            status = -errno;
    }
    if (status != 0)
        door_rest(control);
    else
        chores_start(control);
    server_run(control);
}

/* Watchers get their pictures now; the next ones are due after a pause that keeps all this cheap. */
static void pictures_send(struct control *control)
{
    uint64_t from_ns = uv_hrtime();
    control_streams_refresh(&control->desk);
    int64_t cost_ms = (int64_t)((uv_hrtime() - from_ns) / 1000000);
    control->picture_due_ms =
        loop_now_ms(control) + instant_max(CONTROL_WATCH_INTERVAL_MS, cost_ms * WATCH_SHARE);
}

static void on_pace(uv_timer_t *timer)
{
    struct control *control = timer->data;
    control->pace_armed = false;
    pictures_send(control);
}

static void desk_pace(void *ctx)
{
    struct control *control = ctx;
    if (control->pace_armed || control->desk.closing) return;
    int64_t wait_ms = instant_max(control->picture_due_ms - loop_now_ms(control), 0);
    control->pace_armed = true;
    uv_timer_start(&control->pace, on_pace, (uint64_t)wait_ms, 0);
}

void control_notify(struct control *control)
{
    struct control_desk *desk = &control->desk;
    if (desk->stream_count == 0 || control->desk.closing) return;
    uint64_t serial = view_serial(desk->host.state(desk->host.ctx));
    if (serial == desk->shown_serial) return;
    desk->shown_serial = serial;
    control_streams_mark_dirty(desk);
    desk_pace(control);
}

void control_tell(struct control *control, uint64_t seq, const char *source, const char *name,
                  const char *json)
{
    if (!control->desk.closing) control_streams_tell(&control->desk, seq, source, name, json);
}

void control_answer(struct control *control, uint64_t token, int exit, const char *message)
{
    if (!control->desk.closing) control_desk_answer(&control->desk, token, exit, message);
}

void control_finish_json(struct control *control, uint64_t token, const char *json)
{
    control_answer(control, token, 0, json);
}

/* Ends a request that libmicrohttpd does not look at; it then finds out for itself that nobody is there. */
static void request_abandon(struct control_desk *desk, struct control_request *request, const char *why)
{
    control_desk_forget(desk, request);
    if (request->stream && !request->stream->loading)
        request->stream->ended = true;
    else
        control_request_finish_status(request, 503, EXIT_FAILED, why);
    control_desk_resume(desk, request);
}

static void hang_ups_find(struct control_desk *desk)
{
    struct control_request *request;
    LIST_FOREACH(request, &desk->requests, others)
    {
        struct pollfd at = {.fd = control_connection_fd(request->connection)};
        if (!request->suspended || poll(&at, 1, 0) != 1) continue;
        if (at.revents & (POLLHUP | POLLERR | POLLNVAL)) request_abandon(desk, request, "nobody is there");
    }
}

static void on_chores(uv_timer_t *timer)
{
    struct control *control = timer->data;
    int64_t now_ms = loop_now_ms(control);
    hang_ups_find(&control->desk);
    control_places_tick(&control->desk.places);
    if (!uv_is_active((uv_handle_t *)&control->door)) uv_poll_start(&control->door, UV_READABLE, on_door);
    if (now_ms >= control->comment_due_ms) {
        control_streams_comment(&control->desk);
        control->comment_due_ms = now_ms + CONTROL_COMMENT_MS;
    }
    if (LIST_EMPTY(&control->desk.places.list)) uv_timer_stop(timer);
    server_run(control);
}

static void chores_start(struct control *control)
{
    if (!uv_is_active((uv_handle_t *)&control->chores))
        uv_timer_start(&control->chores, on_chores, CHORES_MS, CHORES_MS);
}

static void desk_arrived(void *ctx)
{
    struct control *control = ctx;
    rules_refresh(control);
    chores_start(control);
}

static void on_log(void *cls, const char *format, va_list arguments)
{
    struct control *control = cls;
    char message[LOG_MAX];
    if (!control->desk.host.debug) return;
    vsnprintf(message, sizeof message, format, arguments);
    message[strcspn(message, "\n")] = '\0';
    control->desk.host.debug(control->desk.host.ctx, message);
}

static bool server_start(struct control *control, struct error *err)
{
    control->server = MHD_start_daemon(
        MHD_USE_EPOLL | MHD_USE_NO_LISTEN_SOCKET | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG, 0, NULL,
        NULL, control_on_request, &control->desk, MHD_OPTION_EXTERNAL_LOGGER, on_log, control,
        MHD_OPTION_CONNECTION_LIMIT, (unsigned)(CONTROL_CONNECTIONS + CONTROL_CONNECTIONS_REFUSED),
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)CONTROL_CONNECTION_TIMEOUT_S,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)LIMIT_REQUEST_BYTES, MHD_OPTION_NOTIFY_COMPLETED,
        control_on_completed, &control->desk, MHD_OPTION_NOTIFY_CONNECTION, control_on_connection,
        &control->desk.places, MHD_OPTION_END);
    if (control->server) return true;
    return error_set(err, ERROR_SYSTEM, "cannot serve the control socket %s: libmicrohttpd does not start",
                     control->desk.path);
}

static void control_release(struct control *control)
{
    memory_free(control->desk.path);
    memory_free(control->desk.version);
    close(control->listen_fd);
    memory_free(control);
}

static void on_closed(uv_handle_t *handle)
{
    struct control *control = handle->data;
    if (--control->open_handles == 0) control_release(control);
}

static bool handles_start(struct control *control, uv_loop_t *loop, struct error *err)
{
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(control->server, MHD_DAEMON_INFO_EPOLL_FD);
    int failed = info ? uv_poll_init(loop, &control->poll, info->epoll_fd) : UV_ENOTSUP;
    if (!failed && (failed = uv_poll_init(loop, &control->door, control->listen_fd))) {
        control->poll.data = control;
        control->open_handles = 1;
        uv_close((uv_handle_t *)&control->poll, on_closed);
    }
    if (failed)
        return error_set(err, ERROR_SYSTEM, "cannot serve the control socket: %s", uv_strerror(failed));
    uv_timer_init(loop, &control->run);
    uv_timer_init(loop, &control->chores);
    uv_timer_init(loop, &control->pace);
    control->poll.data = control->door.data = control->run.data = control->chores.data = control->pace.data =
        control;
    control->open_handles = HANDLES;
    uv_poll_start(&control->poll, UV_READABLE, on_poll);
    uv_poll_start(&control->door, UV_READABLE, on_door);
    return true;
}

static bool is_listening(int fd)
{
    int domain = 0, listening = 0;
    socklen_t size = sizeof(int);
    return getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size) == 0 && domain == AF_UNIX &&
           getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) == 0 && listening;
}

/* A handed-over socket is one that systemd made with the same path. */
static int socket_take(const struct control_options *options, struct error *err)
{
    if (options->listen_fd < 0)
        return control_socket_make(options->path,
                                   options->development ? SOCKET_MODE_DEVELOPMENT : SOCKET_MODE, err);
    int fd = fcntl(options->listen_fd, F_DUPFD_CLOEXEC, 0);
    if (fd >= 0 && is_listening(fd) && fcntl(fd, F_SETFL, O_NONBLOCK) == 0) return fd;
    error_set(
        err, ERROR_SYSTEM,
        "the control socket handed over by systemd is no usable descriptor; it must be a listening Unix "
        "stream socket");
    if (fd >= 0) close(fd);
    return -1;
}

struct control *control_new(uv_loop_t *loop, const struct control_options *options,
                            const struct control_host *host, struct error *err)
{
    int fd = socket_take(options, err);
    if (fd < 0) return NULL;
    struct control *control = NEW(struct control);
    control->desk = (struct control_desk){.host = *host,
                                          .rules = control_rules_read(options->development),
                                          .path = memory_copy_text(options->path),
                                          .version = memory_copy_text(options->version),
                                          .started_wall_ms = options->started_wall_ms,
                                          .arrived = desk_arrived,
                                          .wake = desk_wake,
                                          .pace = desk_pace,
                                          .ctx = control};
    control->desk.places.rules = &control->desk.rules;
    control->listen_fd = fd;
    control->development = options->development;
    control->made_here = options->listen_fd < 0;
    control->desk.closing = true;
    if (!server_start(control, err)) {
        control_release(control);
        return NULL;
    }
    if (!handles_start(control, loop, err)) {
        MHD_stop_daemon(control->server);
        if (control->open_handles == 0) control_release(control);
        return NULL;
    }
    control->desk.closing = false;
    if (options->listen_fd >= 0) close(options->listen_fd);
    server_run(control);
    return control;
}

void control_close(struct control *control)
{
    struct control_request *request;
    if (!control) return;
    LIST_FOREACH(request, &control->desk.requests, others)
    {
        if (!request->suspended) continue;
        request->reply.again = true;
        request_abandon(&control->desk, request, "setpointd is stopping");
    }
    control->desk.closing = true;
    if (control->made_here) unlink(control->desk.path);
    for (unsigned round = 0; round < CLOSE_ROUNDS; round++)
        MHD_run(control->server);
    uv_close((uv_handle_t *)&control->poll, on_closed);
    uv_close((uv_handle_t *)&control->door, on_closed);
    uv_close((uv_handle_t *)&control->run, on_closed);
    uv_close((uv_handle_t *)&control->chores, on_closed);
    uv_close((uv_handle_t *)&control->pace, on_closed);
    MHD_stop_daemon(control->server);
}
