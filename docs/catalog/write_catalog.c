/* Writes the catalog of journalctl -x from the tables of systemd/message.h and reconcile/verdict.h. --words:
   the types alone, a line each, for the test that holds them against the code. */
#include <stdio.h>
#include <string.h>

#include "reconcile/base/cleanup.h"
#include "reconcile/verdict.h"
#include "systemd/message.h"

enum { CATALOG_MAX = 1 << 20 };

static void add_entry(struct text *out, const char *type, const char *reason, const struct message_row *row)
{
    char id[MESSAGE_ID_SIZE];
    message_id(type, reason, id);
    text_addf(out,
              "-- %s\nSubject: %s\nDefined-By: setpointd\nDocumentation: man:setpointctl(1)\n"
              "Documentation: man:setpointd(8)\n\n%s\n",
              id, row->subject, row->help);
}

static const struct message_row *reason_find(const char *word)
{
    for (const struct message_row *row = message_reasons(); row->word; row++)
        if (strcmp(row->word, word) == 0) return row;
    return NULL;
}

/* false: a reason without a row. */
static bool add_reasons(struct text *out)
{
    for (enum reason reason = 0; reason < REASON_COUNT; reason++) {
        const struct reason_row *known = reason_row(reason);
        const struct message_row *row = reason_find(known->word);
        if (!row) {
            fprintf(stderr, "systemd/message.c has no row for the reason %s\n", known->word);
            return false;
        }
        add_entry(out, MESSAGE_VERDICT, row->word, row);
        text_addf(out, "It is %s (%s). %s%s.\n\n", verdict_name(known->verdict), known->word,
                  known->person ? "What ends it: " : "It ", known->ended_by);
    }
    return true;
}

int main(int argc, char **argv)
{
    AUTO_TEXT struct text out = {0};
    bool words = argc > 1 && strcmp(argv[1], "--words") == 0;
    text_init(&out, CATALOG_MAX);
    for (const struct message_row *row = message_types(); row->word; row++) {
        if (words)
            text_addf(&out, "%s\n", row->word);
        else if (strcmp(row->word, MESSAGE_VERDICT) != 0)
            add_entry(&out, row->word, NULL, row), text_add_char(&out, '\n');
    }
    if (!words && !add_reasons(&out)) return 1;
    return fputs(out.bytes, stdout) < 0 || fflush(stdout) != 0;
}
