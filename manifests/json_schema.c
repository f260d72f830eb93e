#include "manifests/json_schema.h"

#include <inttypes.h>
#include <string.h>

#include "manifests/schema.h"

/* Patterns of values that are amounts; ranges of those cannot be told in JSON Schema. */
#define DURATION_PATTERN "^[0-9]+(ms|s|m|h|d)$"
#define SIZE_PATTERN     "^[0-9]+(KiB|MiB|GiB|TiB)$"
#define PERCENT_PATTERN  "^[0-9]{1,3}%$"

struct writer {
    struct text *out;
    enum kind kind;
    const struct traits *const *traits;
    unsigned depth;
};

static void write_properties(struct writer *writer, const struct schema_row *parent);

static void write_line(struct writer *writer)
{
    text_addf(writer->out, "\n%*s", (int)writer->depth * 2, "");
}

static void write_key(struct writer *writer, const char *key)
{
    text_add_json(writer->out, key);
    text_add(writer->out, ": ");
}

static void write_words(struct writer *writer, const struct schema_row *row)
{
    char word[SCHEMA_WORD_MAX];
    const char *between = "";
    text_add(writer->out, "\"enum\": [");
    for (const char *at = row->words; words_next(&at, word);) {
        if (words_have(row->words_unsupported, word, NULL)) continue;
        text_add(writer->out, between);
        text_add_json(writer->out, word);
        between = ", ";
    }
    text_add(writer->out, "]");
}

static void write_fields(struct writer *writer)
{
    text_add(writer->out, "\"type\": \"array\", \"items\": {\"enum\": [");
    for (unsigned i = 0; i < FIELD_COUNT; i++)
        text_addf(writer->out, "%s\"%s\"", i ? ", " : "", field_row((enum field)i)->name);
    text_add(writer->out, "]}");
}

static void write_providers(struct writer *writer)
{
    text_add(writer->out, "\"enum\": [");
    for (unsigned i = 0; writer->traits[i]; i++) {
        text_add(writer->out, i ? ", " : "");
        text_add_json(writer->out, writer->traits[i]->provider);
    }
    text_add(writer->out, "]");
}

static void write_pattern(struct writer *writer, const char *pattern)
{
    text_add(writer->out, ", \"pattern\": ");
    text_add_json(writer->out, pattern);
}

static void write_text(struct writer *writer, const struct schema_row *row)
{
    const char *expression = form_row(row->form)->expression;
    if (row->flags & ROW_PROVIDER) {
        write_providers(writer);
        return;
    }
    text_addf(writer->out, "\"type\": \"string\", \"minLength\": %" PRId64 ", \"maxLength\": %" PRId64,
              row->min, row->max);
    if (*expression) write_pattern(writer, expression);
}

static void write_choice(struct writer *writer, const struct schema_row *parent)
{
    const char *between = "";
    text_add(writer->out, ", \"oneOf\": [");
    for (const struct schema_row *row = schema_next(writer->kind, parent, NULL); row;
         row = schema_next(writer->kind, parent, row)) {
        if (!(row->flags & ROW_CHOICE)) continue;
        text_addf(writer->out,
                  "%s{\"required\": [\"%s\"], \"properties\": {\"%s\": {\"not\": {\"type\": \"null\"}}}}",
                  between, schema_key(row), schema_key(row));
        between = ", ";
    }
    text_add(writer->out, "]");
}

static void write_map(struct writer *writer, const struct schema_row *row)
{
    text_add(writer->out, "\"type\": \"object\", ");
    write_properties(writer, row);
    if (row->flags & ROW_ONE_OF) write_choice(writer, row);
}

static void write_secret_or_plain(struct writer *writer, const struct schema_row *row)
{
    static const char secret[] = "\"$ref\": \"#/$defs/secret\"";
    if (!(row->flags & ROW_PLAIN)) {
        text_add(writer->out, secret);
        return;
    }
    text_addf(writer->out,
              "\"anyOf\": [{%s}, {\"type\": \"object\", \"additionalProperties\": false, \"required\": "
              "[\"plain\"], \"properties\": {\"plain\": {",
              secret);
    write_text(writer, row);
    text_add(writer->out, "}}}]");
}

