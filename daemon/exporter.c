#include "daemon/exporter.h"

#include <errno.h>
#include <microhttpd.h>
#include <netdb.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "reconcile/base/cleanup.h"
#include "reconcile/base/memory.h"

/* libmicrohttpd inside the libuv loop as for the control socket (control.c), without what waits. */

enum {
    HANDLES = 4,
    ACCEPTS = 16,
    BACKLOG = 16,
    REST_MS = 1000,
    ADDRESS_MAX = 80,
    PORT_MAX = 8,
    WHY_MAX = 8 << 10
};

static const char text_plain[] = "text/plain; charset=utf-8";
static const char text_prometheus[] = "text/plain; version=0.0.4; charset=utf-8";
static const char text_open[] = "application/openmetrics-text; version=1.0.0; charset=utf-8";

struct exporter {
    struct exporter_host host;
    struct MHD_Daemon *server;
    uv_poll_t poll, door;
    uv_timer_t run, rest;
    int listen_fd;
    unsigned open_handles;
    bool closing;
    char address[ADDRESS_MAX];
    struct text shown[2]; /* the newest text of each format */
    int64_t shown_ms[2];  /* the loop's clock; 0 = none */
};

static void on_run(uv_timer_t *timer);

static void server_run(struct exporter *exporter)
{
    MHD_UNSIGNED_LONG_LONG wait_ms;
    if (exporter->closing) return;
    MHD_run(exporter->server);
    if (MHD_get_timeout(exporter->server, &wait_ms) == MHD_YES)
        uv_timer_start(&exporter->run, on_run, wait_ms, 0);
    else
        uv_timer_stop(&exporter->run);
}

static void on_run(uv_timer_t *timer)
{
    server_run(timer->data);
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
    (void)status;
    (void)events;
    server_run(poll->data);
}

static void on_rested(uv_timer_t *timer);

/* libmicrohttpd closes a connection that it does not take. Out of descriptors or memory, those that knock
 * would keep the loop awake: the door rests then. */
static void on_door(uv_poll_t *door, int status, int events)
{
    struct exporter *exporter = door->data;
    (void)events;
    for (int i = 0; i < ACCEPTS && status == 0; i++) {
        struct sockaddr_storage from = {0};
        socklen_t size = sizeof from;
        int fd = accept4(exporter->listen_fd, (struct sockaddr *)&from, &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd >= 0)
            MHD_add_connection(exporter->server, fd, (const struct sockaddr *)&from, size);
        else if (errno == EAGAIN)
            break;
        else if (errno != EINTR && errno != ECONNABORTED)
            status = -errno;
    }
    if (status != 0) {
        uv_poll_stop(door);
        uv_timer_start(&exporter->rest, on_rested, REST_MS, 0);
    }
    server_run(exporter);
}

static void on_rested(uv_timer_t *timer)
{
    struct exporter *exporter = timer->data;
    uv_poll_start(&exporter->door, UV_READABLE, on_door);
}

/* --- answers --- */

static enum MHD_Result reply(struct MHD_Connection *connection, unsigned status, const char *type,
                             const char *bytes, size_t size)
{
    struct MHD_Response *response =
        MHD_create_response_from_buffer(size, (void *)(uintptr_t)bytes, MHD_RESPMEM_MUST_COPY);
    if (!response) return MHD_NO;
    MHD_add_response_header(response, "Content-Type", type);
    MHD_add_response_header(response, "Cache-Control", "no-store");
    if (status == MHD_HTTP_METHOD_NOT_ALLOWED) MHD_add_response_header(response, "Allow", "GET, HEAD");
    enum MHD_Result queued = MHD_queue_response(connection, status, response);
    MHD_destroy_response(response);
    return queued;
}

static enum MHD_Result reply_text(struct MHD_Connection *connection, unsigned status, const char *text)
{
    return reply(connection, status, text_plain, text, strlen(text));
}

static bool wants_open(struct MHD_Connection *connection)
{
    const char *accept = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Accept");
    return accept && strstr(accept, "application/openmetrics-text") != NULL;
}

static const struct text *metrics_text(struct exporter *exporter, bool open)
{
    struct text *text = &exporter->shown[open];
    int64_t now_ms = (int64_t)uv_now(exporter->run.loop);
    if (exporter->shown_ms[open] > 0 && now_ms - exporter->shown_ms[open] < EXPORTER_FRESH_MS) return text;
    struct metrics metrics = {.out = text, .open = open};
    text_release(text);
    text_init(text, EXPORTER_BYTES);
    exporter->host.metrics(exporter->host.ctx, &metrics);
    metrics_end(&metrics);
    exporter->shown_ms[open] = now_ms;
    return text;
}

static enum MHD_Result reply_metrics(struct exporter *exporter, struct MHD_Connection *connection)
{
    bool open = wants_open(connection);
    const struct text *text = metrics_text(exporter, open);
    if (text->overflow) return reply_text(connection, 500, "there are more metrics than can be shown\n");
    return reply(connection, 200, open ? text_open : text_prometheus, text->bytes, text->length);
}

static enum MHD_Result reply_health(struct exporter *exporter, struct MHD_Connection *connection)
{
    (void)exporter;
    return reply_text(connection, 200, "ok\n");
}

static enum MHD_Result reply_ready(struct exporter *exporter, struct MHD_Connection *connection)
{
    AUTO_TEXT struct text why = {0};
    text_init(&why, WHY_MAX);
    bool fresh = exporter->host.fresh(exporter->host.ctx, &why);
    if (fresh) return reply_text(connection, 200, "ok\n");
    text_add_char(&why, '\n');
    return reply_text(connection, 503, why.bytes);
}

