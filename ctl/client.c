#include "ctl/client.h"

#include <curl/curl.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "ctl/answer.h"
#include "ctl/command.h"
#include "ctl/trace.h"
#include "reconcile/base/cleanup.h"

enum { TRY_AGAIN_US = 250 * 1000, HTTP_OK = 200, HTTP_TOO_MANY = 429, CONNECT_MS = 5000, TICK_MS = 1000 };

static void curl_release(CURL **curl)
{
    curl_easy_cleanup(*curl);
}
#define AUTO_CURL __attribute__((cleanup(curl_release)))

static int64_t clock_ms(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t client_clock_ms(void)
{
    return clock_ms(CLOCK_MONOTONIC);
}

int64_t client_wall_ms(void)
{
    return clock_ms(CLOCK_REALTIME);
}

void client_path(struct text *path, const char *base)
{
    text_init(path, CLIENT_PATH_BYTES);
    text_add(path, "http://setpoint");
    text_add(path, base);
}

/* RFC 3986: everything but the unreserved characters is encoded. */
static void encoded_add(struct text *path, const char *text)
{
    for (const unsigned char *at = (const unsigned char *)text; *at; at++) {
        bool plain = (*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z') || (*at >= '0' && *at <= '9') ||
                     strchr("-._~", *at);
        if (plain)
            text_add_char(path, (char)*at);
        else
            text_addf(path, "%%%02X", *at);
    }
}

void client_query(struct text *path, const char *name, const char *value)
{
    text_add_char(path, strchr(path->bytes, '?') ? '&' : '?');
    text_add(path, name);
    text_add_char(path, '=');
    encoded_add(path, value);
}

static CURL *curl_new(const struct client *client, const char *url)
{
    CURL *curl = curl_easy_init();
    if (!curl) return NULL;
    curl_easy_setopt(curl, CURLOPT_UNIX_SOCKET_PATH, client->socket);
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http");
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
    return curl;
}

static size_t on_reply(char *bytes, size_t size, size_t count, void *cls)
{
    struct text *reply = cls;
    text_add_bytes(reply, bytes, size * count);
    return reply->overflow ? 0 : size * count;
}

/* errno of a connection that is made for that alone; 0 = it can be made. libcurl does not tell apart that
   nobody is there, that the queue is full (EAGAIN), and that the daemon ended when it had just been reached.
 */
static int knock(const struct client *client)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(client->socket) >= sizeof address.sun_path) return ENAMETOOLONG;
    text_copy(address.sun_path, sizeof address.sun_path, client->socket);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return errno;
    int problem = connect(fd, (const struct sockaddr *)&address, sizeof address) == 0 ? 0 : errno;
    close(fd);
    return problem;
}

static CURLcode perform(const struct client *client, CURL *curl)
{
    for (int64_t until_ms = client_clock_ms() + CONNECT_MS;;) {
        CURLcode code = curl_easy_perform(curl);
        if (code != CURLE_COULDNT_CONNECT || client_clock_ms() >= until_ms) return code;
        int problem = knock(client);
        if (problem != 0 && problem != EAGAIN) return code;
        usleep(TRY_AGAIN_US);
    }
}

static int connect_failed(const struct client *client, CURL *curl)
{
    long error = 0;
    curl_easy_getinfo(curl, CURLINFO_OS_ERRNO, &error);
    if (error == EACCES)
        return run_fail(
            CTL_DENIED,
            "not permitted: %s is not open to this user (a daemon started with --runtime obeys only "
            "its own user)",
            client->socket);
    if (knock(client) == EAGAIN)
        return run_fail(CTL_FAILED,
                        "the daemon at %s is there, and too many clients wait for it; try again in a moment",
                        client->socket);
    return run_fail(CTL_NO_DAEMON,
                    "no daemon at %s (start it: systemctl start setpointd; or name one: --socket PATH)",
                    client->socket);
}

static int transfer_failed(const struct client *client, CURL *curl, CURLcode code)
{
    switch ((int)code) {
    case CURLE_COULDNT_CONNECT: return connect_failed(client, curl);
    case CURLE_OPERATION_TIMEDOUT:
        return run_fail(CTL_TIMEOUT,
                        "the daemon at %s did not answer in time; see setpointctl clouds, or the journal of "
                        "setpointd",
                        client->socket);
    case CURLE_WRITE_ERROR:
        return run_fail(CTL_FAILED, "the daemon's answer is too large; narrow it by names, --source or -l");
    case CURLE_GOT_NOTHING:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
    case CURLE_PARTIAL_FILE:
        return run_fail(
            CTL_NO_DAEMON,
            "the daemon at %s went away before it answered (see: systemctl status setpointd); what "
            "was asked may or may not have been done",
            client->socket);
    default:
        return run_fail(CTL_FAILED, "%s does not speak setpoint's language (%s); is it setpointd's socket?",
                        client->socket, curl_easy_strerror(code));
    }
}

