#include "tests/unit/unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <uv.h>

#include "daemon/clock.h"
#include "daemon/http.h"
#include "reconcile/base/memory.h"
#include "reconcile/base/text.h"
#include "tests/unit/http_server.h"

enum { SOON_MS = 300, LONG_MS = 20000 };

/* What the callback was given, copied. */
struct outcome {
    unsigned calls;
    uint64_t id;
    enum transport transport;
    int status;
    char problem[512];
    char body[8192];
    size_t body_size;
    char request_id[64];
    bool terminated;
    uint32_t late_headers, early_headers;
    int64_t sent_boot_ms, done_boot_ms;
};

static uv_loop_t loop;
static struct http *http;
static struct good_server *good;
static struct bad_server *bad;

static void keep(void *ctx, uint64_t id, const struct http_response *response)
{
    struct outcome *outcome = ctx;
    outcome->calls++;
    outcome->id = id;
    outcome->transport = response->transport;
    outcome->status = response->status;
    outcome->sent_boot_ms = response->sent_boot_ms;
    outcome->done_boot_ms = clock_now().boot_ms;
    if (response->problem) text_copy(outcome->problem, sizeof outcome->problem, response->problem);
    if (response->transport != TRANSPORT_DONE) return;
    outcome->body_size = response->body_size;
    outcome->terminated = response->body[response->body_size] == '\0';
    text_copy(outcome->body, sizeof outcome->body, response->body);
    const char *request_id = http_header_find(response->headers, response->header_count, "x-request-id");
    if (request_id) text_copy(outcome->request_id, sizeof outcome->request_id, request_id);
    outcome->late_headers = http_header_find(response->headers, response->header_count, "X-Late") != NULL;
    outcome->early_headers = http_header_find(response->headers, response->header_count, "X-Early") != NULL;
}

static struct http_options options_of(int64_t total_ms, const char *ca_file)
{
    return (struct http_options){
        .pool = "kr1", .ca_file = ca_file, .connect_timeout_ms = 5000, .total_timeout_ms = total_ms};
}

static void run_until_answered(const struct outcome *outcome)
{
    while (outcome->calls == 0 && uv_run(&loop, UV_RUN_ONCE))
        continue;
    assert_int_equal(outcome->calls, 1);
}

static struct outcome fetch(const char *method, const char *host, unsigned port, const char *path,
                            int64_t total_ms, const char *ca_file)
{
    char url[512];
    struct outcome outcome = {0};
    snprintf(url, sizeof url, "%s:%u%s", host, port, path);
    struct http_request request = {.method = method, .url = url};
    struct http_options options = options_of(total_ms, ca_file);
    uint64_t id = http_start(http, &options, &request, keep, &outcome);
    assert_int_equal(outcome.calls, 0);
    run_until_answered(&outcome);
    assert_int_equal(outcome.calls, 1);
    assert_int_equal(outcome.id, id);
    return outcome;
}

static struct outcome fetch_good(const char *method, const char *path)
{
    return fetch(method, "http://127.0.0.1", good_server_port(good), path, LONG_MS, NULL);
}

static struct outcome fetch_bad(const char *path, int64_t total_ms)
{
    return fetch("GET", "http://127.0.0.1", bad_server_port(bad), path, total_ms, NULL);
}

static void drain(void)
{
    while (uv_run(&loop, UV_RUN_DEFAULT))
        continue;
}

static int start(void **state)
{
    (void)state;
    good = good_server_start(NULL, NULL);
    bad = bad_server_start();
    uv_loop_init(&loop);
    http = http_new(&loop);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    http_free(http);
    drain();
    assert_int_equal(uv_loop_close(&loop), 0);
    good_server_stop(good);
    bad_server_stop(bad);
    return 0;
}

