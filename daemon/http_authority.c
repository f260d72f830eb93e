#include "daemon/http_authority.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "reconcile/base/memory.h"
#include "reconcile/base/text.h"

enum { AUTHORITY_BYTES_MAX = 4 << 20 /* Debian's whole bundle is 220 KB */ };

struct authority {
    struct authority *next;
    char *pool, *file;
    struct curl_blob blob;
};

/* NULL, or why the descriptor's content cannot be used. */
static const char *read_blob(int fd, struct curl_blob *out)
{
    struct stat found;
    if (fd < 0 || fstat(fd, &found) != 0) return strerror(errno);
    if (!S_ISREG(found.st_mode)) return "it is not a file";
    if (found.st_size == 0) return "it is empty";
    if (found.st_size > AUTHORITY_BYTES_MAX) return "it is larger than 4 MiB";
    char *bytes = memory_alloc((size_t)found.st_size);
    ssize_t got = read(fd, bytes, (size_t)found.st_size);
    if (got < 0) {
        memory_free(bytes);
        return strerror(errno);
    }
    *out = (struct curl_blob){.data = bytes, .len = (size_t)got, .flags = CURL_BLOB_COPY};
    return NULL;
}

static bool read_file(const char *file, struct curl_blob *out, char *problem, size_t size)
{
    int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    const char *why = read_blob(fd, out);
    if (fd >= 0) close(fd);
    if (why)
        snprintf(problem, size, "cannot read the CA file %s (%s); check tls.ca in the configuration", file,
                 why);
    return why == NULL;
}

bool authorities_find(struct authorities *authorities, const char *pool, const char *file,
                      const struct curl_blob **out, char *problem, size_t size)
{
    struct authority *authority = authorities->first;
    while (authority && !(text_equal(authority->pool, pool) && text_equal(authority->file, file)))
        authority = authority->next;
    if (!authority) {
        struct curl_blob blob;
        if (!read_file(file, &blob, problem, size)) return false;
        authority = NEW(struct authority);
        *authority = (struct authority){.next = authorities->first,
                                        .pool = memory_copy_text(pool),
                                        .file = memory_copy_text(file),
                                        .blob = blob};
        authorities->first = authority;
    }
    *out = &authority->blob;
    return true;
}

void authorities_release(struct authorities *authorities)
{
    while (authorities->first) {
        struct authority *authority = authorities->first;
        authorities->first = authority->next;
        memory_free(authority->pool);
        memory_free(authority->file);
        memory_free(authority->blob.data);
        memory_free(authority);
    }
}
