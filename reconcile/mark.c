#include "reconcile/mark.h"

#include <string.h>

#include "reconcile/base/assert.h"
#include "reconcile/base/cleanup.h"
#include "reconcile/base/hash.h"
#include "reconcile/base/instant.h"
#include "reconcile/base/text.h"

enum mark_key {
    KEY_OWNER,
    KEY_CLOUD,
    KEY_OBJECT,
    KEY_ROLE,
    KEY_ATTEMPT,
    KEY_WRITER,
    KEY_PROTECT,
    KEY_APPLIED,
    KEY_RESTART, /* only where one was done */
    KEY_COUNT
};

/* One key and value of LIMIT_METADATA_TEXT, every character of them escaped. */
enum { MARK_ENTRY_JSON = 2 * 6 * LIMIT_METADATA_TEXT + 16 };

static const char *const keys[KEY_COUNT] = {
    [KEY_OWNER] = MARK_OWNER_KEY,          [KEY_CLOUD] = MARK_PREFIX "cloud",
    [KEY_OBJECT] = MARK_PREFIX "object",   [KEY_ROLE] = MARK_PREFIX "role",
    [KEY_ATTEMPT] = MARK_PREFIX "attempt", [KEY_WRITER] = MARK_PREFIX "writer",
    [KEY_PROTECT] = MARK_PREFIX "protect", [KEY_APPLIED] = MARK_PREFIX "applied",
    [KEY_RESTART] = MARK_RESTART_KEY,
};

unsigned mark_key_count(void)
{
    return KEY_COUNT;
}

bool mark_key_is_history(const char *metadata_key)
{
    return text_equal(metadata_key, keys[KEY_ATTEMPT]) || text_equal(metadata_key, keys[KEY_WRITER]) ||
           text_equal(metadata_key, keys[KEY_APPLIED]);
}

bool mark_key_is_ours(const char *metadata_key)
{
    return text_starts(metadata_key, MARK_PREFIX);
}

static void add_hex(struct text *out, uint64_t number)
{
    char digits[16];
    for (unsigned i = sizeof digits; i-- > 0; number >>= 4)
        digits[i] = "0123456789abcdef"[number & 15];
    text_add_bytes(out, digits, sizeof digits);
}

/* "image=0123456789abcdef networks=…": blanks between, any value text is allowed. */
static const char *applied_text(const struct mark *mark, struct arena *arena)
{
    struct text text;
    text_init(&text, LIMIT_METADATA_TEXT);
    for (unsigned i = 0; i < FIELD_COUNT; i++) {
        if (!(mark->applied_fields & FIELD_BIT(i))) continue;
        if (text.length > 0) text_add_char(&text, ' ');
        text_add(&text, field_row((enum field)i)->name);
        text_add_char(&text, '=');
        add_hex(&text, mark->applied[i]);
    }
    const char *shown = arena_text(arena, text.length > 0 ? text.bytes : "-");
    text_release(&text);
    return shown;
}

static const char *restart_text(const struct mark *mark, struct arena *arena)
{
    char shown[32];
    instant_format(mark->restarted_wall_ms, shown, sizeof shown);
    return arena_text(arena, shown);
}

static const char *key_text(const struct mark *mark, enum mark_key key, struct arena *arena)
{
    switch (key) {
    case KEY_OWNER: return arena_text(arena, mark->owner);
    case KEY_CLOUD: return arena_text(arena, mark->cloud);
    case KEY_OBJECT: return arena_printf(arena, "%s/%s", mark->source, mark->name);
    case KEY_ROLE: return mark->role == MARK_NEXT ? "next" : "current";
    case KEY_ATTEMPT: return arena_text(arena, mark->attempt);
    case KEY_WRITER: return arena_text(arena, mark->writer);
    case KEY_PROTECT: return mark->protect ? "true" : "false";
    case KEY_APPLIED: return applied_text(mark, arena);
    case KEY_RESTART: return restart_text(mark, arena);
    case KEY_COUNT: break;
    }
    UNREACHABLE();
}