static void test_whole_reply(void **state)
{
    (void)state;
    int64_t before_ms = clock_now().boot_ms;
    struct outcome outcome = fetch_good("GET", "/servers?limit=5");
    assert_int_equal(outcome.transport, TRANSPORT_DONE);
    assert_int_equal(outcome.status, 200);
    assert_string_equal(outcome.request_id, "req-1");
    assert_true(outcome.terminated);
    assert_true(text_starts(outcome.body, "GET /servers\n"));
    assert_non_null(strstr(outcome.body, "User-Agent: setpoint/" PACKAGE_VERSION "\n"));
    assert_non_null(strstr(outcome.body, "Accept-Encoding: gzip\n"));
    assert_in_range(outcome.sent_boot_ms, before_ms, outcome.done_boot_ms);
    assert_int_equal(http_in_flight(http), 0);
}

static struct outcome send_body(const char *method, const char *body)
{
    char url[128];
    struct outcome outcome = {0};
    snprintf(url, sizeof url, "http://127.0.0.1:%u/action", good_server_port(good));
    struct http_request request = {
        .method = method, .url = url, .body = body, .body_size = body ? strlen(body) : 0};
    request.headers[request.header_count++] = (struct http_header){"X-Auth-Token", "t0ken"};
    request.headers[request.header_count++] = (struct http_header){"X-Empty", ""};
    if (body)
        request.headers[request.header_count++] = (struct http_header){"Content-Type", "application/json"};
    struct http_options options = options_of(LONG_MS, NULL);
    http_start(http, &options, &request, keep, &outcome);
    memset(url, 0, sizeof url); /* the request was copied */
    run_until_answered(&outcome);
    return outcome;
}

static void test_methods_headers_and_bodies(void **state)
{
    (void)state;
    static const char *const methods[] = {"POST", "PUT", "PATCH", "DELETE"};
    for (size_t i = 0; i < 4; i++) {
        struct outcome outcome = send_body(methods[i], "{\"os-stop\":null}");
        assert_true(text_starts(outcome.body, methods[i]));
        assert_non_null(strstr(outcome.body, "X-Auth-Token: t0ken\n"));
        assert_non_null(strstr(outcome.body, "X-Empty: \n"));
        assert_non_null(strstr(outcome.body, "Content-Type: application/json\n"));
        assert_non_null(strstr(outcome.body, "\n\n{\"os-stop\":null}"));
    }
    struct outcome bare = send_body("POST", NULL);
    assert_non_null(strstr(bare.body, "Content-Length: 0\n"));
    assert_null(strstr(bare.body, "Content-Type"));
}

static void test_large_body_is_sent_without_waiting(void **state)
{
    (void)state;
    static char body[3000];
    memset(body, 'u', sizeof body - 1);
    struct outcome outcome = send_body("POST", body);
    assert_null(strstr(outcome.body, "Expect"));
    assert_non_null(strstr(outcome.body, body));
}

static void test_status_is_no_failure_and_redirects_stay(void **state)
{
    (void)state;
    struct outcome outcome = fetch_good("GET", "/missing");
    assert_int_equal(outcome.transport, TRANSPORT_DONE);
    assert_int_equal(outcome.status, 404);
    assert_int_equal(fetch_good("GET", "/moved").status, 302);
    assert_int_equal(fetch_good("HEAD", "/").body_size, 0);
}

static void test_gzip(void **state)
{
    (void)state;
    struct outcome outcome = fetch_good("GET", "/gzip");
    assert_string_equal(outcome.body, GZIP_TEXT);
    struct outcome damaged = fetch_bad("/bad-gzip", LONG_MS);
    assert_int_equal(damaged.transport, TRANSPORT_BROKEN);
    assert_non_null(strstr(damaged.problem, "compressed"));
}

static void test_connection_is_kept(void **state)
{
    (void)state;
    fetch_good("GET", "/");
    unsigned before = good_server_connections(good);
    for (unsigned i = 0; i < 20; i++)
        assert_int_equal(fetch_good("GET", "/").status, 200);
    assert_int_equal(good_server_connections(good), before);
}

