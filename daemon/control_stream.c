#include "daemon/control_stream.h"

#include <cjson/cJSON.h>
#include <microhttpd.h>
#include <string.h>

#include "reconcile/base/cleanup.h"
#include "reconcile/base/limits.h"

enum { FRAME_EXTRA = 64, EXIT_FAILED = 1 };

struct control_early {
    uint64_t seq;
    char *json;
};

struct control_stream *control_stream_open(struct control_desk *desk, struct control_request *request)
{
    if (desk->stream_count == LIMIT_WATCHERS) {
        control_request_finish_status(
            request, 503, EXIT_FAILED,
            "16 clients watch, follow or wait already, which is the most; end one of them, or ask without "
            "--watch or --follow");
        return NULL;
    }
    struct control_stream *stream = NEW(struct control_stream);
    stream->request = request;
    text_init(&stream->out, CONTROL_FOLLOW_BYTES);
    request->stream = stream;
    desk->stream_count++;
    return stream;
}

static void early_release(struct control_stream *stream)
{
    for (uint32_t i = 0; i < stream->early_count; i++)
        memory_free(stream->early[i].json);
    memory_free(stream->early);
    stream->early = NULL;
    stream->early_count = stream->early_room = 0;
}

void control_stream_free(struct control_desk *desk, struct control_stream *stream)
{
    if (!stream) return;
    desk->stream_count--;
    early_release(stream);
    text_release(&stream->out);
    memory_free(stream);
}

static bool stream_is_drained(const struct control_stream *stream)
{
    return stream->taken == stream->out.length;
}

/* What was taken makes room. */
static void stream_compact(struct control_stream *stream)
{
    struct text *out = &stream->out;
    if (stream->taken == 0) return;
    memmove(out->bytes, out->bytes + stream->taken, out->length - stream->taken + 1);
    out->length -= stream->taken;
    stream->taken = 0;
}

/* Newlines are legal white space in JSON and would end the line here. */
static void frame_add(struct text *out, const char *json)
{
    text_add(out, "data: ");
    size_t from = out->length;
    text_add(out, json);
    for (char *at = out->bytes + from; (at = strpbrk(at, "\r\n"));)
        *at = ' ';
    text_add(out, "\n\n");
}

static void picture_send(struct control_desk *desk, struct control_stream *stream)
{
    AUTO_TEXT struct text picture = {0};
    text_init(&picture, CONTROL_REPLY_BYTES);
    stream->picture(desk, stream->request, &picture);
    stream->dirty = false;
    text_release(&stream->out);
    text_init(&stream->out, CONTROL_REPLY_BYTES + FRAME_EXTRA);
    stream->taken = 0;
    stream->ended = picture.overflow;
    if (!picture.overflow) frame_add(&stream->out, picture.bytes);
    control_desk_resume(desk, stream->request);
}

void control_stream_watch(struct control_desk *desk, struct control_request *request,
                          void (*picture)(struct control_desk *, struct control_request *, struct text *))
{
    struct control_stream *stream = control_stream_open(desk, request);
    if (!stream) return;
    stream->picture = picture;
    picture_send(desk, stream);
}

/* A follower who does not keep up: whatever is whole in `out` still goes to him. */
static void event_send(struct control_desk *desk, struct control_stream *stream, uint64_t seq,
                       const char *json)
{
    if (stream->ended || (seq && seq <= stream->last_seq)) return;
    stream_compact(stream);
    if (strlen(json) + FRAME_EXTRA > stream->out.length_max - stream->out.length) {
        stream->ended = true;
        if (desk->host.debug)
            desk->host.debug(desk->host.ctx, "a follower of events did not keep up and was sent away");
    } else {
        frame_add(&stream->out, json);
        stream->last_seq = seq;
    }
    control_desk_resume(desk, stream->request);
}

static void history_release(cJSON **history)
{
    cJSON_Delete(*history);
}