/* A restart came between: the daemon says that it has not begun, or it went away from a question that changes
   nothing. Who asks again waits at systemd's socket for the next one. */
static bool is_restarting(CURL *curl, CURLcode code, bool reads)
{
    enum { HTTP_UNAVAILABLE = 503 };
    curl_off_t after_s = 0;
    long status = 0;
    switch ((int)code) {
    case CURLE_OK:
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
        curl_easy_getinfo(curl, CURLINFO_RETRY_AFTER, &after_s);
        return status == HTTP_UNAVAILABLE && after_s > 0;
    case CURLE_GOT_NOTHING:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR: return reads;
    default: return false;
    }
}

static CURLcode perform_patiently(const struct client *client, CURL *curl, bool reads, struct text *reply)
{
    for (int64_t until_ms = client_clock_ms() + CONNECT_MS;;) {
        CURLcode code = perform(client, curl);
        if (!is_restarting(curl, code, reads) || client_clock_ms() >= until_ms) return code;
        text_clear(reply);
        usleep(TRY_AGAIN_US);
    }
}

/* The daemon refused, with {"exit", "message"}. */
static int refused(const struct client *client, long status, const char *body)
{
    AUTO_ANSWER cJSON *json = cJSON_Parse(body);
    const char *message = answer_text(json, "message");
    int exit = (int)answer_number(json, "exit");
    if (!message || exit <= 0 || exit > 255)
        return run_fail(CTL_FAILED,
                        "%s answered with HTTP %ld, which is not setpointd's way; is it its socket?",
                        client->socket, status);
    return run_fail(exit, "%s", message);
}

int client_ask(const struct client *client, const struct text *path, const char *body, int64_t timeout_ms,
               struct text *out_reply)
{
    long status = 0;
    if (path->overflow)
        return run_fail(CTL_USAGE, "too many names for one request; narrow it by --source or -l");
    AUTO_CURL CURL *curl = curl_new(client, path->bytes);
    if (!curl) return run_fail(CTL_FAILED, "libcurl cannot be used");
    text_init(out_reply, CLIENT_REPLY_BYTES);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)timeout_ms);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_reply);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, out_reply);
    if (body) curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
    for (int64_t until_ms = client_clock_ms() + timeout_ms;;) {
        CURLcode code = perform_patiently(client, curl, body == NULL, out_reply);
        if (code != CURLE_OK) return transfer_failed(client, curl, code);
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
        trace_reply(body ? "POST" : "GET", path->bytes, status, out_reply->bytes);
        if (status == HTTP_OK) return CTL_DONE;
        if (status != HTTP_TOO_MANY || client_clock_ms() >= until_ms)
            return refused(client, status, out_reply->bytes);
        text_clear(out_reply); /* a script that asks in a loop is slowed down, not ended */
        usleep(TRY_AGAIN_US);
    }
}

/* One connection of a stream. */
struct connection {
    const struct client_stream *stream;
    const char *url;
    CURL *curl;
    struct text *line;
    bool answered; /* HTTP 200 */
    int exit;      /* -1 = goes on */
    int64_t tick_ms;
};

static bool connection_is_ok(struct connection *connection)
{
    long status = 0;
    if (!connection->answered) {
        curl_easy_getinfo(connection->curl, CURLINFO_RESPONSE_CODE, &status);
        connection->answered = status == HTTP_OK;
    }
    return connection->answered;
}

/* Only `data:` lines, each of one value, are ever sent; others (comments, blank lines) are passed over. */
static void line_take(struct connection *connection)
{
    const char *line = connection->line->bytes;
    if (text_starts(line, "data:")) {
        line += strlen("data:");
        while (*line == ' ')
            line++;
        connection->tick_ms = client_clock_ms();
        trace_reply("GET", connection->url, HTTP_OK, line);
        connection->exit = connection->stream->on_value(connection->stream->ctx, line);
    }
    text_clear(connection->line);
}

