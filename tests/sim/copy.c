#include "tests/sim/copy.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int copy_begin(pid_t *out_pid, int *out_write)
{
    int ends[2];
    fflush(stdout);
    if (pipe(ends) != 0) abort();
    *out_pid = fork();
    if (*out_pid < 0) abort();
    *out_write = ends[1];
    close(ends[*out_pid == 0 ? 0 : 1]);
    return ends[0];
}

void copy_end(void)
{
    fflush(stdout);
    _exit(0);
}

void copy_write(int fd, const void *bytes, size_t size)
{
    for (const char *at = bytes; size > 0;) {
        ssize_t wrote = write(fd, at, size);
        if (wrote <= 0) return; /* whoever reads sees that it is not whole */
        at += wrote;
        size -= (size_t)wrote;
    }
}

bool copy_read(int fd, void *bytes, size_t size)
{
    for (char *at = bytes; size > 0;) {
        ssize_t got = read(fd, at, size);
        if (got <= 0) return false;
        at += got;
        size -= (size_t)got;
    }
    return true;
}

void copy_close(int fd, pid_t pid)
{
    close(fd);
    waitpid(pid, NULL, 0);
}
