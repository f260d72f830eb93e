#include "manifests/syntax.h"

#include <string.h>

/* By what libyaml 0.2.5 says (scanner.c, parser.c); the first row whose problem and context both match. With
   `after` the line where the surrounding thing began stands between the two. */
static const struct sentence {
    const char *problem, *context, *before, *after;
} sentences[] = {
    {"found a tab character", "", "a tab in the indentation; indent with spaces", NULL},
    {"mapping values are not allowed", "",
     "a \": \" where no key can stand; quote the text, or check the indentation", NULL},
    {"found unexpected end of stream", "quoted scalar", "the quoted text that begins in line ",
     " is not closed; add the quote"},
    {"found unexpected document indicator", "quoted scalar", "the quoted text that begins in line ",
     " is not closed; add the quote"},
    {"could not find expected ':'", "", "the key in line ", " has no colon; write key: value"},
    {"did not find expected key", "block mapping", "not a key of the map that begins in line ",
     "; keys of one map stand in one column, text with \": \" or \" #\" in quotes"},
    {"did not find expected '-' indicator", "", "not an item of the list that begins in line ",
     "; items begin with \"- \" in one column"},
    {"did not find expected ',' or ']'", "", "the list opened by [ in line ",
     " is not closed; add ] or a comma"},
    {"did not find expected ',' or '}'", "", "the map opened by { in line ",
     " is not closed; add } or a comma"},
    {"did not find expected node content", "", "a value is missing between commas or brackets; write it",
     NULL},
    {"did not find expected <document start>", "",
     "a second value behind the document's end; separate documents by a line ---", NULL},
    {"did not find expected alphabetic or numeric character", "",
     "a * or & that begins no alias or anchor; put the text in quotes", NULL},
    {"found unknown escape character", "",
     "an unknown escape in double quotes; use single quotes, or write \\\\", NULL},
    {"found undefined tag handle", "", "a YAML tag; remove it, or put the text in quotes", NULL},
    {"did not find expected tag", "", "a YAML tag; remove it, or put the text in quotes", NULL},
    {"found incompatible YAML document", "", "a %YAML directive of another version; remove the line", NULL},
    {"block sequence entries are not allowed", "",
     "a list item where no list can stand; begin the list on a line of its own", NULL},
    {"block mapping keys are not allowed", "", "a ? where no key can stand; write key: value", NULL},
    {"did not find expected comment or line break", "",
     "text behind a block's | or >; write it in the next line", NULL},
};

/* libyaml's marks count characters, so the line is looked up, then its characters. */
static char character_at(const char *bytes, size_t size, size_t line, size_t column)
{
    size_t at = 0;
    while (line > 0 && at < size)
        line -= bytes[at++] == '\n';
    while (column > 0 && at < size)
        if (++at < size && ((unsigned char)bytes[at] & 0xC0) != 0x80) column--;
    return at < size ? bytes[at] : '\0';
}

static void character_mistake(char character, struct position at, struct mistakes *mistakes)
{
    if (character == '\t')
        mistakes_add(mistakes, at, "a tab in the indentation; indent with spaces");
    else
        mistakes_add(mistakes, at, "a value cannot begin with %c; put the text in quotes", character);
}

void syntax_mistake(const yaml_parser_t *parser, const char *bytes, size_t size, const char *shown,
                    struct mistakes *mistakes)
{
    const char *problem = parser->problem ? parser->problem : "";
    const char *context = parser->context ? parser->context : "";
    yaml_mark_t mark = parser->problem_mark;
    struct position at = {shown, (unsigned)mark.line + 1, (unsigned)mark.column + 1};
    unsigned begun = (unsigned)parser->context_mark.line + 1;
    if (strstr(problem, "cannot start any token")) {
        character_mistake(character_at(bytes, size, mark.line, mark.column), at, mistakes);
        return;
    }
    for (size_t i = 0; i < sizeof sentences / sizeof *sentences; i++) {
        const struct sentence *sentence = &sentences[i];
        if (!strstr(problem, sentence->problem) || !strstr(context, sentence->context)) continue;
        if (sentence->after)
            mistakes_add(mistakes, at, "%s%u%s", sentence->before, begun, sentence->after);
        else
            mistakes_add(mistakes, at, "%s", sentence->before);
        return;
    }
    mistakes_add(mistakes, at, "not YAML: %s; check quotes and indentation", problem);
}
