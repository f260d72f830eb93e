#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <curl/curl.h>

#include "daemon/check.h"
#include "daemon/log.h"
#include "daemon/once.h"
#include "daemon/options.h"
#include "daemon/setpointd.h"
#include "reconcile/base/assert.h"
#include "systemd/notify.h"

static void write_text(const char *text)
{
    if (text && write(STDERR_FILENO, text, strlen(text)) < 0) return;
}

/* Async-signal-safe. */
static void assertion_show(void)
{
    char line[12];
    int value = assert_failed.line;
    char *digit = line + sizeof line - 1;
    *digit = '\0';
    do
        *--digit = (char)('0' + value % 10);
    while ((value /= 10) > 0 && digit > line);
    write_text("setpointd: a mistake in the program: ");
    write_text(assert_failed.expression ? assert_failed.expression : "abort");
    write_text(" at ");
    write_text(assert_failed.file ? assert_failed.file : "an unknown place");
    write_text(":");
    write_text(digit);
    write_text("; please report it\n");
}

/* Says why, then dies of the signal. */
static void abort_show(int number, siginfo_t *info, void *context)
{
    (void)context;
    if (assert_failed.expression || info->si_pid == getpid())
        assertion_show();
    else
        write_text("setpointd: SIGABRT from outside (systemd's watchdog sends it to a loop that hangs)\n");
    signal(number, SIG_DFL);
    raise(number);
}

/* Tokens and user data are in memory: no core shows them, and no debugger of this user, unless whoever hunts
   a crash says that he knows. */
static void memory_close(void)
{
    const char *core = getenv("SETPOINT_CORE");
    if (!core || strcmp(core, "yes") != 0)
        prctl(PR_SET_DUMPABLE, 0);
    else
        log_write(
            LOG_LEVEL_WARNING, &(struct log_fields){.type = "CoresAllowed"},
            "cores of this process are allowed (SETPOINT_CORE=yes); they hold tokens and user data: delete "
            "them after use");
}

/* Else what the daemon opens first, such as libuv's own pipes, would be what it logs to. */
static void standard_files_hold(void)
{
    int fd;
    do
        fd = open("/dev/null", O_RDWR);
    while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd >= 0) close(fd);
}

static void process_prepare(void)
{
    struct sigaction on_abort = {.sa_sigaction = abort_show, .sa_flags = SA_SIGINFO};
    umask(077);
    standard_files_hold();
    signal(SIGPIPE, SIG_IGN);
    sigaction(SIGABRT, &on_abort, NULL);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    log_open();
    memory_close();
}

static enum daemon_exit run(const struct options *options)
{
    struct config *config = check_config(options->config);
    if (config == NULL) {
        notify_status("cannot start: the configuration in %s has mistakes; setpointd --check lists them",
                      options->config);
        return DAEMON_EXIT_FAILED;
    }
    if (options->mode == DAEMON_ONCE) return once_run(options, config);
    return setpointd_run(options, config, NULL, NULL);
}

int main(int argc, char **argv)
{
    struct options options;
    struct error error = {0};
    if (!options_parse(argc, argv, &options, &error)) {
        fprintf(stderr, "setpointd: %s\n", error.text);
        return DAEMON_EXIT_USAGE;
    }
    switch (options.mode) {
    case DAEMON_HELP: options_help(); return DAEMON_EXIT_DONE;
    case DAEMON_VERSION: printf("setpointd %s\n", PACKAGE_VERSION); return DAEMON_EXIT_DONE;
    case DAEMON_CHECK: return (int)check_run(&options);
    case DAEMON_SERVE:
    case DAEMON_ONCE: process_prepare(); return (int)run(&options);
    }
    return DAEMON_EXIT_USAGE;
}
