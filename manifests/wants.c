#include <inttypes.h>

#include "manifests/check.h"
#include "reconcile/base/instant.h"

static void add_duration(struct text *out, int64_t ms)
{
    static const struct {
        int64_t ms;
        const char *unit;
    } units[] = {{DAY_MS, "d"}, {HOUR_MS, "h"}, {MINUTE_MS, "m"}, {SECOND_MS, "s"}, {1, "ms"}};
    if (ms == 0) text_add(out, "0s");
    for (unsigned i = 0; ms != 0 && i < sizeof units / sizeof *units; i++) {
        if (ms % units[i].ms != 0) continue;
        text_addf(out, "%" PRId64 "%s", ms / units[i].ms, units[i].unit);
        return;
    }
}

static void add_size(struct text *out, int64_t bytes)
{
    static const char *const units[] = {"KiB", "MiB", "GiB", "TiB"};
    unsigned unit = 0;
    int64_t count = bytes >> 10;
    for (; unit < 3 && count >= 1024 && count % 1024 == 0; unit++)
        count >>= 10;
    text_addf(out, "%" PRId64 "%s", count, units[unit]);
}

static void add_words(const char *words, const char *unsupported, struct text *out)
{
    char word[SCHEMA_WORD_MAX];
    const char *between = "";
    while (words_next(&words, word)) {
        if (words_have(unsupported, word, NULL)) continue;
        text_addf(out, "%s%s", between, word);
        between = ", ";
    }
}

static void add_fields(struct text *out)
{
    for (unsigned i = 0; i < FIELD_COUNT; i++)
        text_addf(out, "%s%s", i ? ", " : "", field_row((enum field)i)->name);
}

void row_wants(const struct schema_row *row, struct text *out)
{
    switch (row->type) {
    case TYPE_MAP: text_add(out, "a map"); return;
    case TYPE_MAPS: text_add(out, "a list of maps"); return;
    case TYPE_TEXT: text_add(out, form_row(row->form)->sentence); return;
    case TYPE_TEXTS:
        text_add(out, "a list of texts");
        if (row->form != FORM_TEXT) text_addf(out, ", each %s", form_row(row->form)->sentence);
        return;
    case TYPE_WORD:
        text_add(out, "one of ");
        add_words(row->words, row->words_unsupported, out);
        return;
    case TYPE_WORDS:
        text_add(out, "a list of ");
        add_words(row->words, NULL, out);
        return;
    case TYPE_BOOL: text_add(out, "true or false, without quotes"); return;
    case TYPE_NUMBER:
        text_addf(out, "a whole number from %" PRId64 " to %" PRId64, row->min, row->max);
        return;
    case TYPE_DURATION:
        text_add(out, "a whole number and a unit (ms, s, m, h or d), from ");
        add_duration(out, row->min);
        text_add(out, " to ");
        add_duration(out, row->max);
        return;
    case TYPE_SIZE:
        text_add(out, "a whole number and a unit (KiB, MiB, GiB or TiB), from ");
        add_size(out, row->min);
        text_add(out, " to ");
        add_size(out, row->max);
        return;
    case TYPE_INSTANT: text_add(out, "a time as in RFC 3339, such as 2026-01-31T03:00:00Z"); return;
    case TYPE_SHARE: text_add(out, "0% to 100%, or a whole number"); return;
    case TYPE_FIELDS:
        text_add(out, "a list of fields: ");
        add_fields(out);
        return;
    case TYPE_TEXT_MAP: text_add(out, "a map of texts"); return;
    case TYPE_SECRET:
        text_add(out, row->flags & ROW_PLAIN ? "{credential: NAME}, {file: PATH} or {plain: URL}"
                                             : "{credential: NAME} or {file: PATH}");
        return;
    case TYPE_COUNT: return;
    }
}

void row_fallback(const struct schema_row *row, struct text *out)
{
    if (row->type == TYPE_FIELDS || row->type == TYPE_WORDS)
        add_words(row->fallback, NULL, out);
    else
        text_add(out, row->fallback);
}