struct value mark_to_metadata(const struct mark *mark, struct arena *arena)
{
    const char **cells = ARENA_ROW(arena, const char *, KEY_COUNT * 2);
    uint16_t rows = 0;
    for (unsigned i = 0; i < KEY_COUNT; i++) {
        if (i == KEY_RESTART && mark->restarted_wall_ms == 0) continue;
        cells[rows * 2] = keys[i];
        cells[rows * 2 + 1] = key_text(mark, (enum mark_key)i, arena);
        rows++;
    }
    return value_sorted(cells, rows, 2);
}

static bool hex_parse(const char *text, uint64_t *out)
{
    uint64_t number = 0;
    for (unsigned i = 0; i < 16; i++) {
        const char *digits = "0123456789abcdef";
        const char *at = text[i] ? strchr(digits, text[i]) : NULL;
        if (!at) return false;
        number = number << 4 | (uint64_t)(at - digits);
    }
    *out = number;
    return true;
}

static bool applied_parse(const char *text, struct mark *out)
{
    if (text_equal(text, "-")) return true;
    while (*text) {
        const char *equals = strchr(text, '=');
        char name[32];
        enum field field;
        size_t length = equals ? (size_t)(equals - text) : 0;
        if (!equals || length >= sizeof name) return false;
        memcpy(name, text, length);
        name[length] = '\0';
        if (!field_from_name(name, &field) || !hex_parse(equals + 1, &out->applied[field])) return false;
        out->applied_fields |= FIELD_BIT(field);
        text = equals + 17;
        if (*text == ' ') text++;
    }
    return true;
}

static bool object_parse(const char *text, struct mark *out)
{
    const char *slash = strchr(text, '/');
    if (!slash || slash == text || slash[1] == '\0') return false;
    size_t length = (size_t)(slash - text);
    if (length >= sizeof out->source) return false;
    memcpy(out->source, text, length);
    return text_copy(out->name, sizeof out->name, slash + 1);
}

static bool key_parse(enum mark_key key, const char *text, struct mark *out)
{
    switch (key) {
    case KEY_OWNER: return text[0] != '\0' && text_copy(out->owner, sizeof out->owner, text);
    case KEY_CLOUD: return text[0] != '\0' && text_copy(out->cloud, sizeof out->cloud, text);
    case KEY_OBJECT: return object_parse(text, out);
    case KEY_ROLE:
        out->role = text_equal(text, "next") ? MARK_NEXT : MARK_CURRENT;
        return out->role == MARK_NEXT || text_equal(text, "current");
    case KEY_ATTEMPT:
        return strlen(text) == MARK_ATTEMPT && text_copy(out->attempt, sizeof out->attempt, text);
    case KEY_WRITER: return strlen(text) == MARK_WRITER && text_copy(out->writer, sizeof out->writer, text);
    case KEY_PROTECT:
        out->protect = text_equal(text, "true");
        return out->protect || text_equal(text, "false");
    case KEY_APPLIED: return applied_parse(text, out);
    case KEY_RESTART: return instant_parse(text, &out->restarted_wall_ms);
    case KEY_COUNT: break;
    }
    UNREACHABLE();
}

bool mark_from_metadata(struct value metadata, struct mark *out, bool *out_whole)
{
    *out = (struct mark){0};
    *out_whole = true;
    bool any = false;
    for (unsigned i = 0; i < KEY_COUNT; i++) {
        const char *text = value_find(metadata, keys[i]);
        any |= text != NULL;
        if (text && key_parse((enum mark_key)i, text, out))
            out->parts |= UINT32_C(1) << i;
        else if (text || i != KEY_RESTART)
            *out_whole = false;
    }
    return any;
}

const char *mark_keys_to_json(struct value rows, struct arena *arena)
{
    AUTO_TEXT struct text out;
    text_init(&out, (size_t)(rows.rows + 1) * MARK_ENTRY_JSON);
    text_add_char(&out, '{');
    for (unsigned i = 0; i < rows.rows; i++) {
        if (i > 0) text_add_char(&out, ',');
        text_add_json(&out, value_cell(rows, i, 0));
        text_add_char(&out, ':');
        text_add_json(&out, value_cell(rows, i, 1));
    }
    text_add_char(&out, '}');
    ASSERT(!out.overflow);
    return arena_text(arena, out.bytes);
}

