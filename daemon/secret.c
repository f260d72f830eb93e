#include "daemon/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "reconcile/base/assert.h"
#include "systemd/credentials.h"

/* Room for the NUL and for one byte that shows that the file is too long. */
enum { ROOM = SECRET_BYTES_MAX + 2 };

static bool secret_map(struct secret *secret, struct error *err)
{
    void *pages = mmap(NULL, ROOM, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED)
        return error_set(err, ERROR_SYSTEM, "no memory for a secret (%s); give the service more",
                         strerror(errno));
    /* Best effort: LimitMEMLOCK= may be lower; swap is then the administrator's decision. */
    (void)mlock(pages, ROOM);
    (void)madvise(pages, ROOM, MADV_DONTDUMP);
    *secret = (struct secret){.text = pages, .mapped = ROOM};
    return true;
}

void secret_wipe(struct secret *secret)
{
    if (secret->text) {
        explicit_bzero(secret->text, secret->mapped);
        munmap(secret->text, secret->mapped);
    }
    *secret = (struct secret){0};
}

/* Credentials are in a directory of their own and may be readable by a group that systemd chose. */
static bool check_file(const char *path, const struct stat *found, bool is_credential, struct error *err)
{
    if (!S_ISREG(found->st_mode))
        return error_set(err, ERROR_INPUT, "secret file %s is not a regular file; name a file", path);
    if (!is_credential && found->st_mode & 077)
        return error_set(err, ERROR_INPUT,
                         "secret file %s can be read by others (mode %04o); run: chmod 0600 %s", path,
                         (unsigned)(found->st_mode & 07777), path);
    if (found->st_size > SECRET_BYTES_MAX)
        return error_set(err, ERROR_LIMIT, "secret file %s is larger than %d bytes; it is hardly a secret",
                         path, SECRET_BYTES_MAX);
    return true;
}

static bool read_all(int fd, const char *path, struct secret *secret, struct error *err)
{
    while (secret->size <= SECRET_BYTES_MAX) {
        ssize_t got = read(fd, secret->text + secret->size, SECRET_BYTES_MAX + 1 - secret->size);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0)
            return error_set(err, ERROR_SYSTEM, "secret file %s cannot be read (%s); check it", path,
                             strerror(errno));
        if (got == 0) return true;
        secret->size += (size_t)got;
    }
    return error_set(err, ERROR_LIMIT, "secret file %s is larger than %d bytes; it is hardly a secret", path,
                     SECRET_BYTES_MAX);
}

static bool secret_trim(const char *path, struct secret *secret, struct error *err)
{
    if (secret->size && secret->text[secret->size - 1] == '\n') secret->text[--secret->size] = '\0';
    if (secret->size == 0)
        return error_set(err, ERROR_INPUT, "secret file %s is empty; put the secret into it", path);
    if (memchr(secret->text, '\0', secret->size))
        return error_set(err, ERROR_INPUT, "secret file %s contains a NUL byte; it must be text", path);
    return true;
}

static bool read_file(const char *path, bool is_credential, struct secret *out, struct error *err)
{
    struct stat found;
    /* O_NONBLOCK: a FIFO must not hang the daemon before its kind is seen. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return error_set(err, ERROR_SYSTEM,
                         "secret file %s cannot be opened (%s); check that it exists and that the "
                         "daemon's user may read it",
                         path, strerror(errno));
    bool ok =
        fstat(fd, &found) == 0 || error_set(err, ERROR_SYSTEM, "secret file %s: %s", path, strerror(errno));
    ok = ok && check_file(path, &found, is_credential, err) && secret_map(out, err) &&
         read_all(fd, path, out, err) && secret_trim(path, out, err);
    close(fd);
    if (!ok) secret_wipe(out);
    return ok;
}

bool secret_read(const struct secret_reference *reference, struct secret *out, struct error *err)
{
    char path[PATH_MAX];
    *out = (struct secret){0};
    switch (reference->kind) {
    case SECRET_NONE:
        return error_set(err, ERROR_INPUT, "no secret is named; write {credential: NAME} or {file: PATH}");
    case SECRET_FILE: return read_file(reference->text, false, out, err);
    case SECRET_CREDENTIAL:
        return credential_path(reference->text, path, sizeof path, err) && read_file(path, true, out, err);
    }
    UNREACHABLE();
}
