#include "ctl/complete.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/answer.h"
#include "manifests/schema.h"
#include "reconcile/base/cleanup.h"

enum { NAME_MAX_BYTES = 512 };

/* The line so far. */
struct typed {
    const struct command *command; /* NULL: not named yet */
    const char *first;             /* of a command of two words; NULL */
    const char *values[OPTION_COUNT];
    enum option open; /* whose value is being typed; OPTION_COUNT = none */
    unsigned argument_count;
    bool only_names; /* behind "--" */
    bool asks_help;  /* help COMMAND */
    const char *word;
    const char *before; /* the part of the word that is no part of a candidate: --source= */
    struct client client;
    struct text *out;
};

/* What a name may hold to be put on somebody's command line unquoted: names come from clouds, too. */
static bool word_is_plain(const char *word)
{
    for (; *word; word++) {
        unsigned char c = (unsigned char)*word;
        bool plain = c >= 0x80 || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                     (c >= '0' && c <= '9') || strchr("-_./:@+", c);
        if (!plain) return false;
    }
    return true;
}

static void offer(struct typed *typed, const char *candidate, const char *what)
{
    const char *word = typed->word + strlen(typed->before);
    if (!*candidate || !text_starts(candidate, word) || !word_is_plain(candidate)) return;
    text_addf(typed->out, "%s%s%s%s\n", typed->before, candidate, *what ? "\t" : "", what);
}

static void offer_words(struct typed *typed, const char *words)
{
    char word[CHOICE_MAX];
    while (choice_next(&words, word))
        offer(typed, word, "");
}

static bool is_first_word(const struct command *command, const char *first)
{
    size_t size = strcspn(command->name, " ");
    return strlen(first) == size && memcmp(first, command->name, size) == 0;
}

/* The second word of a command, or NULL. */
static const char *second_word(const struct command *command)
{
    const char *blank = strchr(command->name, ' ');
    return blank ? blank + 1 : NULL;
}

static void take_command_word(struct typed *typed, const char *word)
{
    for (const struct command *command = command_all(); command->name; command++) {
        const char *second = second_word(command);
        if (!is_first_word(command, typed->first ? typed->first : word)) continue;
        if (!second || (typed->first && text_equal(second, word))) typed->command = command;
    }
    if (!typed->command && !typed->first && text_equal(word, "help"))
        typed->asks_help = true;
    else if (!typed->command)
        typed->first = word;
}

/* Returns whether the next word is the option's value. */
static bool take_option(struct typed *typed, const char *word, enum option *out)
{
    static const struct command any = {.options = UINT32_MAX};
    const char *equals = word[1] == '-' ? strchr(word, '=') : NULL;
    size_t size = equals ? (size_t)(equals - word) : strlen(word);
    if (!option_find(typed->command ? typed->command : &any, word, size, out)) return false;
    bool separate = option_row(*out)->value && !equals && (word[1] == '-' || !word[2]);
    typed->values[*out] = equals ? equals + 1 : "";
    return separate;
}

static void take_words(struct typed *typed, const char *const *words, unsigned count)
{
    for (unsigned at = 0; at < count; at++) {
        enum option option;
        const char *word = words[at];
        if (!typed->only_names && text_equal(word, "--")) {
            typed->only_names = true;
        } else if (!typed->only_names && word[0] == '-' && word[1]) {
            if (!take_option(typed, word, &option)) continue;
            if (++at == count) typed->open = option;
            typed->values[option] = at < count ? words[at] : NULL;
        } else if (typed->command) {
            typed->argument_count++;
        } else {
            take_command_word(typed, word);
        }
    }
}

static void offer_commands(struct typed *typed)
{
    for (const struct command *command = command_all(); command->name; command++) {
        char first[NAME_MAX_BYTES];
        const char *second = second_word(command);
        text_copy(first, sizeof first, command->name);
        first[strcspn(first, " ")] = '\0';
        if (typed->first && second && text_equal(first, typed->first))
            offer(typed, second, command->summary);
        else if (!typed->first)
            offer(typed, first, command->summary);
    }
    if (!typed->first && !typed->asks_help) offer(typed, "help", "of a command");
}

static void offer_options(struct typed *typed)
{
    char name[NAME_MAX_BYTES] = "--";
    for (enum option option = 0; option < OPTION_COUNT; option++) {
        if (!option_is_allowed(typed->command, option) || typed->values[option]) continue;
        text_copy(name + 2, sizeof name - 2, option_row(option)->name);
        offer(typed, name, option_row(option)->help);
    }
}

