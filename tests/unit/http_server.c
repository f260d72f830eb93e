#include "tests/unit/http_server.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

static void must(bool ok, const char *what)
{
    if (ok) return;
    perror(what);
    abort();
}

static int listen_loopback(int backlog, unsigned *out_port)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    must(fd >= 0 && bind(fd, (struct sockaddr *)&at, sizeof at) == 0 && listen(fd, backlog) == 0, "listen");
    must(getsockname(fd, (struct sockaddr *)&at, &size) == 0, "getsockname");
    *out_port = ntohs(at.sin_port);
    return fd;
}

/* The good server */

struct good_server {
    struct MHD_Daemon *daemon;
    unsigned port;
    atomic_uint connections;
    pthread_mutex_t newest_lock;
    char newest[8192];
};

struct echo {
    char text[8192];
    size_t length;
    bool with_body;
};

static const unsigned char gzip_bytes[] = {0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0x2b,
                                           0xc9, 0x48, 0x55, 0x48, 0xca, 0x4f, 0xa9, 0x54, 0x28, 0x4f, 0x2c,
                                           0x56, 0x48, 0xce, 0xcf, 0x2d, 0x28, 0x4a, 0x2d, 0x2e, 0x4e, 0x4d,
                                           0xe1, 0x02, 0x00, 0xf5, 0x12, 0x6f, 0xf7, 0x18, 0x00, 0x00, 0x00};

static void echo_add(struct echo *echo, const char *bytes, size_t size)
{
    must(size < sizeof echo->text - echo->length, "echo");
    memcpy(echo->text + echo->length, bytes, size);
    echo->length += size;
}

static enum MHD_Result on_request_header(void *ctx, enum MHD_ValueKind kind, const char *name,
                                         const char *value)
{
    char line[1024];
    (void)kind;
    int length = snprintf(line, sizeof line, "%s: %s\n", name, value ? value : "");
    echo_add(ctx, line, (size_t)length);
    return MHD_YES;
}

static enum MHD_Result answer(struct MHD_Connection *connection, const char *url, struct echo *echo)
{
    bool gzip = strcmp(url, "/gzip") == 0, moved = strcmp(url, "/moved") == 0;
    struct MHD_Response *response =
        gzip ? MHD_create_response_from_buffer(sizeof gzip_bytes, (void *)gzip_bytes, MHD_RESPMEM_PERSISTENT)
             : MHD_create_response_from_buffer(echo->length, echo->text, MHD_RESPMEM_MUST_COPY);
    MHD_add_response_header(response, "X-Request-Id", "req-1");
    if (gzip) MHD_add_response_header(response, "Content-Encoding", "gzip");
    if (moved) MHD_add_response_header(response, "Location", "/");
    unsigned status = moved                                ? 302
                      : strcmp(url, "/missing") == 0       ? 404
                      : strcmp(url, "/unprocessable") == 0 ? 422
                                                           : 200;
    enum MHD_Result result = MHD_queue_response(connection, status, response);
    MHD_destroy_response(response);
    return result;
}

static enum MHD_Result on_request(void *ctx, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *bytes, size_t *size,
                                  void **state)
{
    struct good_server *server = ctx;
    struct echo *echo = *state;
    (void)version;
    if (!echo) {
        char line[512];
        *state = echo = calloc(1, sizeof *echo);
        must(echo != NULL, "calloc");
        int length = snprintf(line, sizeof line, "%s %s\n", method, url);
        echo_add(echo, line, (size_t)length);
        MHD_get_connection_values(connection, MHD_HEADER_KIND, on_request_header, echo);
        echo_add(echo, "\n", 1);
        return MHD_YES;
    }
    if (*size) {
        echo_add(echo, bytes, *size);
        *size = 0;
        return MHD_YES;
    }
    pthread_mutex_lock(&server->newest_lock);
    memcpy(server->newest, echo->text, sizeof echo->text);
    pthread_mutex_unlock(&server->newest_lock);
    return answer(connection, url, echo);
}