bool mark_has(const struct mark *mark, const char *metadata_key)
{
    for (unsigned i = 0; i < KEY_COUNT; i++)
        if (text_equal(keys[i], metadata_key)) return (mark->parts & UINT32_C(1) << i) != 0;
    return false;
}

/* --- in a description --- */

static const char opening[] = "[sp1 ";
static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz234567";

static void base32_of(const void *bytes, size_t size, unsigned characters, char *out)
{
    uint8_t digest[32];
    hash_sha256(bytes, size, digest);
    unsigned bits = 0, pending = 0;
    const uint8_t *at = digest;
    for (unsigned i = 0; i < characters; i++) {
        if (pending < 5) {
            bits = bits << 8 | *at++;
            pending += 8;
        }
        pending -= 5;
        out[i] = alphabet[bits >> pending & 31];
    }
    out[characters] = '\0';
}

void mark_tag(const char *cloud, const char *source, const char *name, char out[MARK_TAG + 1])
{
    AUTO_TEXT struct text text;
    text_init(&text, LIMIT_METADATA_TEXT);
    text_addf(&text, "%s/%s/%s", cloud, source, name);
    base32_of(text.bytes, text.length, MARK_TAG, out);
}

const char *mark_to_description(const struct mark *mark, const char *own_text, struct arena *arena)
{
    char tag[MARK_TAG + 1], digest[MARK_DIGEST + 1];
    text_copy(tag, sizeof tag, mark->tag);
    if (tag[0] == '\0') mark_tag(mark->cloud, mark->source, mark->name, tag);
    text_copy(digest, sizeof digest, mark->digest);
    if (digest[0] == '\0') {
        const char *applied = applied_text(mark, arena);
        base32_of(applied, strlen(applied), MARK_DIGEST, digest);
    }
    unsigned flags = (mark->role == MARK_NEXT ? 1 : 0) + (mark->protect ? 2 : 0);
    return arena_printf(arena, "%s%s %s %s %s %u %s]%s%s", opening, mark->owner, tag, mark->attempt,
                        mark->writer, flags, digest, own_text[0] ? " " : "", own_text);
}

static bool is_word(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text <= ' ' || *text == 0x7F || *text == ']') return false;
    return true;
}

/* The next word up to `end`, of at most size - 1 characters. */
static bool word_take(const char **at, char end, char *out, size_t size)
{
    const char *stop = strchr(*at, end);
    size_t length = stop ? (size_t)(stop - *at) : 0;
    if (length == 0 || length >= size) return false;
    memcpy(out, *at, length);
    out[length] = '\0';
    *at = stop + 1;
    return is_word(out);
}

static bool is_base32(const char *text, size_t length)
{
    return strlen(text) == length && strspn(text, alphabet) == length;
}

bool mark_from_description(const char *description, struct mark *out, bool *out_whole, const char **out_text)
{
    *out = (struct mark){0};
    *out_whole = false;
    *out_text = description;
    if (!text_starts(description, opening)) return false;
    const char *close = strchr(description, ']');
    if (close) *out_text = close[1] == ' ' ? close + 2 : close + 1;
    char flags[2] = "";
    const char *at = description + sizeof opening - 1;
    bool good = word_take(&at, ' ', out->owner, sizeof out->owner) &&
                word_take(&at, ' ', out->tag, sizeof out->tag) &&
                word_take(&at, ' ', out->attempt, sizeof out->attempt) &&
                word_take(&at, ' ', out->writer, sizeof out->writer) &&
                word_take(&at, ' ', flags, sizeof flags) &&
                word_take(&at, ']', out->digest, sizeof out->digest);
    *out_whole = good && is_base32(out->tag, MARK_TAG) && strlen(out->attempt) == MARK_ATTEMPT &&
                 strlen(out->writer) == MARK_WRITER && flags[0] >= '0' && flags[0] <= '3' &&
                 is_base32(out->digest, MARK_DIGEST);
    out->role = (flags[0] & 1) ? MARK_NEXT : MARK_CURRENT;
    out->protect = (flags[0] & 2) != 0;
    return true;
}