static cJSON *ask(const struct typed *typed, const char *base)
{
    AUTO_TEXT struct text path = {0}, reply = {0};
    const char *source = typed->values[OPTION_SOURCE];
    client_path(&path, base);
    if (source && *source && text_equal(base, "/v1/status")) client_query(&path, "source", source);
    return client_ask(&typed->client, &path, NULL, COMPLETE_ASK_MS, &reply) ? NULL : cJSON_Parse(reply.bytes);
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* All names, sorted; caller frees. */
static const char **names_sorted(const cJSON *rows, size_t *out_count)
{
    size_t count = (size_t)cJSON_GetArraySize(rows), used = 0;
    const char **names = memory_zero(sizeof *names * (count + 1));
    for (const cJSON *row = answer_items(rows); row && used < count; row = row->next)
        names[used++] = answer_word(row, "name");
    qsort(names, used, sizeof *names, compare_names);
    *out_count = used;
    return names;
}

static bool name_is_unique(const char *const *names, size_t count, const char *name)
{
    const char *const *at = bsearch(&name, names, count, sizeof *names, compare_names);
    if (!at) return false;
    if (at > names && text_equal(at[-1], name)) return false;
    return at + 1 == names + count || !text_equal(at[1], name);
}

/* The name alone where it is unique; source/name where that was begun, or has to be. */
static void offer_object(struct typed *typed, const cJSON *row, bool unique)
{
    const char *name = answer_word(row, "name"), *verdict = answer_word(row, "verdict");
    AUTO_TEXT struct text whole = {0};
    text_init(&whole, NAME_MAX_BYTES);
    text_addf(&whole, "%s/%s", answer_word(row, "source"), name);
    if (unique) offer(typed, name, verdict);
    if (!whole.overflow && (!unique || *typed->word)) offer(typed, whole.bytes, verdict);
}

static void offer_objects(struct typed *typed)
{
    size_t count;
    AUTO_ANSWER cJSON *rows = ask(typed, "/v1/status");
    AUTO_FREE const char **names = names_sorted(rows, &count);
    for (const cJSON *row = answer_items(rows); row; row = row->next)
        offer_object(typed, row, name_is_unique(names, count, answer_word(row, "name")));
}

/* A member of each item of a list. */
static void offer_members(struct typed *typed, const char *base, const char *member, const char *prefix,
                          const char *what)
{
    AUTO_ANSWER cJSON *rows = ask(typed, base);
    for (const cJSON *row = answer_items(rows); row; row = row->next) {
        AUTO_TEXT struct text name = {0};
        text_init(&name, NAME_MAX_BYTES);
        text_addf(&name, "%s%s", prefix, answer_word(row, member));
        if (!name.overflow) offer(typed, name.bytes, what ? answer_word(row, what) : base + strlen("/v1/"));
    }
}

static void offer_field(struct typed *typed, enum kind kind, const struct schema_row *row)
{
    char path[NAME_MAX_BYTES];
    if (!(row->kinds & KIND_BIT(kind))) return;
    snprintf(path, sizeof path, "%s.%s", kind_row(kind)->name, row->path);
    offer(typed, path, "");
}

/* spec.power, and Instance.spec.power once the kind was begun. */
static void offer_fields(struct typed *typed)
{
    unsigned count;
    const struct schema_row *rows = schema_rows(&count);
    for (enum kind kind = 0; kind < KIND_COUNT; kind++) {
        offer(typed, kind_row(kind)->name, "kind");
        for (unsigned i = 0; i < count && text_starts(typed->word, kind_row(kind)->name); i++)
            offer_field(typed, kind, &rows[i]);
    }
    for (unsigned i = 0; i < count; i++)
        offer(typed, rows[i].path, "");
}

static void offer_known(struct typed *typed, unsigned completes)
{
    if (completes & COMPLETES_OBJECTS) offer_objects(typed);
    if (completes & COMPLETES_SOURCES) offer_members(typed, "/v1/sources", "name", "", NULL);
    if (completes & COMPLETES_CLOUDS) offer_members(typed, "/v1/clouds", "name", "cloud:", NULL);
    if (completes & COMPLETES_HOLDS) offer_members(typed, "/v1/holds", "holdId", "", "reason");
    if (completes & COMPLETES_TARGETS) offer_members(typed, "/v1/notifications", "name", "", "form");
    if (completes & COMPLETES_FIELDS) offer_fields(typed);
    if (completes & COMPLETES_FILES) text_add(typed->out, ":files\n");
}

static void offer_value(struct typed *typed, enum option option)
{
    const struct option_row *row = option_row(option);
    if (row->words) offer_words(typed, row->words);
    offer_known(typed, row->completes);
}

static void offer_arguments(struct typed *typed)
{
    const struct command *command = typed->command;
    unsigned most = command->completes & COMPLETES_FIRST_ONLY ? 1 : command->most;
    if (typed->argument_count >= most) return;
    if (command->completes & COMPLETES_WORDS) offer_words(typed, command->arguments);
    offer_known(typed, command->completes);
}

/* --source=pr: the value is being typed. */
static bool option_is_open(struct typed *typed, char before[NAME_MAX_BYTES])
{
    enum option option;
    const char *equals = strchr(typed->word, '=');
    if (typed->word[1] != '-' || !equals || (size_t)(equals - typed->word) + 2 > NAME_MAX_BYTES) return false;
    if (!option_find(typed->command, typed->word, (size_t)(equals - typed->word), &option)) return false;
    size_t size = (size_t)(equals - typed->word) + 1;
    memcpy(before, typed->word, size);
    before[size] = '\0';
    typed->before = before;
    typed->open = option;
    return true;
}

void complete_line(const char *const *words, unsigned count, const char *socket, struct text *out)
{
    char before[NAME_MAX_BYTES];
    struct typed typed = {
        .open = OPTION_COUNT, .word = words[count - 1], .before = "", .out = out, .client.socket = socket};
    take_words(&typed, words, count - 1);
    const char *named = typed.values[OPTION_SOCKET];
    if (named && *named) typed.client.socket = named;
    bool dashed = !typed.only_names && typed.word[0] == '-';
    if (typed.open == OPTION_COUNT && dashed) option_is_open(&typed, before);
    if (typed.open != OPTION_COUNT)
        offer_value(&typed, typed.open);
    else if (dashed)
        offer_options(&typed);
    else if (typed.command && !typed.asks_help)
        offer_arguments(&typed);
    else if (!typed.command)
        offer_commands(&typed);
}
