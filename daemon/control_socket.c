#include "daemon/control_socket.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { BACKLOG = 64 };

static int socket_open(void)
{
    return socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

/* EAGAIN is a full backlog: somebody is there, only busy. */
static bool somebody_answers(const struct sockaddr_un *address)
{
    int fd = socket_open();
    if (fd < 0) return false;
    bool answers = connect(fd, (const struct sockaddr *)address, sizeof *address) == 0 || errno == EAGAIN ||
                   errno == EINPROGRESS || errno == EACCES;
    close(fd);
    return answers;
}

static bool stale_remove(const struct sockaddr_un *address, struct error *err)
{
    const char *path = address->sun_path;
    struct stat is;
    if (lstat(path, &is) != 0) {
        if (errno == ENOENT) return true;
        return error_set(err, ERROR_SYSTEM, "cannot look at the control socket %s: %s; check its directory",
                         path, strerror(errno));
    }
    if (!S_ISSOCK(is.st_mode))
        return error_set(err, ERROR_STATE,
                         "the control socket cannot be made: %s is there and is not a socket; remove it",
                         path);
    if (somebody_answers(address))
        return error_set(err, ERROR_STATE,
                         "the control socket %s is taken: another setpointd answers on it; stop that one, or "
                         "use another --runtime directory",
                         path);
    if (unlink(path) == 0 || errno == ENOENT) return true;
    return error_set(err, ERROR_SYSTEM, "cannot remove the stale control socket %s: %s", path,
                     strerror(errno));
}

/* The mode is set before listen(): nobody connects through a wider one. */
static bool socket_bind(int fd, const struct sockaddr_un *address, mode_t mode, struct error *err)
{
    mode_t old = umask(0177);
    bool bound = bind(fd, (const struct sockaddr *)address, sizeof *address) == 0;
    int why = errno;
    umask(old);
    if (bound && chmod(address->sun_path, mode) == 0 && listen(fd, BACKLOG) == 0) return true;
    return error_set(err, ERROR_SYSTEM,
                     "cannot make the control socket %s: %s; its directory must exist and be writable",
                     address->sun_path, strerror(bound ? errno : why));
}

int control_socket_make(const char *path, mode_t mode, struct error *err)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t size = strlen(path);
    if (size == 0 || size >= sizeof address.sun_path) {
        error_set(err, ERROR_LIMIT, "the control socket's path %s has %zu bytes; %zu is the most Linux takes",
                  path, size, sizeof address.sun_path - 1);
        return -1;
    }
    memcpy(address.sun_path, path, size + 1);
    if (!stale_remove(&address, err)) return -1;
    int fd = socket_open();
    if (fd < 0) {
        error_set(err, ERROR_SYSTEM, "cannot make the control socket %s: %s", path, strerror(errno));
        return -1;
    }
    if (socket_bind(fd, &address, mode, err)) return fd;
    close(fd);
    return -1;
}
