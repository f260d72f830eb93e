#include "providers/tencent/tencent.h"

#include <inttypes.h>
#include <string.h>

#include "reconcile/base/limits.h"
#include "reconcile/base/text.h"

/* "#PAGE READ" an index, "+ITEMS READ" an offset, "?1 READ ID" to be found out. */
static const char SIGNS[] = {[CURSOR_PROBE] = '?', [CURSOR_INDEX] = '#', [CURSOR_OFFSET] = '+'};

enum {
    DIGITS_MAX = 12,
    READ_MAX = LIMIT_OBJECTS /* a list that goes on behind twice the largest fleet does not end */
};

/* One number up to a blank or the end; NULL: there is none. */
static const char *number_parse(const char *at, uint64_t *out)
{
    char digits[DIGITS_MAX + 1] = "";
    size_t size = strcspn(at, " ");
    if (size > DIGITS_MAX) return NULL;
    memcpy(digits, at, size);
    if (!text_to_number(digits, 2 * READ_MAX, out)) return NULL;
    return at[size] ? at + size + 1 : at + size;
}

bool cursor_parse(const char *page, struct cursor *out)
{
    *out = (struct cursor){.mode = CURSOR_FIRST};
    if (!page) return true;
    const char *sign = *page ? memchr(SIGNS + CURSOR_PROBE, *page, sizeof SIGNS - CURSOR_PROBE) : NULL;
    if (!sign) return false;
    out->mode = (enum cursor_mode)(sign - SIGNS);
    const char *at = number_parse(page + 1, &out->number);
    if (at) at = number_parse(at, &out->read);
    out->witness = at;
    return at && (*at != '\0') == (out->mode == CURSOR_PROBE);
}

static bool has(const struct facts *servers, uint32_t count, const char *id)
{
    for (uint32_t i = 0; i < count; i++)
        if (strcmp(servers[i].id, id) == 0) return true;
    return false;
}

/* What this page shows its number to count. */
static enum cursor_mode mode_of(const struct cursor *cursor, const struct facts *servers, uint32_t count)
{
    if (cursor->mode != CURSOR_PROBE) return cursor->mode;
    return has(servers, count, cursor->witness) ? CURSOR_OFFSET : CURSOR_INDEX;
}

uint32_t cursor_repeats(const struct cursor *cursor, const struct facts *servers, uint32_t count)
{
    bool overlaps = cursor->mode == CURSOR_PROBE && mode_of(cursor, servers, count) == CURSOR_OFFSET;
    uint64_t repeats = overlaps && cursor->read > cursor->number ? cursor->read - cursor->number : 0;
    return repeats < count ? (uint32_t)repeats : count;
}

/* Without a total only an empty page is known to be the last: a cloud may give less than what was asked. */
const char *cursor_next(const struct cursor *cursor, const struct facts *servers, uint32_t count,
                        int64_t total, struct arena *arena)
{
    enum cursor_mode mode = mode_of(cursor, servers, count);
    uint64_t read = mode == CURSOR_OFFSET ? cursor->number + count : cursor->read + count;
    bool done = count == 0 || (total >= 0 && read >= (uint64_t)total) || read > READ_MAX;
    if (done) return NULL;
    if (mode == CURSOR_FIRST) return arena_printf(arena, "?1 %" PRIu64 " %s", read, servers[count / 2].id);
    uint64_t number = mode == CURSOR_OFFSET ? read : cursor->number + 1;
    return arena_printf(arena, "%c%" PRIu64 " %" PRIu64, SIGNS[mode], number, read);
}
