#include "deliver.h"

#include "journal.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

enum {
    HOLD_MAX_MS = 600000, /* a client that waits longer is let go */
    DRIP_PIECES = 20,     /* so many pieces a dripping body comes in */
    ENDLESS_PAUSE_MS = 5, /* between two pieces of blanks: some 200 KB a second */
    ENDLESS_PIECE = 1024,
};

/* A body on its way; lives until the response is gone. */
struct flow {
    struct place *place;
    struct cloud_reply reply;
};

static void flow_free(void *opaque)
{
    struct flow *flow = opaque;

    cloud_reply_release(&flow->reply);
    free(flow);
}

static ssize_t flow_endless(struct flow *flow, uint64_t position, char *out, size_t max)
{
    size_t size = max < ENDLESS_PIECE ? max : ENDLESS_PIECE;

    if (position < flow->reply.body_size) {
        size = flow->reply.body_size - position < max ? flow->reply.body_size - position : max;
        memcpy(out, flow->reply.body + position, size);
        return (ssize_t)size;
    }
    if (atomic_load(&flow->place->stopping)) return MHD_CONTENT_READER_END_WITH_ERROR;
    place_sleep(flow->place, ENDLESS_PAUSE_MS);
    memset(out, ' ', size);
    return (ssize_t)size;
}

static ssize_t flow_read(void *opaque, uint64_t position, char *out, size_t max)
{
    struct flow *flow = opaque;
    size_t end = flow->reply.truncated ? flow->reply.truncate_at : flow->reply.body_size;
    size_t size;

    if (flow->reply.endless) return flow_endless(flow, position, out, max);
    if (position >= end)
        return flow->reply.truncated ? MHD_CONTENT_READER_END_WITH_ERROR : MHD_CONTENT_READER_END_OF_STREAM;
    size = end - position < max ? end - position : max;
    if (flow->reply.drip_ms > 0) {
        size_t piece = end / DRIP_PIECES + 1;

        place_sleep(flow->place, flow->reply.drip_ms / DRIP_PIECES);
        size = size < piece ? size : piece;
    }
    memcpy(out, flow->reply.body + position, size);
    return (ssize_t)size;
}

/* Until the client closes its side. */
static void deliver_hold(struct place *place, struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);

    for (int64_t waited = 0; info && waited < HOLD_MAX_MS && !atomic_load(&place->stopping); waited += 100) {
        struct pollfd watch = {.fd = info->connect_fd, .events = POLLRDHUP};

        if (poll(&watch, 1, 100) > 0 && (watch.revents & (POLLRDHUP | POLLHUP | POLLERR))) return;
    }
}

static struct MHD_Response *deliver_flow(struct place *place, struct cloud_reply *reply)
{
    uint64_t size = reply->endless ? MHD_SIZE_UNKNOWN : reply->body_size;
    struct flow *flow = calloc(1, sizeof *flow);
    struct MHD_Response *response;

    if (!flow) abort();
    flow->place = place;
    flow->reply = *reply;
    *reply = (struct cloud_reply){0};
    response = MHD_create_response_from_callback(size, 32768, flow_read, flow, flow_free);
    if (!response) flow_free(flow);
    return response;
}

static struct MHD_Response *deliver_whole(struct cloud_reply *reply)
{
    struct MHD_Response *response =
        MHD_create_response_from_buffer(reply->body_size, reply->body, MHD_RESPMEM_MUST_COPY);

    return response;
}

/* One that is dead is not killed again: after a kill nobody is the client until the next one is named. */
static void deliver_kill(struct place *place, const struct cloud_reply *reply)
{
    int64_t pid;

    pthread_mutex_lock(&place->lock);
    pid = reply->kill_pid ? reply->kill_pid : place->client_pid;
    if (pid > 1 && kill((pid_t)pid, SIGKILL) == 0) {
        journal_killed(place->journal, place_now(place), reply->seq);
        cloud_killed(place->cloud, reply->seq);
    }
    if (pid == place->client_pid) place->client_pid = 0;
    pthread_mutex_unlock(&place->lock);
}

enum MHD_Result deliver(struct place *place, struct MHD_Connection *connection, struct cloud_reply *reply)
{
    unsigned status = (unsigned)reply->status;
    struct cloud_header *headers = reply->headers;
    size_t header_count = reply->header_count;
    struct MHD_Response *response;
    enum MHD_Result result = MHD_NO;

    if (reply->kill_before_reply) deliver_kill(place, reply);
    place_sleep(place, reply->delay_ms);
    if (reply->lost) {
        if (reply->hold) deliver_hold(place, connection);
        cloud_reply_release(reply);
        return MHD_NO;
    }
    if (reply->endless || reply->truncated || reply->drip_ms > 0)
        response = deliver_flow(place, reply);
    else
        response = deliver_whole(reply);
    if (response) {
        for (size_t i = 0; i < header_count; i++)
            MHD_add_response_header(response, headers[i].name, headers[i].value);
        result = MHD_queue_response(connection, status, response);
        MHD_destroy_response(response);
    }
    cloud_reply_release(reply);
    return result;
}