static const struct {
    const char *path;
    enum MHD_Result (*reply)(struct exporter *exporter, struct MHD_Connection *connection);
} pages[] = {{"/metrics", reply_metrics}, {"/healthz", reply_health}, {"/readyz", reply_ready}};

static enum MHD_Result on_request(void *cls, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *upload,
                                  size_t *upload_size, void **seen)
{
    struct exporter *exporter = cls;
    (void)version;
    (void)upload;
    if (!*seen) { /* the head; the answer goes out when the whole request is here */
        *seen = exporter;
        return MHD_YES;
    }
    if (*upload_size > 0) return MHD_NO; /* nobody sends a body here */
    if (!text_equal(method, "GET") && !text_equal(method, "HEAD"))
        return reply_text(connection, MHD_HTTP_METHOD_NOT_ALLOWED, "only GET\n");
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++)
        if (text_equal(url, pages[i].path)) return pages[i].reply(exporter, connection);
    return reply_text(connection, 404, "there are /metrics, /healthz and /readyz\n");
}

/* --- life --- */

/* Splits "[::1]:9478"; its form was checked with the configuration. */
static bool address_read(const char *address, struct sockaddr_storage *out, socklen_t *out_size)
{
    char host[ADDRESS_MAX], port[PORT_MAX];
    const char *colon = strrchr(address, ':');
    bool bracketed = address[0] == '[';
    size_t size = colon ? (size_t)(colon - address) - (bracketed ? 2 : 0) : 0;
    if (!colon || size == 0 || size >= sizeof host || !text_copy(port, sizeof port, colon + 1)) return false;
    memcpy(host, address + bracketed, size);
    host[size] = '\0';
    struct addrinfo wanted = {.ai_family = bracketed ? AF_INET6 : AF_INET,
                              .ai_socktype = SOCK_STREAM,
                              .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV},
                    *found = NULL;
    if (getaddrinfo(host, port, &wanted, &found) != 0) return false;
    memcpy(out, found->ai_addr, found->ai_addrlen);
    *out_size = found->ai_addrlen;
    freeaddrinfo(found);
    return true;
}

static int address_listen(const char *address, struct error *err)
{
    struct sockaddr_storage at = {0};
    socklen_t size = 0;
    int yes = 1;
    if (!address_read(address, &at, &size)) {
        error_set(err, ERROR_SYSTEM, "%s is no address to listen on", address);
        return -1;
    }
    int fd = socket(at.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd >= 0) setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (fd >= 0 && at.ss_family == AF_INET6) setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &yes, sizeof yes);
    if (fd >= 0 && bind(fd, (const struct sockaddr *)&at, size) == 0 && listen(fd, BACKLOG) == 0) return fd;
    error_set(err, ERROR_SYSTEM, "cannot listen on %s for metrics: %s", address, strerror(errno));
    if (fd >= 0) close(fd);
    return -1;
}

static void exporter_release(struct exporter *exporter)
{
    text_release(&exporter->shown[false]);
    text_release(&exporter->shown[true]);
    close(exporter->listen_fd);
    memory_free(exporter);
}

static void on_closed(uv_handle_t *handle)
{
    struct exporter *exporter = handle->data;
    if (--exporter->open_handles == 0) exporter_release(exporter);
}

static bool server_start(struct exporter *exporter, uv_loop_t *loop)
{
    exporter->server =
        MHD_start_daemon(MHD_USE_EPOLL | MHD_USE_NO_LISTEN_SOCKET, 0, NULL, NULL, on_request, exporter,
                         MHD_OPTION_CONNECTION_LIMIT, (unsigned)EXPORTER_CONNECTIONS,
                         MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)EXPORTER_TIMEOUT_S,
                         MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)EXPORTER_REQUEST_BYTES, MHD_OPTION_END);
    if (!exporter->server) return false;
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(exporter->server, MHD_DAEMON_INFO_EPOLL_FD);
    exporter->poll.data = exporter->door.data = exporter->run.data = exporter->rest.data = exporter;
    /* fails for descriptors that cannot be polled only, which these can */
    if (!info || uv_poll_init(loop, &exporter->poll, info->epoll_fd) != 0) {
        MHD_stop_daemon(exporter->server);
        return false;
    }
    uv_poll_init(loop, &exporter->door, exporter->listen_fd);
    uv_timer_init(loop, &exporter->run);
    uv_timer_init(loop, &exporter->rest);
    exporter->open_handles = HANDLES;
    uv_poll_start(&exporter->poll, UV_READABLE, on_poll);
    uv_poll_start(&exporter->door, UV_READABLE, on_door);
    return true;
}

struct exporter *exporter_new(uv_loop_t *loop, const char *address, const struct exporter_host *host,
                              struct error *err)
{
    int fd = address_listen(address, err);
    if (fd < 0) return NULL;
    struct exporter *exporter = NEW(struct exporter);
    exporter->host = *host;
    exporter->listen_fd = fd;
    text_copy(exporter->address, sizeof exporter->address, address);
    if (server_start(exporter, loop)) return exporter;
    error_set(err, ERROR_SYSTEM, "cannot serve metrics on %s: libmicrohttpd does not start", address);
    exporter_release(exporter);
    return NULL;
}

const char *exporter_address(const struct exporter *exporter)
{
    return exporter->address;
}

void exporter_close(struct exporter *exporter)
{
    if (!exporter) return;
    exporter->closing = true;
    uv_close((uv_handle_t *)&exporter->poll, on_closed);
    uv_close((uv_handle_t *)&exporter->door, on_closed);
    uv_close((uv_handle_t *)&exporter->run, on_closed);
    uv_close((uv_handle_t *)&exporter->rest, on_closed);
    MHD_stop_daemon(exporter->server);
}
