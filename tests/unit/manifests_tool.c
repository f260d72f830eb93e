#include <stdio.h>
#include <string.h>

#include "manifests/json_schema.h"
#include "tests/unit/manifests_support.h"

/* For manifests_json_schema: `schema` prints the JSON Schema; `source FILE` and `operator DIRECTORY` print
   every mistake and exit 1 when there is one. */
static int print_mistakes(const struct mistakes *mistakes)
{
    char *lines = support_lines(mistakes, "");
    fputs(lines, stdout);
    memory_free(lines);
    return mistakes->count ? 1 : 0;
}

static int print_schema(void)
{
    AUTO_TEXT struct text text;
    text_init(&text, JSON_SCHEMA_MAX);
    json_schema_write(support_traits, &text);
    fputs(text.bytes, stdout);
    return text.overflow ? 1 : 0;
}

static int read_source(const char *path)
{
    struct reading reading;
    paths_read(&path, 1, NULL, support_traits, &reading);
    int status = print_mistakes(&reading.mistakes);
    reading_release(&reading);
    return status;
}

static int read_operator(const char *directory)
{
    struct mistakes mistakes = {0};
    config_free(config_read(directory, support_traits, &mistakes));
    int status = print_mistakes(&mistakes);
    mistakes_release(&mistakes);
    return status;
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "schema") == 0) return print_schema();
    if (argc == 3 && strcmp(argv[1], "source") == 0) return read_source(argv[2]);
    if (argc == 3 && strcmp(argv[1], "operator") == 0) return read_operator(argv[2]);
    return 64;
}