static size_t on_stream(char *bytes, size_t size, size_t count, void *cls)
{
    struct connection *connection = cls;
    size_t total = size * count;
    if (!connection_is_ok(connection)) {
        text_add_bytes(connection->line, bytes, total);
        return total;
    }
    for (size_t from = 0; from < total && connection->exit < 0;) {
        const char *end = memchr(bytes + from, '\n', total - from);
        size_t part = (end ? (size_t)(end - bytes) : total) - from;
        text_add_bytes(connection->line, bytes + from, part);
        from += part + 1;
        if (end) line_take(connection);
    }
    return connection->exit < 0 && !connection->line->overflow ? total : 0;
}

static int on_tick(void *cls, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    struct connection *connection = cls;
    int64_t now_ms = client_clock_ms();
    (void)a, (void)b, (void)c, (void)d;
    if (now_ms - connection->tick_ms < TICK_MS || connection->exit >= 0) return 0;
    connection->tick_ms = now_ms;
    connection->exit = connection->stream->on_value(connection->stream->ctx, NULL);
    return connection->exit >= 0;
}

static void stream_prepare(struct connection *connection)
{
    CURL *curl = connection->curl;
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_stream);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, connection);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, on_tick);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, connection);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, (long)CLIENT_QUIET_S);
}

enum { STREAM_BROKE = -1, STREAM_NOT_YET = -2 };

/* An exit code; STREAM_BROKE: it was there and went; STREAM_NOT_YET, only with `again`: nobody is there, or
   the daemon that has just started does not know the names yet. */
static int follow_once(const struct client *client, const char *url, const struct client_stream *stream,
                       bool again)
{
    AUTO_TEXT struct text line = {0};
    AUTO_CURL CURL *curl = curl_new(client, url);
    if (!curl) return run_fail(CTL_FAILED, "libcurl cannot be used");
    struct connection connection = {
        .stream = stream, .url = url, .curl = curl, .line = &line, .exit = -1, .tick_ms = client_clock_ms()};
    text_init(&line, CLIENT_REPLY_BYTES);
    stream_prepare(&connection);
    CURLcode code = perform(client, curl);
    if (connection.exit >= 0) return connection.exit;
    if (connection_is_ok(&connection)) return STREAM_BROKE;
    if (again) return STREAM_NOT_YET;
    if (code != CURLE_OK) return transfer_failed(client, curl, code);
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    trace_reply("GET", url, status, line.bytes);
    return refused(client, status, line.bytes);
}

static void gap(const struct client_stream *stream, bool *gone, bool now_gone)
{
    if (*gone != now_gone && stream->on_gap) stream->on_gap(stream->ctx, !now_gone);
    *gone = now_gone;
}

/* Wraps the caller's stream to notice that values come again. */
struct again {
    const struct client_stream *stream;
    bool gone;
    int64_t until_ms;
};

static int again_value(void *ctx, const char *json)
{
    struct again *again = ctx;
    if (json) gap(again->stream, &again->gone, false);
    return again->stream->on_value(again->stream->ctx, json);
}

/* Connects until it works or the time is over; the last failure is the one that is said. */
static int follow_again(const struct client *client, struct text *url, struct again *again)
{
    const struct client_stream *stream = again->stream;
    struct client_stream inner = {.ctx = again, .on_value = again_value};
    for (;;) {
        bool last = client_clock_ms() >= again->until_ms;
        if (stream->path_again) {
            text_clear(url);
            stream->path_again(stream->ctx, url);
        }
        int exit = follow_once(client, url->bytes, &inner, !last);
        if (exit != STREAM_NOT_YET) return exit;
        exit = stream->on_value(stream->ctx, NULL);
        if (exit >= 0) return exit;
        usleep(TRY_AGAIN_US);
    }
}

int client_follow(const struct client *client, const struct text *path, const struct client_stream *stream)
{
    struct again again = {.stream = stream};
    AUTO_TEXT struct text url = {0};
    if (path->overflow)
        return run_fail(CTL_USAGE, "too many names for one request; narrow it by --source or -l");
    text_init(&url, CLIENT_PATH_BYTES);
    text_add(&url, path->bytes);
    int exit = follow_once(client, url.bytes, stream, false);
    while (exit == STREAM_BROKE) {
        if (!again.gone) again.until_ms = client_clock_ms() + CLIENT_BACK_MS;
        gap(stream, &again.gone, true);
        usleep(TRY_AGAIN_US);
        exit = follow_again(client, &url, &again);
    }
    return exit;
}
