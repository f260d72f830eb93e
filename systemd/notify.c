#include "systemd/notify.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-daemon.h>
#include <time.h>

enum { STATUS_MAX = 512 /* systemctl shows one line */ };

void notify_ready(void)
{
    sd_notify(0, "READY=1");
}

void notify_reloading(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%lld", (long long)at.tv_sec * 1000000 + at.tv_nsec / 1000);
}

void notify_stopping(void)
{
    sd_notify(0, "STOPPING=1");
}

void notify_status(const char *format, ...)
{
    char status[STATUS_MAX];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(status, sizeof status, format, arguments);
    va_end(arguments);
    status[strcspn(status, "\r\n")] = '\0'; /* a second line would be another message to the manager */
    sd_notifyf(0, "STATUS=%s", status);
}

void notify_watchdog(void)
{
    sd_notify(0, "WATCHDOG=1");
}

int64_t notify_watchdog_ms(void)
{
    uint64_t period_us = 0;
    return sd_watchdog_enabled(0, &period_us) > 0 ? (int64_t)(period_us / 1000 / 2) : 0;
}

/* Of any family and type: what can listen is a stream. */
static bool is_listening(int fd)
{
    return sd_is_socket(fd, 0, 0, 1) > 0;
}

int notify_listen_fd(const char *name)
{
    char **names = NULL;
    int found = -1;
    int count = sd_listen_fds_with_names(0, &names);
    for (int i = 0; i < count; i++) {
        int fd = SD_LISTEN_FDS_START + i;
        if (found < 0 && strcmp(names[i], name) == 0 && is_listening(fd)) found = fd;
        free(names[i]);
    }
    free(names);
    return found;
}
