#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

/* What the program and its libraries free or outgrow is overwritten: passwords, tokens and user data pass
   through curl, cJSON, libyaml and OpenSSL, which leave them lying. Sanitizers have a free of their own,
   which looks at what is freed. */
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

enum { MOVED_MAX = 128 << 10 /* no secret is that long, and what is longer would be there twice */ };

/* glibc's own, which these stand in front of, for all libraries too. */
void __libc_free(void *p);
void *__libc_realloc(void *p, size_t size);

void free(void *p)
{
    int error = errno;
    if (p) explicit_bzero(p, malloc_usable_size(p));
    __libc_free(p);
    errno = error;
}

void *realloc(void *old, size_t size)
{
    size_t had = old ? malloc_usable_size(old) : 0;
    if (!old || had > MOVED_MAX) return __libc_realloc(old, size);
    if (size == 0) {
        free(old);
        return NULL;
    }
    if (size <= had && size >= had / 2) return old;
    void *moved = malloc(size);
    if (!moved) return NULL;
    memcpy(moved, old, had < size ? had : size);
    free(old);
    return moved;
}

#endif
