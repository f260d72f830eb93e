#include "daemon/control_exchange.h"

#include <string.h>

#include "daemon/control_desk.h"
#include "daemon/control_stream.h"
#include "reconcile/base/limits.h"
#include "reconcile/base/memory.h"

enum {
    STREAM_BLOCK = 32 << 10,
    BODY_PATIENCE = LIMIT_REQUEST_BYTES * 16, /* beyond it a body is endless and gets no reply */
    EXIT_FAILED = 1,
    EXIT_DENIED = 6,
    EXIT_USAGE = 64
};

int control_connection_fd(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    return info ? info->connect_fd : -1;
}

struct query {
    struct control_request *request;
    bool whole;
};

/* A NUL in a value would hide what follows it. */
static enum MHD_Result on_argument(void *cls, enum MHD_ValueKind kind, const char *key, size_t key_size,
                                   const char *value, size_t value_size)
{
    struct query *query = cls;
    (void)kind;
    if (strlen(key) != key_size || (value && strlen(value) != value_size)) {
        control_request_finish(query->request, EXIT_USAGE, "a parameter holds a NUL character");
        query->whole = false;
    } else {
        query->whole =
            control_request_add(query->request, query->request->route->parameters, key, value ? value : "");
    }
    return query->whole ? MHD_YES : MHD_NO;
}

/* The first look at a request, before its body. */
static void request_begin(struct control_desk *desk, struct MHD_Connection *connection,
                          struct control_request *request)
{
    request->desk = desk;
    request->connection = connection;
    LIST_INSERT_HEAD(&desk->requests, request, others);
    desk->arrived(desk->ctx);
    if (control_place_of(connection)->refused) {
        control_request_finish_status(
            request, 503, EXIT_FAILED,
            "too many clients hold connections to setpointd; end some of them, or "
            "try again in a moment (the last places are kept for root and group " CONTROL_GROUP_ACT ")");
        return;
    }
    if (!control_peer_read(control_connection_fd(connection), &request->peer)) {
        control_request_finish_status(request, 403, EXIT_DENIED, "the kernel does not say who is asking");
        return;
    }
    if (!control_desk_admit(desk, request)) return;
    struct query query = {request, true};
    MHD_get_connection_values_n(connection, MHD_GET_ARGUMENT_KIND, on_argument, &query);
}

static ssize_t on_stream_read(void *cls, uint64_t position, char *out, size_t size)
{
    struct control_request *request = cls;
    (void)position;
    return control_stream_read(request->desk, request->stream, out, size);
}

static struct MHD_Response *response_of(struct control_request *request, int *out_status)
{
    struct MHD_Response *response;
    if (!request->reply.ready) {
        *out_status = 200;
        response =
            MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, STREAM_BLOCK, on_stream_read, request, NULL);
        if (response) MHD_add_response_header(response, "Content-Type", "text/event-stream");
    } else {
        size_t size = request->reply.json.length;
        bool again = request->reply.again;
        request->reply_bytes = size;
        request->desk->reply_bytes += size;
        *out_status = request->reply.status;
        response = MHD_create_response_from_buffer_with_free_callback(size, text_take(&request->reply.json),
                                                                      memory_free);
        if (response) MHD_add_response_header(response, "Content-Type", "application/json");
        if (response && again) MHD_add_response_header(response, "Retry-After", "1");
    }
    if (response) MHD_add_response_header(response, "Cache-Control", "no-store");
    return response;
}

static enum MHD_Result request_reply(struct control_request *request)
{
    int status;
    struct MHD_Response *response = response_of(request, &status);
    if (!response) return MHD_NO;
    if (control_place_of(request->connection)->refused)
        MHD_add_response_header(response, "Connection", "close");
    enum MHD_Result queued = MHD_queue_response(request->connection, (unsigned)status, response);
    MHD_destroy_response(response);
    return queued;
}

static enum MHD_Result request_go_on(struct control_desk *desk, struct control_request *request)
{
    if (desk->closing) {
        request->reply.again = !request->served;
        control_request_finish_status(request, 503, EXIT_FAILED, "setpointd is stopping");
    } else if (!request->served)
        control_desk_serve(desk, request);
    request->served = true;
    if (request->reply.ready || (request->stream && !request->pending)) return request_reply(request);
    request->suspended = true;
    MHD_suspend_connection(request->connection);
    return MHD_YES;
}

enum MHD_Result control_on_request(void *cls, struct MHD_Connection *connection, const char *url,
                                   const char *method, const char *version, const char *upload,
                                   size_t *upload_size, void **req_cls)
{
    struct control_desk *desk = cls;
    struct control_request *request = *req_cls;
    (void)version;
    if (!request) {
        *req_cls = request = control_request_new(method, url);
        request_begin(desk, connection, request);
        return MHD_YES;
    }
    if (*upload_size > 0) {
        text_add_bytes(&request->body, upload, *upload_size);
        request->body_bytes += *upload_size;
        *upload_size = 0;
        return request->body_bytes <= BODY_PATIENCE ? MHD_YES : MHD_NO;
    }
    control_place_set_busy(control_place_of(connection), true);
    return request_go_on(desk, request);
}

void control_on_completed(void *cls, struct MHD_Connection *connection, void **req_cls,
                          enum MHD_RequestTerminationCode code)
{
    struct control_desk *desk = cls;
    struct control_request *request = *req_cls;
    struct control_place *place = control_place_of(connection);
    (void)code;
    if (place) control_place_set_busy(place, false);
    if (!request) return;
    *req_cls = NULL;
    desk->reply_bytes -= request->reply_bytes;
    control_desk_forget(desk, request);
    control_stream_free(desk, request->stream);
    LIST_REMOVE(request, others);
    control_request_free(request);
}
