#include "tests/golden/screens/fake.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "reconcile/base/cleanup.h"
#include "reconcile/base/instant.h"

enum {
    REQUEST_MAX = 128 << 10,
    REPLY_MAX = 16 << 20,
    RUN_PATIENCE_MS = 30000,
    NAP_US = 20000,
    WORDS_MAX = 32
};

static void die(const char *what)
{
    printf("Bail out! %s: %s\n", what, strerror(errno));
    fflush(stdout);
    _exit(99);
}

static int64_t wall_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void time_add(struct text *out, double seconds)
{
    char whole[32];
    int64_t at_ms = wall_ms() + (int64_t)(seconds * 1000);
    instant_format(at_ms, whole, sizeof whole);
    whole[strcspn(whole, "Z")] = '\0';
    text_addf(out, "%s.%03dZ", whole, (int)(at_ms % 1000));
}

static void expand(const char *from, struct text *out)
{
    for (const char *mark; (mark = strstr(from, "{{")); from = strstr(mark, "}}") + 2) {
        text_add_bytes(out, from, (size_t)(mark - from));
        time_add(out, strtod(mark + 2, NULL));
    }
    text_add(out, from);
}

static void reply_read(const struct fake_reply *row, const char *data, struct text *out)
{
    char path[512], block[4096];
    size_t got;
    text_init(out, REPLY_MAX);
    if (!row->file) {
        expand(row->text, out);
        return;
    }
    snprintf(path, sizeof path, "%s/%s", data, row->file);
    FILE *file = fopen(path, "re");
    if (!file) die(path);
    AUTO_TEXT struct text raw = {0};
    text_init(&raw, REPLY_MAX);
    while ((got = fread(block, 1, sizeof block, file)) > 0)
        text_add_bytes(&raw, block, got);
    fclose(file);
    expand(raw.bytes, out);
}

static void send_all(int fd, const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t sent = send(fd, bytes, size, MSG_NOSIGNAL);
        if (sent <= 0) return;
        bytes += sent;
        size -= (size_t)sent;
    }
}

static void send_lines(int fd, const char *lines, int pause_ms)
{
    while (*lines) {
        size_t size = strcspn(lines, "\n");
        send_all(fd, "data: ", 6);
        send_all(fd, lines, size);
        send_all(fd, "\n\n", 2);
        lines += size + (lines[size] != '\0');
        usleep((useconds_t)pause_ms * 1000);
    }
}

static void answer(int fd, const struct fake_reply *row, const char *data)
{
    AUTO_TEXT struct text body = {0};
    char head[256];
    reply_read(row, data, &body);
    if (row->line_ms) {
        snprintf(head, sizeof head, "HTTP/1.1 %d X\r\nContent-Type: text/event-stream\r\n\r\n", row->status);
        send_all(fd, head, strlen(head));
        send_lines(fd, body.bytes, row->line_ms);
        struct pollfd gone = {.fd = fd};
        if (!row->ends) poll(&gone, 1, -1);
        return;
    }
    snprintf(head, sizeof head, "HTTP/1.1 %d X\r\nContent-Length: %zu\r\n\r\n", row->status, body.length);
    send_all(fd, head, strlen(head));
    send_all(fd, body.bytes, body.length);
}

/* The head and as much of the body as its length says. */
static bool request_read(int fd, char *request)
{
    size_t size = 0;
    for (;;) {
        ssize_t got = read(fd, request + size, REQUEST_MAX - 1 - size);
        if (got <= 0) return false;
        size += (size_t)got;
        request[size] = '\0';
        const char *end = strstr(request, "\r\n\r\n"), *length = strstr(request, "Content-Length: ");
        if (!end) continue;
        size_t wanted = length && length < end ? strtoul(length + 16, NULL, 10) : 0;
        if (strlen(end + 4) >= wanted) return true;
    }
}

static void request_log(const char *path, const char *request)
{
    FILE *log = fopen(path, "ae");
    const char *end = strstr(request, "\r\n\r\n");
    if (!log) die(path);
    fprintf(log, "%.*s%s%s\n", (int)(strcspn(request, "\r") - strlen(" HTTP/1.1")), request,
            end[4] ? " " : "", end + 4);
    fclose(log);
}

static int listen_at(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    text_copy(address.sun_path, sizeof address.sun_path, path);
    unlink(path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) != 0 || listen(fd, 16) != 0)
        die(path);
    return fd;
}

static void serve_one(const struct fake *fake, int *listener, const struct fake_reply *rows, const char *data)
{
    static char request[REQUEST_MAX];
    static const struct fake_reply nothing = {.status = 404,
                                              .text = "{\"exit\":7,\"message\":\"no such row\"}"};
    int fd = accept(*listener, NULL, NULL);
    if (fd < 0) die("accept");
    if (!request_read(fd, request)) {
        close(fd);
        return;
    }
    request_log(fake->log, request);
    const struct fake_reply *row = rows;
    while (row->request && !text_starts(request, row->request))
        row++;
    answer(fd, row->request ? row : &nothing, data);
    if (row->request && row->away_ms) {
        close(*listener);
        unlink(fake->socket);
        close(fd);
        usleep((useconds_t)row->away_ms * 1000);
        *listener = listen_at(fake->socket);
        return;
    }
    close(fd);
}

