#include "daemon/http.h"

#include <curl/curl.h>

#include "daemon/http_authority.h"
#include "daemon/http_proxy.h"
#include "daemon/http_transfer.h"
#include "reconcile/base/assert.h"
#include "reconcile/base/memory.h"

enum {
    HTTP_IDLE_HANDLES_MAX = 32,      /* about 20 KiB each */
    HTTP_IDLE_CONNECTIONS_MAX = 256, /* LIMIT_IN_FLIGHT of one cloud stay open between polls */
};

struct http {
    uv_loop_t *loop;
    uv_timer_t timer; /* curl's one deadline */
    uv_timer_t
        failed_starts; /* fires at once when a start failed, so that no callback comes from inside it */
    unsigned open_handles;
    CURLM *multi;
    TAILQ_HEAD(transfers, transfer)
    transfers; /* all that have not ended, by id; a search is for cancelling only */
    uint32_t in_flight;
    struct authorities authorities;
    struct proxies proxies;
    CURL *idle[HTTP_IDLE_HANDLES_MAX];
    unsigned idle_count;
    uint64_t last_id;
};

/* One socket of curl's in the loop. */
struct watched_socket {
    uv_poll_t poll;
    struct http *http;
    curl_socket_t fd;
};

/* One that received a token keeps it in its buffer. */
static void lend_handle_back(struct http *http, CURL *easy, bool secret)
{
    if (!easy) return;
    if (secret || http->idle_count == HTTP_IDLE_HANDLES_MAX) {
        curl_easy_cleanup(easy);
        return;
    }
    curl_easy_reset(easy); /* forgets pointers into the transfer that ends */
    http->idle[http->idle_count++] = easy;
}

static CURL *lend_handle(struct http *http)
{
    CURL *easy = http->idle_count ? http->idle[--http->idle_count] : curl_easy_init();
    ASSERT(easy);
    return easy;
}

static void transfer_unlink(struct http *http, struct transfer *transfer)
{
    TAILQ_REMOVE(&http->transfers, transfer, link);
    http->in_flight--;
}

static void transfer_retire(struct http *http, struct transfer *transfer)
{
    if (transfer->easy) {
        curl_multi_remove_handle(http->multi, transfer->easy);
        lend_handle_back(http, transfer->easy, transfer->secret);
    }
    transfer_unlink(http, transfer);
    transfer_free(transfer);
}

static void transfer_finish(struct http *http, struct transfer *transfer, CURLcode code)
{
    struct http_response response = transfer_response(transfer, code);
    /* Out of the list first: the callback may cancel any id, also this one. */
    transfer_unlink(http, transfer);
    curl_multi_remove_handle(http->multi, transfer->easy);
    transfer->done(transfer->ctx, transfer->id, &response);
    lend_handle_back(http, transfer->easy, transfer->secret);
    transfer_free(transfer);
}

/* Must follow every curl_multi_socket_action, also the one for a time-out: nothing else tells that a transfer
   has ended. */
static void reap(struct http *http)
{
    int left = 0;
    CURLMsg *message;
    while ((message = curl_multi_info_read(http->multi, &left))) {
        if (message->msg != CURLMSG_DONE) continue;
        struct transfer *transfer = NULL;
        CURLcode code = message->data.result;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&transfer);
        transfer_finish(http, transfer, code);
    }
}

static void on_socket_ready(uv_poll_t *poll, int status, int events)
{
    struct watched_socket *watched = poll->data;
    struct http *http = watched->http;
    int flags = status < 0 ? CURL_CSELECT_ERR : 0;
    if (events & UV_READABLE) flags |= CURL_CSELECT_IN;
    if (events & UV_WRITABLE) flags |= CURL_CSELECT_OUT;
    int running = 0;
    curl_multi_socket_action(http->multi, watched->fd, flags, &running);
    reap(http);
}

