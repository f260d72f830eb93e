#ifndef SETPOINT_DAEMON_HTTP_TRANSFER_H
#define SETPOINT_DAEMON_HTTP_TRANSFER_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "daemon/http.h"

/* One request and what came back. Lives from http_start until after its callback; owns copies of everything
   it was given. It is exactly one request on the wire: curl's own repetition on a connection that turned out
   dead is refused, because the server may have acted on the first one. */
struct proxy;

struct transfer {
    TAILQ_ENTRY(transfer) link;
    uint64_t id;
    CURL *easy; /* lent by http.c; NULL when the start failed */
    char *pool, *url;
    struct curl_slist *request_headers, *proxy_headers;
    char *request_body;
    size_t request_body_size;
    int64_t connect_timeout_ms, total_timeout_ms;
    bool secret;
    size_t body_max; /* 0 = LIMIT_REPLY_BYTES, and a longer one is broken */
    http_done *done;
    void *ctx;
    int64_t sent_boot_ms;

    unsigned attempts; /* times that curl was ready to send the request; 0 = certainly not sent */
    bool header_too_large, body_too_large;
    char problem[LIMIT_MESSAGE];
    char curl_text[CURL_ERROR_SIZE];

    struct http_header *headers;
    uint32_t header_count, header_room;
    size_t header_bytes;
    char *body;
    size_t body_size, body_room;
};

enum {
    TRANSFER_HEADERS_MAX = 200,            /* real clouds send under 20 */
    TRANSFER_HEADER_BYTES_MAX = 128 << 10, /* all of one reply; a service catalogue comes in the body */
    TRANSFER_BODY_FIRST = 16 << 10         /* first allocation: a page of a few servers */
};

struct transfer *transfer_new(const struct http_options *options, const struct http_request *request);
/* Wipes the request, and the reply if it was declared secret. Does not touch `easy`. NULL-safe. */
void transfer_free(struct transfer *transfer);
/* Sets every option of the handle. ca: the CA file's bytes, NULL = system's. proxy: NULL = the
   environment's. false: `problem` is set. */
bool transfer_prepare(struct transfer *transfer, CURL *easy, const char *method, const struct curl_blob *ca,
                      const struct proxy *proxy);
/* The response as it is after curl said `code`. Points into the transfer. */
struct http_response transfer_response(struct transfer *transfer, CURLcode code);

#endif
