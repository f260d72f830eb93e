#include "manifests/scalar.h"

#include <string.h>

#include "reconcile/base/instant.h"
#include "reconcile/base/text.h"

static bool is_one_of(const char *text, const char *const words[])
{
    for (unsigned i = 0; words[i]; i++)
        if (strcmp(text, words[i]) == 0) return true;
    return false;
}

static const char digits[] = "0123456789", hex_digits[] = "0123456789abcdefABCDEF",
                  octal_digits[] = "01234567";

static bool is_all(const char *text, const char *set)
{
    return *text && !text[strspn(text, set)];
}

static bool is_int(const char *text)
{
    if (text_starts(text, "0x")) return is_all(text + 2, hex_digits);
    if (text_starts(text, "0o")) return is_all(text + 2, octal_digits);
    return is_all(text + (*text == '-' || *text == '+'), digits);
}

/* [-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)? and .inf, .nan (YAML 1.2 section 10.3.2). */
static bool is_float(const char *text)
{
    static const char *const words[] = {".nan", ".NaN", ".NAN", ".inf", ".Inf", ".INF", NULL};
    if (is_one_of(text, words)) return true;
    text += *text == '-' || *text == '+';
    if (is_one_of(text, words + 3)) return true;
    size_t whole = strspn(text, digits), part = 0;
    text += whole;
    if (*text == '.') {
        part = strspn(text + 1, digits);
        text += 1 + part;
    }
    if (whole + part == 0) return false;
    if (*text != 'e' && *text != 'E') return !*text;
    text++;
    return is_all(text + (*text == '-' || *text == '+'), digits);
}

enum node_kind scalar_kind(const char *plain)
{
    static const char *const nulls[] = {"", "~", "null", "Null", "NULL", NULL};
    static const char *const bools[] = {"true", "True", "TRUE", "false", "False", "FALSE", NULL};
    if (is_one_of(plain, nulls)) return NODE_NULL;
    if (is_one_of(plain, bools)) return NODE_BOOL;
    if (is_int(plain)) return NODE_INT;
    return is_float(plain) ? NODE_FLOAT : NODE_TEXT;
}

bool scalar_bool(const struct node *node, bool *out)
{
    if (node->kind != NODE_BOOL) return false;
    *out = text_equal_nocase(node->text, "true");
    return true;
}

bool scalar_number(const struct node *node, int64_t *out)
{
    uint64_t number;
    if (node->kind != NODE_INT || !text_to_number(node->text, INT64_MAX, &number)) return false;
    *out = (int64_t)number;
    return true;
}

bool scalar_duration(const char *text, int64_t *out_ms)
{
    return duration_parse(text, 36525 * DAY_MS, out_ms);
}

bool scalar_size(const char *text, int64_t *out_bytes)
{
    static const char *const units[] = {"KiB", "MiB", "GiB", "TiB"};
    size_t length = strspn(text, digits);
    char number[20];
    uint64_t count;
    if (length == 0 || length >= sizeof number) return false;
    memcpy(number, text, length);
    number[length] = '\0';
    if (!text_to_number(number, UINT64_MAX, &count)) return false;
    for (unsigned i = 0; i < 4; i++) {
        unsigned shift = 10 * (i + 1);
        if (strcmp(text + length, units[i]) != 0) continue;
        if (count > (uint64_t)INT64_MAX >> shift) return false;
        *out_bytes = (int64_t)(count << shift);
        return true;
    }
    return false;
}

bool scalar_percent(const char *text, uint32_t *out)
{
    size_t length = strspn(text, digits);
    uint32_t percent = 0;
    if (length == 0 || length > 3 || strcmp(text + length, "%") != 0) return false;
    for (size_t i = 0; i < length; i++)
        percent = percent * 10 + (uint32_t)(text[i] - '0');
    *out = percent;
    return percent <= 100;
}

bool scalar_share(const struct node *node, struct share *out)
{
    int64_t number;
    if (node->kind == NODE_TEXT && scalar_percent(node->text, &out->number)) {
        out->percent = true;
        return true;
    }
    if (!scalar_number(node, &number) || number > UINT32_MAX) return false;
    *out = (struct share){.number = (uint32_t)number};
    return true;
}