static void on_timer(uv_timer_t *timer)
{
    struct http *http = timer->data;
    int running = 0;
    curl_multi_socket_action(http->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    reap(http);
}

static int on_curl_timer(CURLM *multi, long delay_ms, void *ctx)
{
    struct http *http = ctx;
    (void)multi;
    if (delay_ms < 0)
        uv_timer_stop(&http->timer);
    else
        uv_timer_start(&http->timer, on_timer, (uint64_t)delay_ms, 0);
    return 0;
}

static void on_socket_closed(uv_handle_t *handle)
{
    memory_free(handle->data);
}

static struct watched_socket *socket_watch(struct http *http, curl_socket_t fd)
{
    struct watched_socket *watched = NEW(struct watched_socket);
    watched->http = http;
    watched->fd = fd;
    if (uv_poll_init_socket(http->loop, &watched->poll, fd) != 0) {
        memory_free(watched);
        return NULL;
    }
    watched->poll.data = watched;
    curl_multi_assign(http->multi, fd, watched);
    return watched;
}

static int on_curl_socket(CURL *easy, curl_socket_t fd, int what, void *ctx, void *assigned)
{
    struct http *http = ctx;
    struct watched_socket *watched = assigned;
    (void)easy;
    if (what == CURL_POLL_REMOVE) {
        if (!watched) return 0;
        curl_multi_assign(http->multi, fd, NULL);
        uv_close((uv_handle_t *)&watched->poll, on_socket_closed);
        return 0;
    }
    if (!watched) watched = socket_watch(http, fd);
    if (!watched) return -1; /* curl ends its transfers with an error */
    int events = (what & CURL_POLL_IN ? UV_READABLE : 0) | (what & CURL_POLL_OUT ? UV_WRITABLE : 0);
    uv_poll_start(&watched->poll, events, on_socket_ready);
    return 0;
}

struct http *http_new(uv_loop_t *loop)
{
    struct http *http = NEW(struct http);
    ASSERT(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK);
    http->loop = loop;
    TAILQ_INIT(&http->transfers);
    http->multi = curl_multi_init();
    ASSERT(http->multi);
    uv_timer_init(loop, &http->timer);
    uv_timer_init(loop, &http->failed_starts);
    http->timer.data = http->failed_starts.data = http;
    http->open_handles = 2;
    curl_multi_setopt(http->multi, CURLMOPT_SOCKETFUNCTION, on_curl_socket);
    curl_multi_setopt(http->multi, CURLMOPT_SOCKETDATA, http);
    curl_multi_setopt(http->multi, CURLMOPT_TIMERFUNCTION, on_curl_timer);
    curl_multi_setopt(http->multi, CURLMOPT_TIMERDATA, http);
    curl_multi_setopt(http->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_MULTIPLEX);
    curl_multi_setopt(http->multi, CURLMOPT_MAXCONNECTS, (long)HTTP_IDLE_CONNECTIONS_MAX);
    return http;
}

static void on_timer_closed(uv_handle_t *handle)
{
    struct http *http = handle->data;
    if (--http->open_handles == 0) memory_free(http);
}

void http_free(struct http *http)
{
    if (!http) return;
    while (!TAILQ_EMPTY(&http->transfers))
        transfer_retire(http, TAILQ_FIRST(&http->transfers));
    while (http->idle_count)
        curl_easy_cleanup(http->idle[--http->idle_count]);
    curl_multi_cleanup(http->multi); /* closes the kept connections, and so their sockets in the loop */
    http_forget_certificates(http);
    uv_close((uv_handle_t *)&http->timer, on_timer_closed);
    uv_close((uv_handle_t *)&http->failed_starts, on_timer_closed);
    curl_global_cleanup();
}

void http_forget_certificates(struct http *http)
{
    authorities_release(&http->authorities);
    proxies_release(&http->proxies);
}

static void on_failed_starts(uv_timer_t *timer)
{
    struct http *http = timer->data;
    uint64_t newest = http->last_id; /* what a callback starts has its own turn */
    for (;;) {
        struct transfer *transfer = TAILQ_FIRST(&http->transfers);
        while (transfer && transfer->easy)
            transfer = TAILQ_NEXT(transfer, link);
        if (!transfer || transfer->id > newest) return;
        struct http_response response = transfer_response(transfer, CURLE_FAILED_INIT);
        transfer_unlink(http, transfer);
        transfer->done(transfer->ctx, transfer->id, &response);
        transfer_free(transfer);
    }
}

uint64_t http_start(struct http *http, const struct http_options *options, const struct http_request *request,
                    http_done *done, void *ctx)
{
    struct transfer *transfer = transfer_new(options, request);
    transfer->id = ++http->last_id;
    transfer->done = done;
    transfer->ctx = ctx;
    TAILQ_INSERT_TAIL(&http->transfers, transfer, link);
    http->in_flight++;
    const struct curl_blob *ca = NULL; /* the system's */
    bool ready = !options->ca_file || authorities_find(&http->authorities, options->pool, options->ca_file,
                                                       &ca, transfer->problem, sizeof transfer->problem);
    const struct proxy *proxy = NULL; /* the environment's */
    if (ready && options->proxy_url) {
        proxy = proxies_find(&http->proxies, options->pool, options->proxy_url, &options->proxy_credentials,
                             transfer->problem, sizeof transfer->problem);
        ready = proxy != NULL;
    }
    CURL *easy = lend_handle(http);
    if (ready && transfer_prepare(transfer, easy, request->method, ca, proxy) &&
        curl_multi_add_handle(http->multi, easy) == CURLM_OK) {
        transfer->easy = easy;
    } else {
        lend_handle_back(http, easy, false);
        uv_timer_start(&http->failed_starts, on_failed_starts, 0, 0);
    }
    return transfer->id;
}

bool http_cancel(struct http *http, uint64_t transfer_id)
{
    struct transfer *transfer = TAILQ_FIRST(&http->transfers);
    while (transfer && transfer->id != transfer_id)
        transfer = TAILQ_NEXT(transfer, link);
    if (!transfer) return false;
    transfer_retire(http, transfer);
    return true;
}

uint32_t http_in_flight(const struct http *http)
{
    return http->in_flight;
}