static void on_completed(void *ctx, struct MHD_Connection *connection, void **state,
                         enum MHD_RequestTerminationCode code)
{
    (void)ctx, (void)connection, (void)code;
    free(*state);
    *state = NULL;
}

static void on_connection(void *ctx, struct MHD_Connection *connection, void **state,
                          enum MHD_ConnectionNotificationCode code)
{
    struct good_server *server = ctx;
    (void)connection, (void)state;
    if (code == MHD_CONNECTION_NOTIFY_STARTED) server->connections++;
}

struct good_server *good_server_start(const char *key_pem, const char *certificate_pem)
{
    struct good_server *server = calloc(1, sizeof *server);
    must(server != NULL, "calloc");
    pthread_mutex_init(&server->newest_lock, NULL);
    int fd = listen_loopback(64, &server->port);
    unsigned flags = MHD_USE_INTERNAL_POLLING_THREAD | (key_pem ? MHD_USE_TLS : 0u);
    server->daemon =
        MHD_start_daemon(flags, 0, NULL, NULL, on_request, server, MHD_OPTION_LISTEN_SOCKET, fd,
                         MHD_OPTION_NOTIFY_COMPLETED, on_completed, NULL, MHD_OPTION_NOTIFY_CONNECTION,
                         on_connection, server, key_pem ? MHD_OPTION_HTTPS_MEM_KEY : MHD_OPTION_END, key_pem,
                         MHD_OPTION_HTTPS_MEM_CERT, certificate_pem, MHD_OPTION_END);
    must(server->daemon != NULL, "MHD_start_daemon");
    return server;
}

unsigned good_server_port(const struct good_server *server)
{
    return server->port;
}

unsigned good_server_connections(const struct good_server *server)
{
    return server->connections;
}

void good_server_newest(struct good_server *server, char *out, size_t size)
{
    pthread_mutex_lock(&server->newest_lock);
    snprintf(out, size, "%s", server->newest);
    pthread_mutex_unlock(&server->newest_lock);
}

void good_server_stop(struct good_server *server)
{
    MHD_stop_daemon(server->daemon);
    free(server);
}

/* The bad server */

enum ending {
    THEN_CLOSE,
    THEN_HANG,  /* keeps the connection until the client leaves */
    THEN_REPEAT /* sends the last bytes again and again */
};

struct misdeed {
    const char *path;
    const char *reply;
    enum ending ending;
};

#define LINE_64 "x: 0123456789012345678901234567890123456789012345678901234567\r\n"
#define ROW_64  "0123456789012345678901234567890123456789012345678901234567890123"

