#ifndef SETPOINT_TESTS_SIM_COPY_H
#define SETPOINT_TESTS_SIM_COPY_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* A copy of the world is a process of its own (fork), which tells what came of it through a pipe. */

/* In the parent: the end of the pipe to read from; the child (*out_pid 0) writes to *out_write. */
int copy_begin(pid_t *out_pid, int *out_write);
/* In the child: its last word. */
void copy_end(void) __attribute__((noreturn));
void copy_write(int fd, const void *bytes, size_t size);
/* false: it died before it had said all. */
bool copy_read(int fd, void *bytes, size_t size);
/* Behind the last read. */
void copy_close(int fd, pid_t pid);

#endif
