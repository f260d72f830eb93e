/* Writes the COMMANDS section of setpointctl(1) from the table of ctl/command.h, and WHY NOT from the table
   of reconcile/blocker.h, in the form of scdoc(5). Runs when the page is built. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "ctl/command.h"
#include "docs/man/scdoc.h"
#include "reconcile/base/cleanup.h"
#include "reconcile/blocker.h"

/* A sentence of the help, as one of the page: with a capital, and a full stop. */
static void add_sentence(struct text *out, const char *help)
{
    char first[2] = {(char)toupper((unsigned char)*help), '\0'};
    scdoc_plain(out, first);
    scdoc_plain(out, help + 1);
    size_t size = strlen(help);
    if (size && help[size - 1] != '.') text_add_char(out, '.');
}

static void add_option(struct text *out, const struct option_row *row)
{
    text_add(out, "\n\t*");
    if (row->letter) text_addf(out, "\\-%c*, *", row->letter);
    text_add(out, "\\-\\-");
    scdoc_plain(out, row->name);
    text_add_char(out, '*');
    if (row->value) text_addf(out, " _%s_", row->value);
    text_add(out, "\n\t\t");
    add_sentence(out, row->help);
    if (row->words) {
        text_add(out, " One of: ");
        scdoc_plain(out, row->words);
        text_add_char(out, '.');
    }
    text_add_char(out, '\n');
}

static void add_command(struct text *out, const struct command *command)
{
    text_add(out, "\n*");
    scdoc_plain(out, command->name);
    text_addf(out, "*%s", *command->arguments ? " " : "");
    scdoc_plain(out, command->arguments);
    text_add(out, "\n\t");
    add_sentence(out, command->summary);
    text_add_char(out, '\n');
    if (command->help) {
        text_add(out, "\n\t");
        add_sentence(out, command->help);
        text_add_char(out, '\n');
    }
    for (enum option option = 0; option < OPTION_COUNT; option++)
        if (command->options & OPTION_BIT(option)) add_option(out, option_row(option));
    text_add(out, "\n\tExample: *");
    scdoc_plain(out, command->example);
    text_add(out, "*\n");
}

/* What stands behind blockedBy. */
static void add_blocker(struct text *out, const struct blocker_row *row)
{
    text_add(out, "\n*");
    scdoc_plain(out, row->word);
    text_add(out, ":*");
    scdoc_plain(out, row->about);
    text_add(out, "\n\tEnded by ");
    scdoc_plain(out, row->ended_by);
    text_add(out, ".\n");
}

int main(void)
{
    AUTO_TEXT struct text out;
    text_init(&out, SCDOC_PAGE_MAX);
    for (const struct command *command = command_all(); command->name; command++)
        add_command(&out, command);
    text_add(
        &out,
        "\n# WHY NOT\n\nWhat keeps the next call of an instance from being sent is named by *describe* as "
        "blockedBy, and by *plan*: a word, a colon, and what exactly it is.\n");
    for (unsigned i = BLOCKER_NONE + 1; i < BLOCKER_COUNT; i++)
        add_blocker(&out, blocker_row((enum blocker_kind)i));
    return fputs(out.bytes, stdout) < 0 || fflush(stdout) != 0;
}
