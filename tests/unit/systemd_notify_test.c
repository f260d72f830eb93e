#include "tests/unit/unit.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>

#include "systemd/notify.h"
#include "tests/unit/scratch.h"

static int manager = -1; /* what systemd would read */

static int start(void **state)
{
    if (scratch_make(state) != 0) return -1;
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    snprintf(at.sun_path, sizeof at.sun_path, "%s/notify", scratch);
    manager = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    setenv("NOTIFY_SOCKET", at.sun_path, 1);
    return manager >= 0 && bind(manager, (struct sockaddr *)&at, sizeof at) == 0 ? 0 : -1;
}

static int stop(void **state)
{
    close(manager);
    unsetenv("NOTIFY_SOCKET");
    return scratch_remove(state);
}

static const char *told(void)
{
    static char message[1024];
    ssize_t got = recv(manager, message, sizeof message - 1, 0);
    message[got > 0 ? got : 0] = '\0';
    return message;
}

static void test_messages(void **state)
{
    (void)state;
    notify_ready();
    assert_string_equal(told(), "READY=1");
    notify_stopping();
    assert_string_equal(told(), "STOPPING=1");
    notify_watchdog();
    assert_string_equal(told(), "WATCHDOG=1");
    notify_status("%u of %u converged", 9u, 12u);
    assert_string_equal(told(), "STATUS=9 of 12 converged");
    notify_status("from outside: %s", "a\nREADY=1");
    assert_string_equal(told(), "STATUS=from outside: a");
    assert_string_equal(told(), "");
}

static void test_reload_carries_the_time(void **state)
{
    (void)state;
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    notify_reloading();
    const char *message = told();
    long long told_us = 0;
    assert_int_equal(sscanf(message, "RELOADING=1\nMONOTONIC_USEC=%lld", &told_us), 1);
    assert_in_range(told_us, (long long)at.tv_sec * 1000000, ((long long)at.tv_sec + 2) * 1000000);
}

static void test_outside_systemd(void **state)
{
    (void)state;
    unsetenv("NOTIFY_SOCKET");
    unsetenv("WATCHDOG_USEC");
    unsetenv("LISTEN_FDS");
    notify_ready();
    notify_status("x");
    assert_string_equal(told(), "");
    assert_int_equal(notify_watchdog_ms(), 0);
    assert_int_equal(notify_listen_fd("control"), -1);
}

static void test_watchdog_period(void **state)
{
    (void)state;
    char pid[16];
    snprintf(pid, sizeof pid, "%d", (int)getpid());
    setenv("WATCHDOG_USEC", "30000000", 1);
    setenv("WATCHDOG_PID", pid, 1);
    assert_int_equal(notify_watchdog_ms(), 15000);
    setenv("WATCHDOG_PID", "1", 1); /* meant for somebody else */
    assert_int_equal(notify_watchdog_ms(), 0);
    unsetenv("WATCHDOG_USEC");
    unsetenv("WATCHDOG_PID");
}

static int listening(const char *name)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    snprintf(at.sun_path, sizeof at.sun_path, "%s/%s", scratch, name);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    return fd >= 0 && bind(fd, (struct sockaddr *)&at, sizeof at) == 0 && listen(fd, 4) == 0 ? fd : -1;
}

/* Descriptors begin at 3, so this takes place in a process of its own. */
static int check_listen_fds(void)
{
    char pid[16];
    int first = listening("a"), second = listening("b");
    if (first < 0 || second < 0) return 1;
    int plain = open("/dev/null", O_RDONLY);
    if (dup2(plain, 13) < 0 || dup2(first, 14) < 0 || dup2(second, 15) < 0) return 2;
    if (dup2(13, 3) < 0 || dup2(14, 4) < 0 || dup2(15, 5) < 0) return 3;
    snprintf(pid, sizeof pid, "%d", (int)getpid());
    setenv("LISTEN_PID", pid, 1);
    setenv("LISTEN_FDS", "3", 1);
    setenv("LISTEN_FDNAMES", "control:metrics:control", 1);
    if (notify_listen_fd("metrics") != 4) return 4;
    if (notify_listen_fd("control") != 5) return 5; /* 3 has the name, but listens to nothing */
    if (notify_listen_fd("other") != -1) return 6;
    if (!(fcntl(5, F_GETFD) & FD_CLOEXEC)) return 7;
    return 0;
}

static void test_listen_fds(void **state)
{
    (void)state;
    pid_t child = fork();
    if (child == 0) _exit(check_listen_fds());
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define ROW(test) cmocka_unit_test_setup_teardown(test, start, stop)
        ROW(test_messages),        ROW(test_reload_carries_the_time),
        ROW(test_outside_systemd), ROW(test_watchdog_period),
        ROW(test_listen_fds),
    };
    return UNIT_RUN(tests);
}