static void test_many_at_once(void **state)
{
    (void)state;
    enum { MANY = 300 };
    static struct outcome outcomes[MANY];
    char url[128];
    memset(outcomes, 0, sizeof outcomes);
    snprintf(url, sizeof url, "http://127.0.0.1:%u/", good_server_port(good));
    struct http_request request = {.method = "GET", .url = url};
    struct http_options options = options_of(LONG_MS, NULL);
    for (unsigned i = 0; i < MANY; i++)
        http_start(http, &options, &request, keep, &outcomes[i]);
    assert_int_equal(http_in_flight(http), MANY);
    for (unsigned i = 0; i < MANY; i++)
        run_until_answered(&outcomes[i]);
    for (unsigned i = 0; i < MANY; i++)
        assert_true(outcomes[i].calls == 1 && outcomes[i].status == 200);
    assert_int_equal(http_in_flight(http), 0);
}

/* curl's own example for libuv forgets these: only the timer tells that they have ended. */
static void test_timed_out_transfers_are_reaped(void **state)
{
    (void)state;
    static const char *const paths[] = {"/silent", "/half"};
    for (size_t i = 0; i < 2; i++) {
        struct outcome outcome = fetch_bad(paths[i], SOON_MS);
        assert_int_equal(outcome.transport, TRANSPORT_BROKEN);
        assert_in_range(outcome.done_boot_ms - outcome.sent_boot_ms, SOON_MS - 50, SOON_MS + 1500);
        char expected[256];
        snprintf(expected, sizeof expected, "timed out after 0.3 s: 127.0.0.1:%u did not complete its reply",
                 bad_server_port(bad));
        assert_string_equal(outcome.problem, expected);
        assert_int_equal(http_in_flight(http), 0);
    }
}

static void test_refused(void **state)
{
    (void)state;
    struct bad_server *gone = bad_server_start();
    unsigned port = bad_server_port(gone);
    bad_server_stop(gone);
    struct outcome outcome = fetch("POST", "http://127.0.0.1", port, "/", LONG_MS, NULL);
    assert_int_equal(outcome.transport, TRANSPORT_NOT_SENT);
    char expected[256];
    snprintf(
        expected, sizeof expected,
        "127.0.0.1:%u refused the connection; check host and port of the endpoint, and that the service runs",
        port);
    assert_string_equal(outcome.problem, expected);
}

static void test_connection_that_never_stands(void **state)
{
    (void)state;
    struct deaf_server *deaf = deaf_server_start();
    char url[128];
    struct outcome outcome = {0};
    snprintf(url, sizeof url, "http://127.0.0.1:%u/", deaf_server_port(deaf));
    struct http_request request = {.method = "GET", .url = url};
    struct http_options options = options_of(LONG_MS, NULL);
    options.connect_timeout_ms = SOON_MS;
    http_start(http, &options, &request, keep, &outcome);
    run_until_answered(&outcome);
    assert_int_equal(outcome.transport, TRANSPORT_NOT_SENT);
    assert_non_null(strstr(outcome.problem, "no connection to 127.0.0.1:"));
    assert_non_null(strstr(outcome.problem, "within 0.3 s; check the endpoint"));
    deaf_server_stop(deaf);
}

/* A label above 63 bytes is refused by the resolver itself: no name server is asked. */
static void test_unknown_name(void **state)
{
    (void)state;
    struct outcome outcome =
        fetch("GET",
              "http://aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.invalid",
              80, "/", LONG_MS, NULL);
    assert_int_equal(outcome.transport, TRANSPORT_NOT_SENT);
    assert_non_null(strstr(outcome.problem, ".invalid:80: no such host name; correct it"));
}

static void test_unusable_requests(void **state)
{
    (void)state;
    struct outcome scheme = fetch("GET", "ftp://127.0.0.1", 21, "/", LONG_MS, NULL);
    assert_int_equal(scheme.transport, TRANSPORT_NOT_SENT);
    assert_non_null(strstr(scheme.problem, "neither http nor https"));
    struct outcome user =
        fetch("GET", "http://me:secret@127.0.0.1", good_server_port(good), "/", LONG_MS, NULL);
    assert_int_equal(user.transport, TRANSPORT_NOT_SENT);
    assert_non_null(strstr(user.problem, "contains a user name"));
    assert_null(strstr(user.problem, "secret"));
    struct outcome broken = {0};
    struct http_request request = {.method = "GET", .url = "http://127.0.0.1/"};
    request.headers[request.header_count++] = (struct http_header){"X-Auth-Token", "a\r\nX-Other: b"};
    struct http_options options = options_of(LONG_MS, NULL);
    http_start(http, &options, &request, keep, &broken);
    run_until_answered(&broken);
    assert_int_equal(broken.transport, TRANSPORT_NOT_SENT);
    assert_non_null(strstr(broken.problem, "line break"));
}