static int items_min(const struct schema_row *row)
{
    return row->flags & (ROW_REQUIRED | ROW_SOME) ? 1 : 0;
}

static void write_type(struct writer *writer, const struct schema_row *row)
{
    struct text *out = writer->out;
    switch (row->type) {
    case TYPE_MAP: write_map(writer, row); return;
    case TYPE_MAPS:
        text_addf(out, "\"type\": \"array\", \"maxItems\": %u, \"items\": {", row->count_max);
        write_map(writer, row);
        text_add(out, "}");
        return;
    case TYPE_TEXT: write_text(writer, row); return;
    case TYPE_TEXTS:
        text_addf(
            out,
            "\"type\": \"array\", \"minItems\": %d, \"maxItems\": %u, \"uniqueItems\": true, \"items\": {",
            items_min(row), row->count_max);
        write_text(writer, row);
        text_add(out, "}");
        return;
    case TYPE_WORD: write_words(writer, row); return;
    case TYPE_WORDS:
        text_addf(out, "\"type\": \"array\", \"minItems\": %d, \"uniqueItems\": true, \"items\": {",
                  items_min(row));
        write_words(writer, row);
        text_add(out, "}");
        return;
    case TYPE_BOOL: text_add(out, "\"type\": \"boolean\""); return;
    case TYPE_NUMBER:
        text_addf(out, "\"type\": \"integer\", \"minimum\": %" PRId64 ", \"maximum\": %" PRId64, row->min,
                  row->max);
        return;
    case TYPE_DURATION:
        text_add(out, "\"type\": \"string\"");
        write_pattern(writer, DURATION_PATTERN);
        return;
    case TYPE_SIZE:
        text_add(out, "\"type\": \"string\"");
        write_pattern(writer, SIZE_PATTERN);
        return;
    case TYPE_INSTANT: text_add(out, "\"type\": \"string\", \"format\": \"date-time\""); return;
    case TYPE_SHARE:
        text_add(out, "\"anyOf\": [{\"type\": \"integer\", \"minimum\": 0}, {\"type\": \"string\"");
        write_pattern(writer, PERCENT_PATTERN);
        text_add(out, "}]");
        return;
    case TYPE_FIELDS: write_fields(writer); return;
    case TYPE_TEXT_MAP:
        text_addf(out,
                  "\"type\": \"object\", \"maxProperties\": %u, \"propertyNames\": {\"minLength\": 1, "
                  "\"maxLength\": %" PRId64
                  "}, \"additionalProperties\": {\"type\": [\"string\", \"null\"], \"maxLength\": %" PRId64
                  "}",
                  row->count_max, row->max, row->max);
        return;
    case TYPE_SECRET: write_secret_or_plain(writer, row); return;
    case TYPE_COUNT: return;
    }
}

/* What is absent or null in an Instance or Class is inherited or not managed; elsewhere null is a mistake. */
static bool is_nullable(const struct writer *writer, const struct schema_row *row)
{
    return KIND_BIT(writer->kind) & (KIND_BIT(KIND_INSTANCE) | KIND_BIT(KIND_CLASS)) &&
           !(row->flags & ROW_REQUIRED);
}

static void write_default(struct writer *writer, const struct schema_row *row)
{
    if (!row->fallback || row->type == TYPE_FIELDS || row->type == TYPE_WORDS) return;
    text_add(writer->out, ", \"default\": ");
    if (row->type == TYPE_BOOL || row->type == TYPE_NUMBER)
        text_add(writer->out, row->fallback);
    else
        text_add_json(writer->out, row->fallback);
}

static void write_row(struct writer *writer, const struct schema_row *row)
{
    bool nullable = is_nullable(writer, row);
    write_key(writer, schema_key(row));
    text_add(writer->out, "{\"description\": ");
    text_add_json(writer->out, row->doc);
    write_default(writer, row);
    text_add(writer->out, nullable ? ", \"anyOf\": [{\"type\": \"null\"}, {" : ", ");
    if (strcmp(row->path, "kind") == 0)
        text_addf(writer->out, "\"const\": \"%s\"", kind_row(writer->kind)->name);
    else
        write_type(writer, row);
    text_add(writer->out, nullable ? "}]}" : "}");
}

