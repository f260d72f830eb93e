#include "reconcile/field_text.h"

#include <string.h>

/* What a column of a record's row is in a manifest. */
struct part {
    const char *key;   /* NULL: the column before it holds the key, as in {subnet: b838} */
    const char *unit;  /* behind the number; "" */
    const char *usual; /* not NULL: a truth value, which a sentence leaves out where it is this one */
    bool is_key;       /* not shown by itself */
};

static const struct part network_parts[] = {{.is_key = true}, {.unit = ""}, {.key = "fixedIp", .unit = ""}};
static const struct part disk_parts[] = {{.key = "size", .unit = "GiB"},
                                         {.key = "type", .unit = ""},
                                         {.key = "deleteOnTermination", .unit = "", .usual = "true"}};
static const struct part volume_parts[] = {{.key = "id", .unit = ""}};

static const struct part *parts_of(enum field field)
{
    if (field == FIELD_NETWORKS) return network_parts;
    if (field == FIELD_ROOT_DISK) return disk_parts;
    return field == FIELD_VOLUMES ? volume_parts : NULL;
}

static void part_json(const struct part *part, const char *key, const char *cell, struct text *out)
{
    text_add_json(out, key);
    text_add_char(out, ':');
    if (part->usual)
        text_add(out, cell);
    else if (part->unit[0])
        text_addf(out, "\"%s%s\"", cell, part->unit);
    else
        text_add_json(out, cell);
}

static void record_add(const struct part *parts, struct value value, unsigned row, bool json,
                       struct text *out)
{
    unsigned count = 0;
    text_add_char(out, '{');
    for (unsigned i = 0; i < value.columns; i++) {
        const struct part *part = &parts[i];
        const char *cell = value_cell(value, row, i), *key = part->key;
        if (part->is_key || cell[0] == '\0') continue;
        if (!json && part->usual && strcmp(cell, part->usual) == 0) continue;
        if (!key) key = value_cell(value, row, i - 1);
        if (count++ > 0) text_add(out, json ? "," : ", ");
        if (json)
            part_json(part, key, cell, out);
        else
            text_addf(out, "%s: %s%s", key, cell, part->unit);
    }
    text_add_char(out, '}');
}

static void list_add(const struct part *parts, struct value value, bool json, struct text *out)
{
    text_add_char(out, '[');
    for (unsigned i = 0; i < value.rows; i++) {
        if (i > 0) text_add(out, json ? "," : ", ");
        if (parts)
            record_add(parts, value, i, json, out);
        else if (json)
            text_add_json(out, value_cell(value, i, 0));
        else
            text_add(out, value_cell(value, i, 0));
    }
    text_add_char(out, ']');
}

/* A hash of what was applied, or that nothing was. */
static bool stands_for(enum field field, struct value value)
{
    return field_row(field)->shape == SHAPE_RECORDS && value.columns == 1;
}

static void add(enum field field, struct value value, bool json, struct text *out)
{
    const struct part *parts = parts_of(field);
    if (field_row(field)->shape == SHAPE_SCALAR || field_row(field)->shape == SHAPE_MAP ||
        stands_for(field, value)) {
        if (json)
            value_json(value, field_row(field)->shape == SHAPE_MAP, out);
        else
            value_show(value, out);
    } else if (field == FIELD_ROOT_DISK && value.rows == 1) {
        record_add(parts, value, 0, json, out);
    } else {
        list_add(parts, value, json, out);
    }
}

void field_json(enum field field, struct value value, struct text *out)
{
    add(field, value, true, out);
}

void field_show(enum field field, struct value value, struct text *out)
{
    add(field, value, false, out);
}
