#include "reconcile/cell.h"

#include <string.h>

#include "reconcile/base/text.h"
#include "reconcile/field.h"

bool time_cell(const char *cell, int64_t *out)
{
    uint64_t number;
    if (!cell || !text_to_number(cell, INT64_MAX / 4, &number)) return false;
    *out = (int64_t)number;
    return true;
}

bool id_cell(const char *cell, uint64_t *out)
{
    if (!cell) return false;
    while (cell[0] == '0' && cell[1] != '\0')
        cell++;
    return text_to_number(cell, UINT64_MAX, out);
}

bool flag_cell(const char *cell, bool *out)
{
    *out = text_equal(cell, "1");
    return *out || text_equal(cell, "0");
}

bool text_cell(const char *cell, char *out, size_t size)
{
    return cell && text_copy(out, size, cell);
}

bool hex64(const char *text, uint64_t *out)
{
    uint64_t number = 0;
    for (unsigned i = 0; i < 16; i++) {
        char c = text[i];
        unsigned digit;
        if (c >= '0' && c <= '9')
            digit = (unsigned)(c - '0');
        else if (c >= 'a' && c <= 'f')
            digit = (unsigned)(c - 'a') + 10;
        else
            return false;
        number = number << 4 | digit;
    }
    *out = number;
    return true;
}

bool small_number(const char **at, uint64_t max, uint64_t *out)
{
    char digits[8];
    unsigned count = 0;
    while ((*at)[count] >= '0' && (*at)[count] <= '9' && count < sizeof digits - 1) {
        digits[count] = (*at)[count];
        count++;
    }
    digits[count] = '\0';
    *at += count;
    return text_to_number(digits, max, out);
}

bool applied_cell(const char *cell, uint32_t *fields, uint64_t *applied)
{
    if (!cell) return false;
    while (*cell) {
        uint64_t field;
        if (!small_number(&cell, FIELD_COUNT - 1, &field) || *cell++ != '=') return false;
        if (!hex64(cell, &applied[field]) || cell[16] != ' ') return false;
        *fields |= FIELD_BIT(field);
        cell += 17;
    }
    return true;
}

bool word_take(const char **at, char *out, size_t size)
{
    size_t length = strcspn(*at, " ");
    if (length == 0 || length >= size || (*at)[length] != ' ') return false;
    memcpy(out, *at, length);
    out[length] = '\0';
    if (strcmp(out, "-") == 0) out[0] = '\0';
    *at += length + 1;
    return true;
}

bool counter_cell(const char *cell, uint32_t *out)
{
    uint64_t number;
    if (!cell || !text_to_number(cell, UINT32_MAX, &number)) return false;
    *out = (uint32_t)number;
    return true;
}

bool sized_text(const char **at, struct arena *arena, const char **out)
{
    uint64_t size;
    if (!small_number(at, 4096, &size) || **at != ':') return false;
    (*at)++;
    if (strlen(*at) < size) return false;
    *out = arena_bytes(arena, *at, (size_t)size);
    *at += size;
    return true;
}
