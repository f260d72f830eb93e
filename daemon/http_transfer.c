#include "daemon/http_transfer.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "daemon/clock.h"
#include "daemon/http_problem.h"
#include "daemon/http_proxy.h"
#include "reconcile/base/assert.h"
#include "reconcile/base/memory.h"
#include "reconcile/base/text.h"

/* A server drops idle connections without a word after a while; one that is older is not tried again. */
enum {
    CONNECTION_IDLE_MAX_S = 60,
    CONNECTION_AGE_MAX_S = 3600,
    RECEIVE_BYTES = 256 << 10 /* a page of servers is 2 MB; in curl's 16 KiB it costs a sixth more CPU */
};

static void wipe_text(char *text)
{
    if (text) explicit_bzero(text, strlen(text));
}

static bool header_is_sound(const struct http_header *header)
{
    return header->name[0] && !strpbrk(header->name, ":\r\n") && !strpbrk(header->value, "\r\n");
}

static void headers_append(struct curl_slist **list, const char *line)
{
    struct curl_slist *longer = curl_slist_append(*list, line);
    ASSERT(longer);
    *list = longer;
}

/* curl adds these two by itself where they are not wanted: a form's type, and a wait before large bodies. */
static void headers_add_defaults(struct transfer *transfer, const struct http_request *request)
{
    headers_append(&transfer->request_headers, "Expect:");
    if (!http_header_find(request->headers, request->header_count, "Content-Type"))
        headers_append(&transfer->request_headers, "Content-Type:");
}

static void transfer_copy_headers(struct transfer *transfer, const struct http_request *request)
{
    for (uint32_t i = 0; i < request->header_count; i++) {
        const struct http_header *header = &request->headers[i];
        if (!header_is_sound(header)) {
            snprintf(transfer->problem, sizeof transfer->problem,
                     "a request header holds a line break or no name; check the credentials for stray line "
                     "breaks");
            continue;
        }
        struct text line;
        text_init(&line, TRANSFER_HEADER_BYTES_MAX);
        /* curl's way to send a header without a value is a semicolon. */
        text_addf(&line, header->value[0] ? "%s: %s" : "%s;%s", header->name, header->value);
        headers_append(&transfer->request_headers, line.bytes);
        wipe_text(line.bytes);
        text_release(&line);
    }
    headers_add_defaults(transfer, request);
}

struct transfer *transfer_new(const struct http_options *options, const struct http_request *request)
{
    ASSERT(options->total_timeout_ms > 0 && options->connect_timeout_ms > 0);
    struct transfer *transfer = NEW(struct transfer);
    transfer->pool = memory_copy_text(options->pool);
    transfer->url = memory_copy_text(request->url);
    transfer->connect_timeout_ms = options->connect_timeout_ms;
    transfer->total_timeout_ms = options->total_timeout_ms;
    transfer->secret = options->secret;
    transfer->body_max = options->body_max;
    transfer->sent_boot_ms = clock_now().boot_ms;
    if (request->body) {
        transfer->request_body = memory_alloc(request->body_size);
        memcpy(transfer->request_body, request->body, request->body_size);
        transfer->request_body_size = request->body_size;
    }
    transfer_copy_headers(transfer, request);
    return transfer;
}

static void transfer_drop_headers(struct transfer *transfer)
{
    for (uint32_t i = 0; i < transfer->header_count; i++) {
        if (transfer->secret) wipe_text((char *)transfer->headers[i].value);
        memory_free((char *)transfer->headers[i].name);
    }
    transfer->header_count = 0;
    transfer->header_bytes = 0;
}

static void headers_free(struct curl_slist *list)
{
    for (struct curl_slist *header = list; header; header = header->next)
        wipe_text(header->data);
    curl_slist_free_all(list);
}

void transfer_free(struct transfer *transfer)
{
    if (!transfer) return;
    headers_free(transfer->request_headers);
    headers_free(transfer->proxy_headers);
    if (transfer->request_body) explicit_bzero(transfer->request_body, transfer->request_body_size);
    memory_free(transfer->request_body);
    transfer_drop_headers(transfer);
    memory_free(transfer->headers);
    if (transfer->secret && transfer->body) explicit_bzero(transfer->body, transfer->body_room);
    memory_free(transfer->body);
    memory_free(transfer->pool);
    if (transfer->secret) wipe_text(transfer->url);
    memory_free(transfer->url);
    memory_free(transfer);
}

/* realloc would leave the old bytes behind. */
static void body_grow_secret(struct transfer *transfer, size_t room)
{
    char *larger = memory_alloc(room);
    if (transfer->body) {
        memcpy(larger, transfer->body, transfer->body_size);
        explicit_bzero(transfer->body, transfer->body_room);
        memory_free(transfer->body);
    }
    transfer->body = larger;
}

static void body_reserve(struct transfer *transfer, size_t size)
{
    if (size <= transfer->body_room) return;
    size_t room = transfer->body_room ? transfer->body_room : TRANSFER_BODY_FIRST;
    while (room < size)
        room *= 2;
    if (transfer->secret)
        body_grow_secret(transfer, room);
    else
        transfer->body = memory_grow(transfer->body, room);
    transfer->body_room = room;
}

static size_t on_body(char *bytes, size_t one, size_t size, void *ctx)
{
    struct transfer *transfer = ctx;
    (void)one;
    /* Decoded bytes count: a few compressed ones may stand for gigabytes. */
    size_t room = (transfer->body_max ? transfer->body_max : LIMIT_REPLY_BYTES) - transfer->body_size;
    if (size > room && !transfer->body_max) {
        transfer->body_too_large = true;
        return 0;
    }
    size_t taken = size < room ? size : room;
    body_reserve(transfer, transfer->body_size + taken + 1);
    memcpy(transfer->body + transfer->body_size, bytes, taken);
    transfer->body_size += taken;
    return taken; /* less than came ends the transfer */
}

