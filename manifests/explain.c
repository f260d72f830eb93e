#include "manifests/explain.h"

#include <string.h>

#include "manifests/check.h"
#include "manifests/nearest.h"
#include "reconcile/base/cleanup.h"

enum { FIELD_TEXT_MAX = 128 /* longest path is half of it */, LINE_MAX_WANTED = 400, COLUMN = 10 };

static void explain_kinds(struct text *out)
{
    text_add(out, "Kinds of documents:\n");
    for (unsigned i = 0; i < KIND_COUNT; i++) {
        const struct kind_row *row = kind_row((enum kind)i);
        text_addf(out, "  %-9s %s%s\n", row->name, row->doc,
                  row->unsupported ? " Known, not supported by this version." : "");
    }
}

static void explain_children(enum kind kind, const struct schema_row *parent, struct text *out)
{
    bool any = false;
    for (const struct schema_row *row = schema_next(kind, parent, NULL); row;
         row = schema_next(kind, parent, row)) {
        if (!any) text_add(out, "  keys\n");
        any = true;
        text_addf(out, "    %-18s %s%s\n", schema_key(row), row->doc,
                  row->flags & ROW_UNSUPPORTED ? " Known, not supported by this version." : "");
    }
}

static void explain_kind(enum kind kind, struct text *out)
{
    const struct kind_row *row = kind_row(kind);
    text_addf(out, "%s\n  %s\n", row->name, row->doc);
    if (row->unsupported) {
        text_add(out, "  Known, not supported by this version.\n");
        return;
    }
    text_addf(out, "  %-*s %s\n", COLUMN, "written in",
              row->place == PLACE_SOURCE ? "a source" : "the operator's configuration");
    explain_children(kind, schema_find(kind, "spec"), out);
}

static const char *visibility_title(enum visibility visibility)
{
    switch (visibility) {
    case SEEN_IN_LIST: return "in each poll";
    case SEEN_IN_GET: return "when the server is read by itself";
    case UNSEEN: return "never: what was applied counts";
    }
    return "";
}

/* The managed field that a row, or the row above it, becomes. */
static bool managed_field(enum kind kind, const struct schema_row *row, enum field *out)
{
    char path[FIELD_TEXT_MAX];
    while (row && row->sets == 0) {
        const char *dot = strrchr(row->path, '.');
        if (!dot || (size_t)(dot - row->path) >= sizeof path) return false;
        memcpy(path, row->path, (size_t)(dot - row->path));
        path[dot - row->path] = '\0';
        row = schema_find(kind, path);
    }
    if (row) *out = (enum field)(row->sets - 1);
    return row != NULL;
}

static void explain_refusals(const struct traits *traits, enum field field, struct text *out)
{
    for (unsigned i = 0; i < traits->refusal_count; i++) {
        const struct refusal *refusal = &traits->refusals[i];
        if (refusal->field != field) continue;
        text_add(out, "; ");
        if (refusal->text) text_addf(out, "not %s: ", refusal->text);
        text_add(out, refusal->why);
    }
}

static void explain_provider(const struct traits *traits, enum field field, struct text *out)
{
    const struct field_trait *trait = &traits->fields[field];
    text_addf(out, "    %-18s ", traits->provider);
    if (trait->refused) {
        text_addf(out, "refused: %s\n", trait->refused);
        return;
    }
    text_addf(out, "%s; ", visibility_title(trait->visibility));
    if (field == FIELD_POWER)
        text_add(out, "changed in place");
    else if (trait->change == CALL_NONE)
        text_add(out, "immutable");
    else
        text_addf(out, "changed by %s", call_name(trait->change));
    if (traits->required & FIELD_BIT(field)) text_add(out, "; needed for a build");
    explain_refusals(traits, field, out);
    text_add_char(out, '\n');
}

static void explain_absence(const struct schema_row *row, bool managed, struct text *out)
{
    if (row->flags & ROW_REQUIRED)
        text_addf(out, "  %-*s a mistake\n", COLUMN, "absent");
    else if (row->flags & (ROW_MERGED | ROW_BUILD))
        text_addf(out, "  %-*s a mistake, unless the Class has it%s\n", COLUMN, "absent",
                  row->flags & ROW_BUILD ? " or a server is adopted" : "");
    else if (row->fallback && *row->fallback) {
        text_addf(out, "  %-*s ", COLUMN, "absent");
        row_fallback(row, out);
        text_add_char(out, '\n');
    } else if (managed && row->sets != 1 + FIELD_NAME)
        text_addf(out, "  %-*s not managed\n", COLUMN, "absent");
}

