/* Writes the sections of the manual pages that list every key, from the table of manifests/schema.h, in the form of
   scdoc(5). Runs when the pages are built: "source" for setpoint-manifest(5), "operator" for setpoint-config(5). */
#include <stdio.h>
#include <string.h>

#include "docs/man/scdoc.h"
#include "manifests/check.h"
#include "manifests/schema.h"
#include "reconcile/base/cleanup.h"

enum { WANTS_MAX = 400 };

static void add_absence(struct text *out, const struct schema_row *row)
{
    if (row->flags & ROW_REQUIRED)
        text_add(out, " Required.");
    else if (row->flags & (ROW_MERGED | ROW_BUILD))
        text_add(out, " Required, here or in the Class.");
    else if (row->fallback && *row->fallback) {
        AUTO_TEXT struct text fallback;
        text_init(&fallback, WANTS_MAX);
        row_fallback(row, &fallback);
        text_add(out, " Default: ");
        scdoc_plain(out, fallback.bytes);
        text_add_char(out, '.');
    }
}

static void add_row(struct text *out, const struct schema_row *row)
{
    AUTO_TEXT struct text wants;
    text_init(&wants, WANTS_MAX);
    text_add(out, "\n*");
    scdoc_plain(out, row->path);
    text_add(out, "*\n\t");
    scdoc_plain(out, row->doc);
    if (row->flags & ROW_UNSUPPORTED) {
        text_add(out, " Known, not supported by this version.\n");
        return;
    }
    row_wants(row, &wants);
    text_add(out, " Takes ");
    scdoc_plain(out, wants.bytes);
    text_add_char(out, '.');
    add_absence(out, row);
    text_add_char(out, '\n');
}

/* A key that several kinds share is told with the first of them. */
static void add_kind(struct text *out, enum kind kind, uint32_t told)
{
    unsigned count;
    const struct schema_row *rows = schema_rows(&count);
    const struct kind_row *row = kind_row(kind);
    text_addf(out, "\n## %s\n\n", row->name);
    scdoc_plain(out, row->doc);
    text_add(out, row->unsupported ? " Known, not supported by this version.\n" : "\n");
    if (row->unsupported) return;
    for (unsigned i = 0; i < count; i++)
        if ((rows[i].kinds & KIND_BIT(kind)) && !(rows[i].kinds & told)) add_row(out, &rows[i]);
}

int main(int argc, char **argv)
{
    AUTO_TEXT struct text out;
    uint32_t told = 0;
    bool source = argc == 2 && strcmp(argv[1], "source") == 0;
    if (!source && !(argc == 2 && strcmp(argv[1], "operator") == 0)) {
        fputs("usage: write_fields source|operator\n", stderr);
        return 64;
    }
    text_init(&out, SCDOC_PAGE_MAX);
    for (unsigned i = 0; i < KIND_COUNT; i++) {
        if ((kind_row((enum kind)i)->place == PLACE_SOURCE) != source) continue;
        add_kind(&out, (enum kind)i, told);
        told |= KIND_BIT(i);
    }
    return fputs(out.bytes, stdout) < 0 || fflush(stdout) != 0;
}
