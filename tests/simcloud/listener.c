#include "listener.h"

#include "admin.h"
#include "deliver.h"
#include "journal.h"

#include "tests/cloud/memory.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    HEADERS_MAX = 64,
    BODY_KEEP_MAX = 4 * 1024 * 1024, /* what is longer is counted, not kept: the cloud answers 413 anyway */
    CONNECTIONS_MAX = 2000,
};

struct listener {
    struct place *place;
    struct MHD_Daemon *daemon;
    unsigned port;
};

/* One request while it is read and answered. */
struct visit {
    char *uri; /* path and query as they came */
    struct buffer body;
    uint64_t seq; /* 0: not the cloud's, or not handled yet */
};

static void *visit_new(void *opaque, const char *uri, struct MHD_Connection *connection)
{
    struct visit *visit = memory_new(1, sizeof *visit);

    (void)opaque;
    (void)connection;
    visit->uri = memory_text(uri);
    return visit;
}

static void visit_done(void *opaque, struct MHD_Connection *connection, void **cls,
                       enum MHD_RequestTerminationCode code)
{
    struct place *place = opaque;
    struct visit *visit = *cls;

    (void)connection;
    (void)code;
    if (!visit) return;
    if (visit->seq) {
        int64_t now_ms;

        pthread_mutex_lock(&place->lock);
        now_ms = place_now(place);
        journal_delivered(place->journal, now_ms, visit->seq);
        cloud_delivered(place->cloud, visit->seq, now_ms);
        pthread_mutex_unlock(&place->lock);
    }
    buffer_release(&visit->body);
    free(visit->uri);
    free(visit);
    *cls = NULL;
}

struct header_list {
    struct cloud_header headers[HEADERS_MAX];
    size_t count;
};

static enum MHD_Result header_take(void *opaque, enum MHD_ValueKind kind, const char *name, const char *value)
{
    struct header_list *list = opaque;

    (void)kind;
    if (list->count < HEADERS_MAX)
        list->headers[list->count++] = (struct cloud_header){name, value ? value : ""};
    return MHD_YES;
}

static const char *query_value(void *opaque, const char *key)
{
    return MHD_lookup_connection_value(opaque, MHD_GET_ARGUMENT_KIND, key);
}

static enum MHD_Result visit_admin(struct place *place, struct MHD_Connection *connection, const char *path,
                                   const char *method, struct visit *visit)
{
    struct buffer out = {0};
    int status =
        admin_handle(place, method, path, query_value, connection, visit->body.data, visit->body.size, &out);
    struct MHD_Response *response;
    enum MHD_Result result;

    buffer_text(&out, "\n");
    response = MHD_create_response_from_buffer(out.size, out.data, MHD_RESPMEM_MUST_COPY);
    MHD_add_response_header(response, "Content-Type", "application/json");
    result = MHD_queue_response(connection, (unsigned)status, response);
    MHD_destroy_response(response);
    buffer_release(&out);
    return result;
}

static enum MHD_Result visit_cloud(struct place *place, struct MHD_Connection *connection, const char *method,
                                   struct visit *visit)
{
    const char *host = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Host");
    struct header_list list = {.count = 0};
    struct cloud_reply reply;
    char base[300];
    int64_t now_ms;

    MHD_get_connection_values(connection, MHD_HEADER_KIND, header_take, &list);
    snprintf(base, sizeof base, "%s://%s", place->scheme, host ? host : "");
    struct cloud_request request = {
        .method = method,
        .base = host && strlen(host) < 256 ? base : place->base_url,
        .path = visit->uri,
        .headers = list.headers,
        .header_count = list.count,
        .body = visit->body.data,
        .body_size = visit->body.size,
    };
    pthread_mutex_lock(&place->lock);
    now_ms = place_now(place);
    journal_request(place->journal, now_ms, &request);
    cloud_handle(place->cloud, now_ms, &request, &reply);
    pthread_mutex_unlock(&place->lock);
    visit->seq = reply.seq;
    return deliver(place, connection, &reply);
}

static enum MHD_Result visit_handle(void *opaque, struct MHD_Connection *connection, const char *path,
                                    const char *method, const char *version, const char *data,
                                    size_t *data_size, void **cls)
{
    struct place *place = opaque;
    struct visit *visit = *cls;

    (void)version;
    if (!visit) return MHD_NO;
    /* The first call only announces the request: its headers have come, its body has not. */
    if (!visit->body.data) {
        buffer_add(&visit->body, "", 0);
        return MHD_YES;
    }
    if (*data_size) {
        if (visit->body.size + *data_size <= BODY_KEEP_MAX) buffer_add(&visit->body, data, *data_size);
        *data_size = 0;
        return MHD_YES;
    }
    if (admin_is(path)) return visit_admin(place, connection, path, method, visit);
    return visit_cloud(place, connection, method, visit);
}

static bool listener_start(struct listener *listener, const struct sockaddr *address, const char *cert,
                           const char *key)
{
    unsigned flags = MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_THREAD_PER_CONNECTION | MHD_USE_POLL |
                     MHD_USE_SUPPRESS_DATE_NO_CLOCK;
    if (address->sa_family == AF_INET6) flags |= MHD_USE_IPv6;
    struct MHD_OptionItem tls[] = {
        {MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)(uintptr_t)cert},
        {MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)(uintptr_t)key},
        {MHD_OPTION_END, 0, NULL},
    };

    listener->daemon = MHD_start_daemon(
        cert ? flags | MHD_USE_TLS : flags, 0, NULL, NULL, visit_handle, listener->place,
        MHD_OPTION_SOCK_ADDR, address, MHD_OPTION_NOTIFY_COMPLETED, visit_done, listener->place,
        MHD_OPTION_URI_LOG_CALLBACK, visit_new, NULL, MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS_MAX,
        MHD_OPTION_CONNECTION_TIMEOUT, 0u, MHD_OPTION_ARRAY, cert ? tls : &tls[2], MHD_OPTION_END);
    return listener->daemon;
}

struct listener *listener_new(struct place *place, const char *host, unsigned port, const char *cert,
                              const char *key, char *out_why, size_t why_size)
{
    struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port)};
    bool is_six = inet_pton(AF_INET6, host, &six.sin6_addr) == 1;
    const struct sockaddr *address = is_six ? (const struct sockaddr *)&six : (const struct sockaddr *)&four;
    struct listener *listener = memory_new(1, sizeof *listener);
    const union MHD_DaemonInfo *info;

    listener->place = place;
    if (!is_six && inet_pton(AF_INET, host, &four.sin_addr) != 1) {
        snprintf(out_why, why_size, "%s is not a numeric address", host);
        free(listener);
        return NULL;
    }
    if (!listener_start(listener, address, cert, key)) {
        snprintf(out_why, why_size, "cannot listen on %s:%u: %s", host, port, strerror(errno));
        free(listener);
        return NULL;
    }
    info = MHD_get_daemon_info(listener->daemon, MHD_DAEMON_INFO_BIND_PORT);
    listener->port = info ? info->port : port;
    return listener;
}

unsigned listener_port(const struct listener *listener)
{
    return listener->port;
}

void listener_free(struct listener *listener)
{
    if (!listener) return;
    atomic_store(&listener->place->stopping, true);
    MHD_stop_daemon(listener->daemon);
    free(listener);
}