/* The first lines may be many more than a follower may later lag. */
static void history_send(struct control_stream *stream, const char *json)
{
    __attribute__((cleanup(history_release))) cJSON *history = cJSON_Parse(json);
    text_release(&stream->out);
    text_init(&stream->out, CONTROL_REPLY_BYTES);
    for (const cJSON *event = cJSON_IsArray(history) ? history->child : NULL; event; event = event->next) {
        const cJSON *seq = cJSON_GetObjectItemCaseSensitive(event, "seq");
        char *line = cJSON_PrintUnformatted(event);
        if (line) frame_add(&stream->out, line);
        cJSON_free(line);
        if (cJSON_IsNumber(seq) && seq->valuedouble > 0) stream->last_seq = (uint64_t)seq->valuedouble;
    }
    if (stream->out.overflow) stream->ended = true;
    stream->out.length_max = stream->out.length + CONTROL_FOLLOW_BYTES;
}

void control_stream_history(struct control_desk *desk, struct control_request *request, const char *json)
{
    struct control_stream *stream = request->stream;
    stream->loading = false;
    history_send(stream, json);
    for (uint32_t i = 0; i < stream->early_count; i++)
        event_send(desk, stream, stream->early[i].seq, stream->early[i].json);
    early_release(stream);
}

static void early_keep(struct control_stream *stream, uint64_t seq, const char *json)
{
    stream->early_bytes += strlen(json);
    if (stream->early_bytes > CONTROL_FOLLOW_BYTES) stream->ended = true;
    if (stream->ended) return;
    ROW_RESERVE(stream->early, stream->early_count, stream->early_room);
    stream->early[stream->early_count++] = (struct control_early){seq, memory_copy_text(json)};
}

/* NAME@CLOUD is followed as NAME: on all its clouds. */
static bool name_is(const char *asked, const char *name)
{
    size_t size = strcspn(asked, "@");
    return name && strlen(name) == size && strncmp(name, asked, size) == 0;
}

static bool event_concerns(const char *asked, const char *source, const char *name)
{
    if (!asked) return true;
    const char *slash = strchr(asked, '/');
    if (!slash) return name_is(asked, name) || text_equal(asked, source);
    size_t size = (size_t)(slash - asked);
    return source && strlen(source) == size && strncmp(source, asked, size) == 0 && name_is(slash + 1, name);
}

void control_streams_tell(struct control_desk *desk, uint64_t seq, const char *source, const char *name,
                          const char *json)
{
    struct control_request *request;
    if (desk->stream_count == 0) return;
    LIST_FOREACH(request, &desk->requests, others)
    {
        struct control_stream *stream = request->stream;
        if (!stream || stream->picture || stream->ended) continue;
        if (!event_concerns(control_request_text(request, "name"), source, name)) continue;
        if (stream->loading)
            early_keep(stream, seq, json);
        else
            event_send(desk, stream, seq, json);
    }
}

void control_streams_mark_dirty(struct control_desk *desk)
{
    struct control_request *request;
    LIST_FOREACH(request, &desk->requests, others)
    if (request->stream && request->stream->picture) request->stream->dirty = true;
}

void control_streams_refresh(struct control_desk *desk)
{
    struct control_request *request;
    LIST_FOREACH(request, &desk->requests, others)
    {
        struct control_stream *stream = request->stream;
        if (stream && stream->dirty && stream_is_drained(stream)) picture_send(desk, stream);
    }
}

void control_streams_comment(struct control_desk *desk)
{
    struct control_request *request;
    LIST_FOREACH(request, &desk->requests, others)
    {
        struct control_stream *stream = request->stream;
        if (!stream || stream->loading || !stream_is_drained(stream)) continue;
        text_clear(&stream->out);
        stream->taken = 0;
        text_add(&stream->out, ":\n\n");
        control_desk_resume(desk, request);
    }
}

ssize_t control_stream_read(struct control_desk *desk, struct control_stream *stream, char *out, size_t size)
{
    size_t left = stream->out.length - stream->taken;
    if (left > 0) {
        size_t part = left < size ? left : size;
        memcpy(out, stream->out.bytes + stream->taken, part);
        stream->taken += part;
        return (ssize_t)part;
    }
    if (stream->ended) return MHD_CONTENT_READER_END_OF_STREAM;
    if (stream->dirty) desk->pace(desk->ctx);
    stream->request->suspended = true;
    MHD_suspend_connection(stream->request->connection);
    return 0;
}