static void write_required(struct writer *writer, const struct schema_row *parent)
{
    const char *between = "";
    text_add(writer->out, "\"required\": [");
    for (const struct schema_row *row = schema_next(writer->kind, parent, NULL); row;
         row = schema_next(writer->kind, parent, row)) {
        if (!(row->flags & ROW_REQUIRED)) continue;
        text_addf(writer->out, "%s\"%s\"", between, schema_key(row));
        between = ", ";
    }
    text_add(writer->out, "], ");
}

static void write_properties(struct writer *writer, const struct schema_row *parent)
{
    const char *between = "";
    text_add(writer->out, "\"additionalProperties\": false, ");
    write_required(writer, parent);
    text_add(writer->out, "\"properties\": {");
    writer->depth++;
    for (const struct schema_row *row = schema_next(writer->kind, parent, NULL); row;
         row = schema_next(writer->kind, parent, row)) {
        if (row->flags & ROW_UNSUPPORTED) continue;
        text_add(writer->out, between);
        write_line(writer);
        write_row(writer, row);
        between = ",";
    }
    writer->depth--;
    write_line(writer);
    text_add(writer->out, "}");
}

static void write_kind(struct writer *writer)
{
    const struct kind_row *row = kind_row(writer->kind);
    text_addf(writer->out, "\n    \"%s\": {\"description\": ", row->name);
    text_add_json(writer->out, row->doc);
    text_add(writer->out, ", \"type\": \"object\", ");
    writer->depth = 2;
    write_properties(writer, NULL);
    text_add(writer->out, "},");
}

static void write_secret(struct text *out)
{
    text_add(
        out,
        "\n    \"secret\": {\"description\": \"A secret is named, never written.\", \"type\": \"object\", "
        "\"additionalProperties\": false, \"minProperties\": 1, \"maxProperties\": 1, \"properties\": {"
        "\"credential\": {\"type\": \"string\", \"pattern\": ");
    text_add_json(out, form_row(FORM_CREDENTIAL)->expression);
    text_add(out, "}, \"file\": {\"type\": \"string\", \"pattern\": ");
    text_add_json(out, form_row(FORM_FILE)->expression);
    text_add(out, "}}}");
}

static void write_kinds(struct text *out, const char *form)
{
    const char *between = "";
    for (unsigned i = 0; i < KIND_COUNT; i++) {
        const struct kind_row *row = kind_row((enum kind)i);
        if (row->unsupported) continue;
        text_add(out, between);
        for (const char *at = form; *at; at++)
            if (*at == '@')
                text_add(out, row->name);
            else
                text_add_char(out, *at);
        between = ",";
    }
}

/* By if and then, not oneOf: a validator then names the wrong key instead of all kinds that do not fit. */
void json_schema_write(const struct traits *const *traits, struct text *out)
{
    text_add(out,
             "{\n  \"$schema\": \"https://json-schema.org/draft/2020-12/schema\",\n"
             "  \"title\": \"setpoint/v1\",\n"
             "  \"description\": \"One document of a manifest or of the operator's configuration.\",\n"
             "  \"type\": \"object\",\n  \"required\": [\"apiVersion\", \"kind\", \"metadata\", \"spec\"],\n"
             "  \"properties\": {\"kind\": {\"enum\": [");
    write_kinds(out, "\"@\"");
    text_add(out, "]}},\n  \"allOf\": [");
    write_kinds(out,
                "\n    {\"if\": {\"required\": [\"kind\"], \"properties\": {\"kind\": {\"const\": \"@\"}}}, "
                "\"then\": {\"$ref\": \"#/$defs/@\"}}");
    text_add(out, "\n  ],\n  \"$defs\": {");
    for (unsigned i = 0; i < KIND_COUNT; i++) {
        struct writer writer = {.out = out, .kind = (enum kind)i, .traits = traits};
        if (!kind_row(writer.kind)->unsupported) write_kind(&writer);
    }
    write_secret(out);
    text_add(out, "\n  }\n}\n");
}
