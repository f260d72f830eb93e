#include "daemon/history.h"

#include <inttypes.h>

#include "daemon/log.h"

enum { TIME_SIZE = 24 };

static void text_member(struct text *out, const char *name, const char *value)
{
    text_addf(out, ",\"%s\":", name);
    text_add_json(out, value && value[0] ? value : NULL);
}

void history_tell_json(const struct tell *tell, struct text *out)
{
    char time[TIME_SIZE];
    instant_format(tell->wall_ms, time, sizeof time);
    text_addf(out, "{\"seq\":%" PRIu64, tell->seq);
    text_member(out, "time", time);
    text_member(out, "source", tell->source);
    text_member(out, "name", tell->name);
    text_member(out, "cloud", tell->cloud);
    text_member(out, "type", tell->type);
    text_member(out, "reason", tell->reason);
    text_member(out, "message", tell->message);
    text_member(out, "call", tell->call);
    text_member(out, "requestId", tell->request_id);
    text_member(out, "revision", tell->revision);
    if (tell->uid < 0)
        text_add(out, ",\"uid\":null");
    else
        text_addf(out, ",\"uid\":%" PRId64, tell->uid);
    if (tell->pid)
        text_addf(out, ",\"pid\":%" PRIu32 "}", tell->pid);
    else
        text_add(out, ",\"pid\":null}");
}

static const char *record_cell(const struct record *record, const char *column)
{
    const struct record_table_row *row = record_table_row(record->table);
    for (unsigned i = 0; i < row->columns; i++)
        if (text_equal(row->column_names[i], column)) return record->cells[i] ? record->cells[i] : "";
    return "";
}

static uint64_t record_number(const struct record *record, const char *column, uint64_t otherwise)
{
    uint64_t number;
    return text_to_number(record_cell(record, column), INT64_MAX, &number) ? number : otherwise;
}

static struct tell record_tell(const struct record *record)
{
    return (struct tell){
        .seq = record_number(record, "seq", 0),
        .wall_ms = (int64_t)record_number(record, "wall", 0),
        .source = record_cell(record, "source"),
        .name = record_cell(record, "name"),
        .cloud = record_cell(record, "cloud"),
        .type = record_cell(record, "type"),
        .reason = record_cell(record, "reason"),
        .message = record_cell(record, "message"),
        .call = record_cell(record, "call"),
        .request_id = record_cell(record, "request_id"),
        .revision = record_cell(record, "revision"),
        .uid = text_equal(record_cell(record, "uid"), "-1") ? -1 : (int64_t)record_number(record, "uid", 0),
        .pid = (uint32_t)record_number(record, "pid", 0),
    };
}

void history_records_json(const struct record *records, uint32_t count, struct text *out)
{
    text_add_char(out, '[');
    for (uint32_t i = 0; i < count; i++) {
        struct tell tell = record_tell(&records[i]);
        if (i > 0) text_add_char(out, ',');
        history_tell_json(&tell, out);
    }
    text_add_char(out, ']');
}

static enum log_level level_of(enum tell_level level)
{
    switch (level) {
    case TELL_INFO: return LOG_LEVEL_INFO;
    case TELL_NOTICE: return LOG_LEVEL_NOTICE;
    case TELL_WARNING: return LOG_LEVEL_WARNING;
    case TELL_ERROR: return LOG_LEVEL_ERROR;
    }
    return LOG_LEVEL_ERROR;
}

void history_log(const struct tell *tell)
{
    struct log_fields fields = {.source = tell->source,
                                .object = tell->name,
                                .cloud = tell->cloud,
                                .call = tell->call,
                                .request_id = tell->request_id,
                                .type = tell->type,
                                .reason = tell->reason,
                                .revision = tell->revision,
                                .event = tell->seq,
                                .by_person = tell->uid >= 0,
                                .uid = tell->uid >= 0 ? (uint32_t)tell->uid : 0,
                                .pid = tell->pid};
    log_write(level_of(tell->level), &fields, "%s", tell->message ? tell->message : tell->type);
}