static void check_broken(const char *path, const char *words)
{
    struct outcome outcome = fetch_bad(path, LONG_MS);
    assert_int_equal(outcome.transport, TRANSPORT_BROKEN);
    if (!strstr(outcome.problem, words)) fail_msg("%s: \"%s\" lacks \"%s\"", path, outcome.problem, words);
    assert_int_equal(http_in_flight(http), 0);
}

static void test_broken_replies(void **state)
{
    (void)state;
    check_broken("/truncated", "ended before it was complete");
    check_broken("/cut-chunk", "before");
    check_broken("/endless", "the reply is larger than 64 MiB");
    check_broken("/huge", "the reply is larger than 64 MiB");
    check_broken("/endless-header", "header");
    check_broken("/endless-line", "has a line of more than 100 KiB");
    check_broken("/nothing", "closed the connection without a reply");
    check_broken("/not-http", "is not HTTP");
}

static void test_a_proxy_that_refuses_is_told(void **state)
{
    char url[64];
    (void)state;
    snprintf(url, sizeof url, "http://127.0.0.1:%u", bad_server_port(bad));
    setenv("https_proxy", url, true);
    struct outcome outcome = fetch("GET", "https://far.example", 443, "/", LONG_MS, NULL);
    assert_non_null(strstr(outcome.problem, "(HTTP 407); check its user and password"));
    unsetenv("https_proxy");
}

static void test_interim_replies_leave_no_header(void **state)
{
    (void)state;
    struct outcome outcome = fetch_bad("/interim", LONG_MS);
    assert_int_equal(outcome.status, 200);
    assert_int_equal(outcome.late_headers, 1);
    assert_int_equal(outcome.early_headers, 0);
    assert_string_equal(outcome.body, "ok");
}

/* curl would send the request once more when a kept connection dies under it. The server may have acted on
   the first one. */
static void test_one_call_is_one_request(void **state)
{
    (void)state;
    unsigned before = bad_server_requests(bad);
    struct outcome first = fetch_bad("/once", LONG_MS);
    assert_int_equal(first.status, 200);
    struct outcome second = fetch("DELETE", "http://127.0.0.1", bad_server_port(bad), "/once", LONG_MS, NULL);
    assert_int_equal(second.transport, TRANSPORT_BROKEN);
    assert_non_null(strstr(second.problem, "kept connection without a reply"));
    assert_int_equal(bad_server_requests(bad), before + 2);
}

static void never(void *ctx, uint64_t id, const struct http_response *response)
{
    (void)ctx, (void)id, (void)response;
    fail_msg("a cancelled transfer called back");
}

static void test_cancel(void **state)
{
    (void)state;
    char url[128];
    snprintf(url, sizeof url, "http://127.0.0.1:%u/silent", bad_server_port(bad));
    struct http_request request = {.method = "GET", .url = url};
    struct http_options options = options_of(LONG_MS, NULL);
    uint64_t id = http_start(http, &options, &request, never, NULL);
    assert_int_equal(fetch_good("GET", "/").status, 200);
    assert_true(http_cancel(http, id));
    assert_false(http_cancel(http, id));
    assert_int_equal(fetch_good("GET", "/").status, 200);
    http_start(http, &options, &request, never, NULL); /* ended by http_free */
}

static void chain(void *ctx, uint64_t id, const struct http_response *response)
{
    struct outcome *outcome = ctx;
    if (outcome->early_headers++ < 3) {
        char url[128];
        snprintf(url, sizeof url, "http://127.0.0.1:%u/", good_server_port(good));
        struct http_request request = {.method = "GET", .url = url};
        struct http_options options = options_of(LONG_MS, NULL);
        assert_true(http_start(http, &options, &request, chain, outcome) > id);
        assert_false(http_cancel(http, id));
        return;
    }
    keep(ctx, id, response);
}