static void explain_row(const struct schema_row *row, const struct traits *const *all, struct text *out)
{
    AUTO_TEXT struct text wants;
    const char *between = "";
    enum kind kind = KIND_COUNT;
    enum field field;
    text_init(&wants, LINE_MAX_WANTED);
    for (unsigned i = 0; i < KIND_COUNT; i++) {
        if (!(row->kinds & KIND_BIT(i))) continue;
        kind = (enum kind)i;
        text_addf(out, "%s%s", between, kind_row(kind)->name);
        between = ", ";
    }
    text_addf(out, ": %s\n  %s\n", row->path, row->doc);
    if (row->flags & ROW_UNSUPPORTED) {
        text_add(out, "  Known, not supported by this version.\n");
        return;
    }
    row_wants(row, &wants);
    text_addf(out, "  %-*s %s\n", COLUMN, "value", wants.bytes);
    bool managed = managed_field(kind, row, &field);
    explain_absence(row, managed, out);
    if (row->flags & ROW_ONE_OF) text_addf(out, "  %-*s exactly one of its alternatives\n", COLUMN, "gives");
    explain_children(kind, row, out);
    if (managed) text_add(out, "  seen, and changed\n");
    for (; managed && *all; all++)
        explain_provider(*all, field, out);
}

/* "Cloud.spec.poll" → the kind and "spec.poll"; "spec.networks[].subnet" without the brackets. */
static const char *strip(const char *field, char path[FIELD_TEXT_MAX], uint32_t *out_kinds)
{
    size_t length = 0;
    *out_kinds = UINT32_MAX;
    for (; *field && length < FIELD_TEXT_MAX - 1; field++)
        if (*field != '[' && *field != ']') path[length++] = *field;
    path[length] = '\0';
    for (unsigned i = 0; i < KIND_COUNT; i++) {
        size_t size = strlen(kind_row((enum kind)i)->name);
        if (length < size || (path[size] != '.' && path[size] != '\0')) continue;
        char end = path[size];
        path[size] = '\0';
        bool same = text_equal_nocase(path, kind_row((enum kind)i)->name);
        path[size] = end;
        if (!same) continue;
        *out_kinds = KIND_BIT(i);
        return path + size + (end == '.');
    }
    return path;
}

static bool row_is_meant(const struct schema_row *row, const char *path)
{
    size_t whole = strlen(row->path), part = strlen(path);
    if (part > whole || strcmp(row->path + whole - part, path) != 0) return false;
    return part == whole || row->path[whole - part - 1] == '.';
}

static bool unknown_field(const char *field, const char *path, struct error *err)
{
    struct nearest whole = nearest_to(path), key = nearest_to(path);
    unsigned count;
    const struct schema_row *rows = schema_rows(&count);
    for (unsigned i = 0; i < count; i++) {
        nearest_offer(&whole, rows[i].path);
        nearest_offer(&key, schema_key(&rows[i]));
    }
    for (unsigned i = 0; i < KIND_COUNT; i++)
        nearest_offer(&key, kind_row((enum kind)i)->name);
    const char *best = whole.best ? whole.best : key.best;
    if (best)
        return error_set(err, ERROR_INPUT, "unknown field \"%.80s\"; did you mean \"%s\"?", field, best);
    return error_set(err, ERROR_INPUT, "unknown field \"%.80s\"; without a field all kinds are listed",
                     field);
}

bool explain_field(const char *field, const struct traits *const *traits, struct text *out, struct error *err)
{
    char buffer[FIELD_TEXT_MAX];
    uint32_t kinds;
    const char *path = strip(field, buffer, &kinds), *between = "";
    unsigned count;
    const struct schema_row *rows = schema_rows(&count);
    if (!*field) {
        explain_kinds(out);
        return true;
    }
    if (!*path && kinds != UINT32_MAX) {
        explain_kind((enum kind)__builtin_ctz(kinds), out);
        return true;
    }
    for (unsigned i = 0; i < count; i++) {
        if (!(rows[i].kinds & kinds) || !row_is_meant(&rows[i], path)) continue;
        text_add(out, between);
        explain_row(&rows[i], traits, out);
        between = "\n";
    }
    return *between ? true : unknown_field(field, path, err);
}