static const struct misdeed misdeeds[] = {
    {"/silent", "", THEN_HANG},
    {"/half", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", THEN_HANG},
    {"/truncated", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\ntruncated", THEN_CLOSE},
    {"/cut-chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\nabc", THEN_CLOSE},
    {"/endless", "HTTP/1.1 200 OK\r\n\r\n" ROW_64 ROW_64 ROW_64 ROW_64, THEN_REPEAT},
    {"/huge", "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\nx", THEN_HANG},
    {"/endless-header", "HTTP/1.1 200 OK\r\n" LINE_64 LINE_64, THEN_REPEAT},
    {"/endless-line", "HTTP/1.1 200 OK\r\nX: " ROW_64 ROW_64 ROW_64 ROW_64, THEN_REPEAT},
    {"far.example:443", "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n",
     THEN_CLOSE},
    {"/nothing", "", THEN_CLOSE},
    {"/not-http", "SSH-2.0-OpenSSH_9.2\r\n", THEN_CLOSE},
    {"/interim",
     "HTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\nHTTP/1.1 200 OK\r\nX-Late: 1\r\n"
     "Content-Length: 2\r\n\r\nok",
     THEN_CLOSE},
    {"/bad-gzip", "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 8\r\n\r\nnot gzip",
     THEN_CLOSE},
    {"/throttled",
     "HTTP/1.1 429 Slow Down\r\nRetry-After: 30\r\nContent-Length: 19\r\n\r\n not \x1b[31m so\nfast ",
     THEN_CLOSE},
    {"/wrong", "HTTP/1.1 400 Wrong\r\nContent-Length: 15\r\n\r\ninvalid_payload", THEN_CLOSE},
    {"/full", "HTTP/1.1 503 Full\r\nContent-Length: 4\r\n\r\nfull", THEN_CLOSE},
    /* Answers one request and goes away at the second on the same connection. */
    {"/once", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", THEN_HANG},
};

struct bad_server {
    int fd;
    unsigned port;
    atomic_uint requests;
    atomic_bool stopping;
    atomic_uint running;
    pthread_t thread;
};

struct visit {
    struct bad_server *server;
    int fd;
};

static bool send_all(int fd, const char *bytes, size_t size)
{
    while (size) {
        ssize_t sent = send(fd, bytes, size, MSG_NOSIGNAL);
        if (sent <= 0) return false;
        bytes += sent;
        size -= (size_t)sent;
    }
    return true;
}

/* Reads up to the empty line. false: the client is gone. */
static bool read_head(int fd, char *head, size_t size)
{
    size_t length = 0;
    while (length + 1 < size) {
        ssize_t got = recv(fd, head + length, size - 1 - length, 0);
        if (got <= 0) return false;
        length += (size_t)got;
        head[length] = '\0';
        if (strstr(head, "\r\n\r\n")) return true;
    }
    return false;
}

/* What follows the head: unread at the end, it would make the end overtake the reply. */
static void read_body(int fd, const char *head)
{
    const char *length = strstr(head, "\r\nContent-Length: "), *end = strstr(head, "\r\n\r\n");
    size_t left = length ? strtoul(length + strlen("\r\nContent-Length: "), NULL, 10) : 0;
    size_t had = strlen(end + 4);
    char rest[256];
    for (left = had < left ? left - had : 0; left > 0;) {
        ssize_t got = recv(fd, rest, left < sizeof rest ? left : sizeof rest, 0);
        if (got <= 0) return;
        left -= (size_t)got;
    }
}

static const struct misdeed *misdeed_of(const char *head)
{
    const char *path = strchr(head, ' ');
    size_t length = path ? strcspn(path + 1, " ") : 0;
    for (size_t i = 0; path && i < sizeof misdeeds / sizeof *misdeeds; i++)
        if (strlen(misdeeds[i].path) == length && strncmp(misdeeds[i].path, path + 1, length) == 0)
            return &misdeeds[i];
    must(false, "unknown path");
    return NULL;
}

static void visit_act(struct visit *visit, const struct misdeed *misdeed)
{
    char rest[256];
    if (!send_all(visit->fd, misdeed->reply, strlen(misdeed->reply))) return;
    switch (misdeed->ending) {
    case THEN_CLOSE: return;
    case THEN_HANG:
        if (strcmp(misdeed->path, "/once") == 0) {
            if (recv(visit->fd, rest, sizeof rest, 0) > 0) visit->server->requests++;
            return;
        }
        while (recv(visit->fd, rest, sizeof rest, 0) > 0)
            continue;
        return;
    case THEN_REPEAT:
        while (send_all(visit->fd, misdeed->reply + 17, strlen(misdeed->reply) - 17))
            continue;
    }
}

static void *visit_run(void *ctx)
{
    struct visit *visit = ctx;
    char head[4096];
    if (read_head(visit->fd, head, sizeof head)) {
        visit->server->requests++;
        read_body(visit->fd, head);
        visit_act(visit, misdeed_of(head));
    }
    close(visit->fd);
    visit->server->running--;
    free(visit);
    return NULL;
}

static void *bad_server_run(void *ctx)
{
    struct bad_server *server = ctx;
    for (;;) {
        int fd = accept(server->fd, NULL, NULL);
        if (fd < 0) return NULL;
        struct visit *visit = calloc(1, sizeof *visit);
        must(visit != NULL, "calloc");
        *visit = (struct visit){.server = server, .fd = fd};
        pthread_t thread;
        server->running++;
        must(pthread_create(&thread, NULL, visit_run, visit) == 0, "pthread_create");
        pthread_detach(thread);
    }
}

struct bad_server *bad_server_start(void)
{
    struct bad_server *server = calloc(1, sizeof *server);
    must(server != NULL, "calloc");
    server->fd = listen_loopback(64, &server->port);
    must(pthread_create(&server->thread, NULL, bad_server_run, server) == 0, "pthread_create");
    return server;
}

unsigned bad_server_port(const struct bad_server *server)
{
    return server->port;
}

unsigned bad_server_requests(struct bad_server *server)
{
    return server->requests;
}

/* The client is gone by now, so that every visit ends by itself. */
void bad_server_stop(struct bad_server *server)
{
    shutdown(server->fd, SHUT_RDWR);
    pthread_join(server->thread, NULL);
    close(server->fd);
    for (unsigned waited = 0; server->running > 0; waited++) {
        must(waited < 5000, "a visit of the bad server does not end");
        usleep(1000);
    }
    free(server);
}

/* The deaf server */

enum { DEAF_CLIENTS = 8 };

struct deaf_server {
    int fd;
    unsigned port;
    int clients[DEAF_CLIENTS];
};

struct deaf_server *deaf_server_start(void)
{
    struct deaf_server *server = calloc(1, sizeof *server);
    must(server != NULL, "calloc");
    server->fd = listen_loopback(0, &server->port);
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                             .sin_port = htons((uint16_t)server->port)};
    for (unsigned i = 0; i < DEAF_CLIENTS; i++) {
        server->clients[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        must(server->clients[i] >= 0, "socket");
        (void)!connect(server->clients[i], (struct sockaddr *)&at, sizeof at);
    }
    usleep(20000);
    return server;
}

unsigned deaf_server_port(const struct deaf_server *server)
{
    return server->port;
}

void deaf_server_stop(struct deaf_server *server)
{
    for (unsigned i = 0; i < DEAF_CLIENTS; i++)
        close(server->clients[i]);
    close(server->fd);
    free(server);
}

/* Certificates */

static char *pem_text(BIO *bio)
{
    char *bytes;
    long size = BIO_get_mem_data(bio, &bytes);
    char *text = strndup(bytes, (size_t)size);
    must(text != NULL, "strndup");
    BIO_free(bio);
    return text;
}

static void add_extension(X509 *certificate, int nid, const char *value)
{
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, nid, value);
    must(extension && X509_add_ext(certificate, extension, -1), "X509_add_ext");
    X509_EXTENSION_free(extension);
}

void make_certificate(char **out_key_pem, char **out_certificate_pem)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate = X509_new();
    must(key && certificate, "openssl");
    X509_set_version(certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_set_pubkey(certificate, key);
    X509_NAME *name = X509_get_subject_name(certificate);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"localhost", -1, -1, 0);
    X509_set_issuer_name(certificate, name);
    add_extension(certificate, NID_subject_alt_name, "DNS:localhost");
    add_extension(certificate, NID_basic_constraints, "critical,CA:TRUE");
    must(X509_sign(certificate, key, EVP_sha256()) > 0, "X509_sign");
    BIO *key_bio = BIO_new(BIO_s_mem()), *certificate_bio = BIO_new(BIO_s_mem());
    must(PEM_write_bio_PKCS8PrivateKey(key_bio, key, NULL, NULL, 0, NULL, NULL) == 1, "PEM");
    must(PEM_write_bio_X509(certificate_bio, certificate) == 1, "PEM");
    *out_key_pem = pem_text(key_bio);
    *out_certificate_pem = pem_text(certificate_bio);
    X509_free(certificate);
    EVP_PKEY_free(key);
}
