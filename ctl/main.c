#include <curl/curl.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/command.h"
#include "reconcile/base/cleanup.h"

static const char *socket_choose(const struct run *run)
{
    const char *environment = getenv("SETPOINT_SOCKET");
    if (run->values[OPTION_SOCKET]) return run->values[OPTION_SOCKET];
    return environment && *environment ? environment : CLIENT_SOCKET_DEFAULT;
}

int main(int argc, char **argv)
{
    AUTO_FREE const char **arguments = memory_zero(sizeof(char *) * ((size_t)argc + 2));
    struct run run = {.arguments = arguments};
    signal(SIGPIPE, SIG_DFL);
    int exit = command_parse(argc, (const char *const *)argv, &run);
    if (exit >= 0) return exit;
    screen_init(&run.screen, run.values[OPTION_COLOR]);
    run.client.socket = socket_choose(&run);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    exit = run.command->run(&run);
    curl_global_cleanup();
    /* What was said by printf; screen_put has looked itself. */
    if (exit == CTL_DONE && (fflush(stdout) != 0 || ferror(stdout)))
        return run_fail(CTL_FAILED, "the output cannot be written (%s); what was asked is done",
                        strerror(errno));
    return exit;
}
