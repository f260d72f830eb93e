#include "daemon/ledger_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { STATE_DIRECTORY_MODE = 0700, LOCK_MODE = 0600, PID_TEXT_MAX = 16, PATH_TEXT_MAX = 4096 };

static bool lock_refused(const char *directory, int number, struct error *err)
{
    switch (number) {
    case EROFS:
        return error_set(err, ERROR_SYSTEM,
                         "state directory %s is on a read-only file system; mount it writable", directory);
    case ENOSPC:
    case EDQUOT:
        return error_set(err, ERROR_SYSTEM,
                         "the disk of state directory %s is full, or has no inode left; free space there",
                         directory);
    case EACCES:
    case EPERM:
        return error_set(err, ERROR_SYSTEM,
                         "state directory %s cannot be written by this user; it must belong to the user that "
                         "setpointd runs as",
                         directory);
    case ENOTDIR:
        return error_set(
            err, ERROR_SYSTEM,
            "state directory %s is not a directory, or lies below a file; name a directory: --state DIR",
            directory);
    case ENOENT:
        return error_set(err, ERROR_SYSTEM,
                         "state directory %s cannot be made: the directory above it is missing", directory);
    default:
        return error_set(err, ERROR_SYSTEM, "state directory %s cannot be used (%s); check it", directory,
                         strerror(number));
    }
}

static bool tell_holder(int fd, const char *directory, struct error *err)
{
    char pid[PID_TEXT_MAX] = "";
    ssize_t got = pread(fd, pid, sizeof pid - 1, 0);
    pid[got > 0 ? (size_t)got : 0] = '\0';
    pid[strcspn(pid, "\n")] = '\0';
    if (strspn(pid, "0123456789") != strlen(pid) || !pid[0])
        return error_set(
            err, ERROR_STATE,
            "state directory %s is used by another setpointd; stop that one first, or give this one "
            "its own --state",
            directory);
    return error_set(
        err, ERROR_STATE,
        "state directory %s is used by the setpointd with pid %s; stop that one first, or give this "
        "one its own --state",
        directory, pid);
}

int ledger_lock(const char *directory, struct error *err)
{
    char path[PATH_TEXT_MAX];
    int length = snprintf(path, sizeof path, "%s/lock", directory);
    if (length < 0 || (size_t)length >= sizeof path)
        return error_set(err, ERROR_LIMIT, "the path of the state directory is too long") - 1;
    if (mkdir(directory, STATE_DIRECTORY_MODE) != 0 && errno != EEXIST)
        return lock_refused(directory, errno, err) - 1;
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, LOCK_MODE);
    if (fd < 0) return lock_refused(directory, errno, err) - 1;
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        if (errno == EWOULDBLOCK)
            tell_holder(fd, directory, err);
        else
            lock_refused(directory, errno, err);
        close(fd);
        return -1;
    }
    /* The pid is for the message only; a full disk does not weaken the lock. */
    char pid[PID_TEXT_MAX];
    int size = snprintf(pid, sizeof pid, "%d\n", (int)getpid());
    if (ftruncate(fd, 0) != 0 || pwrite(fd, pid, (size_t)size, 0) != size) (void)!ftruncate(fd, 0);
    return fd;
}