static void test_callback_may_start_the_next(void **state)
{
    (void)state;
    struct outcome outcome = {0};
    struct http_options options = options_of(LONG_MS, "/nonexistent/ca.pem");
    struct http_request request = {.method = "GET", .url = "https://127.0.0.1/"};
    http_start(http, &options, &request, chain, &outcome);
    run_until_answered(&outcome);
    assert_int_equal(outcome.early_headers, 1 /* of the last reply: none */ - 1);
    assert_int_equal(outcome.status, 200);
}

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

static void test_tls(void **state)
{
    (void)state;
    char directory[] = "/tmp/setpoint-http-XXXXXX", ca[64], *key, *certificate;
    assert_non_null(mkdtemp(directory));
    snprintf(ca, sizeof ca, "%s/ca.pem", directory);
    make_certificate(&key, &certificate);
    struct good_server *secure = good_server_start(key, certificate);
    unsigned port = good_server_port(secure);
    write_file(ca, certificate);

    struct outcome outcome = fetch("GET", "https://localhost", port, "/", LONG_MS, NULL);
    assert_int_equal(outcome.transport, TRANSPORT_NOT_SENT);
    assert_true(text_starts(outcome.problem, "the certificate of localhost:"));
    assert_non_null(strstr(outcome.problem,
                           "is not trusted (SSL certificate problem: self-signed certificate); "
                           "name the CA that signed it in tls.ca"));
    outcome = fetch("GET", "https://localhost", port, "/", LONG_MS, ca);
    assert_int_equal(outcome.transport, TRANSPORT_DONE);
    assert_int_equal(outcome.status, 200);
    outcome = fetch("GET", "https://127.0.0.1", port, "/", LONG_MS, ca);
    assert_int_equal(outcome.transport, TRANSPORT_NOT_SENT);
    assert_non_null(strstr(outcome.problem, "is not trusted"));
    outcome = fetch("GET", "https://localhost", good_server_port(good), "/", LONG_MS, ca);
    assert_int_equal(outcome.transport, TRANSPORT_NOT_SENT);
    assert_non_null(strstr(outcome.problem, "check that the endpoint is an https port"));

    /* The file is read once; only a reload asks for it again. */
    unlink(ca);
    assert_int_equal(fetch("GET", "https://localhost", port, "/", LONG_MS, ca).status, 200);
    http_forget_certificates(http);
    outcome = fetch("GET", "https://localhost", port, "/", LONG_MS, ca);
    assert_int_equal(outcome.transport, TRANSPORT_NOT_SENT);
    assert_non_null(strstr(outcome.problem, "cannot read the CA file"));
    write_file(ca, "this is no certificate\n");
    outcome = fetch("GET", "https://localhost", port, "/", LONG_MS, ca);
    assert_int_equal(outcome.transport, TRANSPORT_NOT_SENT);
    assert_non_null(strstr(outcome.problem, "check the file in tls.ca"));

    unlink(ca);
    rmdir(directory);
    good_server_stop(secure);
    free(key);
    free(certificate);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define ROW(test) cmocka_unit_test_setup_teardown(test, start, stop)
        ROW(test_whole_reply),
        ROW(test_methods_headers_and_bodies),
        ROW(test_large_body_is_sent_without_waiting),
        ROW(test_status_is_no_failure_and_redirects_stay),
        ROW(test_gzip),
        ROW(test_connection_is_kept),
        ROW(test_many_at_once),
        ROW(test_timed_out_transfers_are_reaped),
        ROW(test_refused),
        ROW(test_connection_that_never_stands),
        ROW(test_unknown_name),
        ROW(test_unusable_requests),
        ROW(test_broken_replies),
        ROW(test_a_proxy_that_refuses_is_told),
        ROW(test_interim_replies_leave_no_header),
        ROW(test_one_call_is_one_request),
        ROW(test_cancel),
        ROW(test_callback_may_start_the_next),
        ROW(test_tls),
    };
    alarm(120); /* a transfer that never ends must not hold up the rest */
    return UNIT_RUN(tests);
}