void fake_start(struct fake *fake, const struct fake_reply *rows, const char *data)
{
    snprintf(fake->directory, sizeof fake->directory, "/tmp/setpoint-fake-XXXXXX");
    if (!mkdtemp(fake->directory)) die("mkdtemp");
    snprintf(fake->socket, sizeof fake->socket, "%s/control.sock", fake->directory);
    snprintf(fake->log, sizeof fake->log, "%s/log", fake->directory);
    int listener = listen_at(fake->socket);
    fake->pid = fork();
    if (fake->pid < 0) die("fork");
    if (fake->pid == 0)
        for (;;)
            serve_one(fake, &listener, rows, data);
    close(listener);
}

void fake_stop(struct fake *fake)
{
    kill(fake->pid, SIGKILL);
    waitpid(fake->pid, NULL, 0);
    unlink(fake->socket);
    unlink(fake->log);
    rmdir(fake->directory);
}

char *fake_log(const struct fake *fake)
{
    struct fake_reply row = {.file = "log"};
    struct text log = {0};
    if (access(fake->log, F_OK) != 0) return memory_copy_text("");
    reply_read(&row, fake->directory, &log);
    return text_take(&log);
}

static void child_run(const struct fake *fake, const char *const *env, const char *const *arguments)
{
    char program[512], socket[128];
    const char *words[WORDS_MAX] = {"setpointctl"};
    const char *environment[WORDS_MAX] = {"PATH=/usr/bin:/bin", "TZ=UTC", "LC_ALL=C.UTF-8"};
    const char *build = getenv("SETPOINT_BUILD");
    unsigned count = 1, variables = 3;
    snprintf(program, sizeof program, "%s/setpointctl", build ? build : ".");
    if (fake && *fake->socket) {
        snprintf(socket, sizeof socket, "SETPOINT_SOCKET=%s", fake->socket);
        environment[variables++] = socket;
    }
    while (arguments[count - 1] && count < WORDS_MAX - 1) {
        words[count] = arguments[count - 1];
        count++;
    }
    for (unsigned i = 0; env && env[i] && variables < WORDS_MAX - 1; i++)
        environment[variables++] = env[i];
    signal(SIGPIPE, SIG_DFL);
    signal(SIGINT, SIG_DFL); /* a test started in the background inherits it ignored */
    execve(program, (char *const *)words, (char *const *)environment);
    die(program);
}

/* Reads both until both are closed. A pty answers EIO when the other end is closed. */
static void outputs_read(int pid, int out, int err, const char *until, struct ran *ran)
{
    struct text texts[2] = {0};
    struct pollfd ends[2] = {{.fd = out, .events = POLLIN}, {.fd = err, .events = POLLIN}};
    char block[4096];
    int64_t began_ms = wall_ms();
    text_init(&texts[0], REPLY_MAX);
    text_init(&texts[1], REPLY_MAX);
    while (ends[0].fd >= 0 || ends[1].fd >= 0) {
        if (wall_ms() - began_ms > RUN_PATIENCE_MS) kill(pid, SIGKILL);
        if (until && strstr(texts[0].bytes, until)) {
            kill(pid, SIGINT);
            until = NULL;
        }
        if (poll(ends, 2, 20) <= 0) continue;
        for (int i = 0; i < 2; i++) {
            if (!ends[i].revents) continue;
            ssize_t got = read(ends[i].fd, block, sizeof block);
            if (got > 0) text_add_bytes(&texts[i], block, (size_t)got);
            if (got > 0) continue;
            close(ends[i].fd);
            ends[i].fd = -1;
        }
    }
    ran->out = text_take(&texts[0]);
    ran->err = text_take(&texts[1]);
}

struct ran fake_run(const struct fake *fake, unsigned columns, unsigned rows, const char *const *env,
                    const char *until, const char *const *arguments)
{
    struct winsize size = {.ws_col = (unsigned short)columns, .ws_row = (unsigned short)rows};
    struct ran ran = {0};
    int out[2], inner = -1, err[2], status;
    if (pipe2(err, O_CLOEXEC) != 0) die("pipe");
    if (columns ? openpty(&out[0], &inner, NULL, NULL, &size) : pipe2(out, O_CLOEXEC)) die("pty");
    if (columns) out[1] = inner;
    int pid = fork();
    if (pid < 0) die("fork");
    if (pid == 0) {
        dup2(out[1], STDOUT_FILENO);
        dup2(err[1], STDERR_FILENO);
        close(out[0]);
        child_run(fake, env, arguments);
    }
    close(out[1]);
    close(err[1]);
    outputs_read(pid, out[0], err[0], until, &ran);
    waitpid(pid, &status, 0);
    ran.exit = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return ran;
}

void ran_release(struct ran *ran)
{
    memory_free(ran->out);
    memory_free(ran->err);
}
