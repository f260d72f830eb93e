#include "tests/unit/unit.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <uv.h>

#include "daemon/http.h"
#include "reconcile/base/text.h"
#include "tests/unit/http_server.h"

/* HTTP/2 over TLS, against a server that nobody here wrote: nghttpd (Debian: nghttp2-server) speaks nothing
   else, so that each reply of it is one over HTTP/2. What it prints (-v) tells of its connections and
   streams. */

enum { LONG_MS = 20000, MANY = 60, PAGE_BYTES = 300000 };

struct outcome {
    unsigned calls;
    enum transport transport;
    int status;
    size_t body_size;
    char problem[256], server[64];
};

struct peer {
    pid_t pid;
    unsigned port;
    char directory[64], ca[96], key[96], log[96], page[96];
};

static uv_loop_t loop;
static struct http *http;
static struct peer peer;

static void write_file(const char *path, const char *bytes, size_t size)
{
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

static int socket_at(unsigned port, struct sockaddr_in *out)
{
    *out = (struct sockaddr_in){
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    return socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

static unsigned free_port(void)
{
    struct sockaddr_in at;
    socklen_t size = sizeof at;
    int fd = socket_at(0, &at);
    assert_true(fd >= 0 && bind(fd, (struct sockaddr *)&at, sizeof at) == 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &size), 0);
    close(fd);
    return ntohs(at.sin_port);
}

static bool listens(unsigned port)
{
    struct sockaddr_in at;
    int fd = socket_at(port, &at);
    bool answered = connect(fd, (struct sockaddr *)&at, sizeof at) == 0;
    close(fd);
    return answered;
}

static void files_make(void)
{
    char *key, *certificate;
    static char page[PAGE_BYTES];
    snprintf(peer.directory, sizeof peer.directory, "/tmp/setpoint-http2-XXXXXX");
    assert_non_null(mkdtemp(peer.directory));
    snprintf(peer.ca, sizeof peer.ca, "%s/ca.pem", peer.directory);
    snprintf(peer.key, sizeof peer.key, "%s/key.pem", peer.directory);
    snprintf(peer.log, sizeof peer.log, "%s/log", peer.directory);
    snprintf(peer.page, sizeof peer.page, "%s/page", peer.directory);
    make_certificate(&key, &certificate);
    write_file(peer.key, key, strlen(key));
    write_file(peer.ca, certificate, strlen(certificate));
    memset(page, 'p', sizeof page);
    write_file(peer.page, page, sizeof page);
    free(key);
    free(certificate);
}

static int peer_start(void **state)
{
    (void)state;
    files_make();
    peer.port = free_port();
    char port[16];
    snprintf(port, sizeof port, "%u", peer.port);
    peer.pid = fork();
    if (peer.pid == 0) {
        int log = open(peer.log, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        dup2(log, STDOUT_FILENO);
        dup2(log, STDERR_FILENO);
        execlp("nghttpd", "nghttpd", "-v", "-a", "127.0.0.1", "-d", peer.directory, "--echo-upload", port,
               peer.key, peer.ca, (char *)NULL);
        _exit(127);
    }
    for (unsigned tries = 0; tries < 500 && !listens(peer.port); tries++)
        usleep(10000);
    uv_loop_init(&loop);
    http = http_new(&loop);
    return 0;
}

static void peer_end(void)
{
    if (peer.pid == 0) return;
    kill(peer.pid, SIGTERM);
    waitpid(peer.pid, NULL, 0);
    peer.pid = 0;
}

static int peer_stop(void **state)
{
    (void)state;
    http_free(http);
    while (uv_run(&loop, UV_RUN_DEFAULT))
        continue;
    assert_int_equal(uv_loop_close(&loop), 0);
    peer_end();
    unlink(peer.ca);
    unlink(peer.key);
    unlink(peer.log);
    unlink(peer.page);
    return rmdir(peer.directory);
}

static void keep(void *ctx, uint64_t id, const struct http_response *response)
{
    struct outcome *outcome = ctx;
    (void)id;
    outcome->calls++;
    outcome->transport = response->transport;
    outcome->status = response->status;
    outcome->body_size = response->body_size;
    if (response->problem) text_copy(outcome->problem, sizeof outcome->problem, response->problem);
    const char *server = http_header_find(response->headers, response->header_count, "Server");
    if (server) text_copy(outcome->server, sizeof outcome->server, server);
}

static void begin(const char *method, const char *path, const char *body, struct outcome *outcome)
{
    char url[128];
    *outcome = (struct outcome){0};
    snprintf(url, sizeof url, "https://localhost:%u%s", peer.port, path);
    struct http_request request = {
        .method = method, .url = url, .body = body, .body_size = body ? strlen(body) : 0};
    struct http_options options = {
        .pool = "kr1", .ca_file = peer.ca, .connect_timeout_ms = 5000, .total_timeout_ms = LONG_MS};
    http_start(http, &options, &request, keep, outcome);
}

static void run_until_answered(const struct outcome *outcome)
{
    while (outcome->calls == 0 && uv_run(&loop, UV_RUN_ONCE))
        continue;
    assert_int_equal(outcome->calls, 1);
}

/* How often the peer's log has this. */
static unsigned logged(const char *words)
{
    char line[4096];
    unsigned count = 0;
    FILE *file = fopen(peer.log, "re");
    assert_non_null(file);
    while (fgets(line, sizeof line, file))
        count += strstr(line, words) != NULL;
    fclose(file);
    return count;
}

static void test_offered_and_used(void **state)
{
    (void)state;
    struct outcome outcome;
    begin("GET", "/page", NULL, &outcome);
    run_until_answered(&outcome);
    assert_string_equal(outcome.problem, "");
    assert_int_equal(outcome.status, 200);
    assert_int_equal(outcome.body_size, PAGE_BYTES);
    assert_true(text_starts(outcome.server, "nghttpd nghttp2/"));
    begin("POST", "/echo", "{\"os-stop\":null}", &outcome);
    run_until_answered(&outcome);
    assert_int_equal(outcome.status, 200);
    assert_int_equal(outcome.body_size, strlen("{\"os-stop\":null}"));
}

/* Each request is a stream of the one connection. */
static void test_many_on_one_connection(void **state)
{
    (void)state;
    static struct outcome outcomes[MANY];
    for (unsigned i = 0; i < MANY; i++)
        begin("GET", "/page", NULL, &outcomes[i]);
    for (unsigned i = 0; i < MANY; i++)
        run_until_answered(&outcomes[i]);
    for (unsigned i = 0; i < MANY; i++)
        assert_true(outcomes[i].status == 200 && outcomes[i].body_size == PAGE_BYTES);
    assert_int_equal(logged(":path: /page"), MANY);
    assert_int_equal(logged("The negotiated protocol: h2"), 1);
}

/* The peer dies between two requests: the second one is sent at most once, and told of. */
static void test_peer_that_goes(void **state)
{
    (void)state;
    struct outcome outcome;
    begin("GET", "/page", NULL, &outcome);
    run_until_answered(&outcome);
    assert_int_equal(outcome.status, 200);
    peer_end();
    begin("DELETE", "/page", NULL, &outcome);
    run_until_answered(&outcome);
    assert_int_not_equal(outcome.transport, TRANSPORT_DONE);
    assert_string_not_equal(outcome.problem, "");
    assert_int_equal(http_in_flight(http), 0);
}

static bool has_nghttpd(void)
{
    return system("command -v nghttpd >/dev/null 2>&1") == 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define ROW(test) cmocka_unit_test_setup_teardown(test, peer_start, peer_stop)
        ROW(test_offered_and_used),
        ROW(test_many_on_one_connection),
        ROW(test_peer_that_goes),
    };
    if (!has_nghttpd()) {
        puts("1..0 # SKIP no nghttpd here (Debian: nghttp2-server)");
        return 0;
    }
    alarm(120);
    return UNIT_RUN(tests);
}
