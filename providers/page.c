#include "providers/page.h"

#include <stdbool.h>
#include <string.h>

#include "providers/ascii.h"

static const char *decoded(const char *at, size_t size, struct arena *arena)
{
    if (size == 0 || size > 3 * PAGE_MARKER_MAX) return NULL;
    char *plain = arena_alloc(arena, size + 1);
    size_t used = 0;
    for (size_t i = 0; i < size; i++) {
        bool escaped = at[i] == '%' && i + 2 < size && ascii_hex(at[i + 1]) >= 0 && ascii_hex(at[i + 2]) >= 0;
        plain[used++] = escaped        ? (char)(ascii_hex(at[i + 1]) * 16 + ascii_hex(at[i + 2]))
                        : at[i] == '+' ? ' '
                                       : at[i];
        if (escaped) i += 2;
    }
    return used <= PAGE_MARKER_MAX ? plain : NULL;
}

const char *page_marker(const char *href, struct arena *arena)
{
    static const char NAME[] = "marker=";
    if (!href || strlen(href) >= PAGE_LINK_MAX) return NULL;
    const char *at = strchr(href, '?');
    while (at) {
        at++;
        if (strncmp(at, NAME, sizeof NAME - 1) == 0) {
            at += sizeof NAME - 1;
            return decoded(at, strcspn(at, "&#"), arena);
        }
        at = strchr(at, '&');
    }
    return NULL;
}