static void header_add(struct transfer *transfer, const char *line, size_t size, size_t colon)
{
    size_t begin = colon + 1;
    while (begin < size && (line[begin] == ' ' || line[begin] == '\t'))
        begin++;
    while (size > begin && strchr(" \t\r\n", line[size - 1]))
        size--;
    char *name = memory_alloc(colon + 1 + (size - begin) + 1);
    memcpy(name, line, colon);
    name[colon] = '\0';
    char *value = name + colon + 1;
    memcpy(value, line + begin, size - begin);
    value[size - begin] = '\0';
    ROW_RESERVE(transfer->headers, transfer->header_count, transfer->header_room);
    transfer->headers[transfer->header_count++] = (struct http_header){.name = name, .value = value};
}

static size_t on_header(char *line, size_t one, size_t size, void *ctx)
{
    struct transfer *transfer = ctx;
    (void)one;
    transfer->header_bytes += size;
    if (transfer->header_bytes > TRANSFER_HEADER_BYTES_MAX ||
        transfer->header_count == TRANSFER_HEADERS_MAX) {
        transfer->header_too_large = true;
        return 0;
    }
    /* A status line begins a new header: the one before it was an interim reply (1xx). */
    if (size >= 5 && strncasecmp(line, "HTTP/", 5) == 0) {
        transfer_drop_headers(transfer);
        return size;
    }
    const char *colon = memchr(line, ':', size);
    if (colon && colon != line) header_add(transfer, line, size, (size_t)(colon - line));
    return size;
}

/* Called when a connection stands and the request is about to go out, each time. */
static int on_ready(void *ctx, char *remote, char *local, int remote_port, int local_port)
{
    struct transfer *transfer = ctx;
    (void)remote, (void)local, (void)remote_port, (void)local_port;
    if (transfer->attempts == 1) return CURL_PREREQFUNC_ABORT;
    transfer->attempts++;
    return CURL_PREREQFUNC_OK;
}

static void set_method(const struct transfer *transfer, CURL *easy, const char *method)
{
    if (transfer->request_body || strcmp(method, "POST") == 0) {
        curl_easy_setopt(easy, CURLOPT_POST, 1L);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)transfer->request_body_size);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, transfer->request_body ? transfer->request_body : "");
    }
    if (strcmp(method, "HEAD") == 0)
        curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
    else
        curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, method);
}

static void set_transport(const struct transfer *transfer, CURL *easy, const struct curl_blob *ca)
{
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    /* Without it, a time-out during a name look-up joins the resolver's thread and stops the loop. */
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)transfer->connect_timeout_ms);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)transfer->total_timeout_ms);
    curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, (long)RECEIVE_BYTES);
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, (long)CONNECTION_IDLE_MAX_S);
    curl_easy_setopt(easy, CURLOPT_MAXLIFETIME_CONN, (long)CONNECTION_AGE_MAX_S);
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    /* The first transfer tells whether others fit onto its connection. */
    if (strncasecmp(transfer->url, "https:", 6) == 0) curl_easy_setopt(easy, CURLOPT_PIPEWAIT, 1L);
    if (ca) curl_easy_setopt(easy, CURLOPT_CAINFO_BLOB, ca);
}

static void set_callbacks(struct transfer *transfer, CURL *easy)
{
    curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->curl_text);
    curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_ready);
    curl_easy_setopt(easy, CURLOPT_PREREQDATA, transfer);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer);
}

bool transfer_prepare(struct transfer *transfer, CURL *easy, const char *method, const struct curl_blob *ca,
                      const struct proxy *proxy)
{
    if (transfer->problem[0]) return false;
    curl_easy_reset(easy);
    set_transport(transfer, easy, ca);
    if (proxy) proxy_apply(proxy, easy, &transfer->proxy_headers);
    set_callbacks(transfer, easy);
    curl_easy_setopt(easy, CURLOPT_URL, transfer->url);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "setpoint/" PACKAGE_VERSION);
    curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "gzip");
    curl_easy_setopt(easy, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)LIMIT_REPLY_BYTES);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, transfer->request_headers);
    set_method(transfer, easy, method);
    return true;
}

/* The status is all that is wanted, and it is there. */
static bool is_answered(const struct transfer *transfer)
{
    long status = 0;
    if (!transfer->body_max || !transfer->easy) return false;
    curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
    return status >= 200; /* below: an interim reply */
}

struct http_response transfer_response(struct transfer *transfer, CURLcode code)
{
    struct http_response response = {.sent_boot_ms = transfer->sent_boot_ms};
    if (code != CURLE_OK && !is_answered(transfer)) {
        response.transport = transfer->attempts ? TRANSPORT_BROKEN : TRANSPORT_NOT_SENT;
        if (!transfer->problem[0]) http_problem(transfer, code, transfer->problem, sizeof transfer->problem);
        response.problem = transfer->problem;
        return response;
    }
    long status = 0;
    curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
    response.transport = TRANSPORT_DONE;
    response.status = (int)status;
    response.headers = transfer->headers;
    response.header_count = transfer->header_count;
    body_reserve(transfer, transfer->body_size + 1);
    transfer->body[transfer->body_size] = '\0';
    response.body = transfer->body;
    response.body_size = transfer->body_size;
    return response;
}
