#include "records.h"

#include "memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void records_release(struct records *records)
{
    records_trim(records);
    for (size_t i = 0; i < records->repeat_count; i++)
        free(records->repeat_keys[i]);
    index_release(&records->repeats);
    free(records->repeat_keys);
    free(records->records);
    free(records->texts);
    free(records->arrivals);
    free(records->flights);
    *records = (struct records){0};
}

void records_trim(struct records *records)
{
    for (size_t i = 0; i < records->text_count; i++)
        free(records->texts[i]);
    records->text_count = 0;
    records->count = 0;
}

static void records_ring_grow(struct records *records)
{
    size_t capacity = records->arrival_capacity ? 2 * records->arrival_capacity : 64;
    int64_t *ring = memory_new(capacity, sizeof *ring);

    for (size_t i = 0; i < records->arrival_count; i++)
        ring[i] = records->arrivals[(records->arrival_first + i) % records->arrival_capacity];
    free(records->arrivals);
    records->arrivals = ring;
    records->arrival_first = 0;
    records->arrival_capacity = capacity;
}

uint64_t records_arrive(struct records *records, int64_t now_ms)
{
    while (records->arrival_count && records->arrivals[records->arrival_first] <= now_ms - 1000) {
        records->arrival_first = (records->arrival_first + 1) % records->arrival_capacity;
        records->arrival_count--;
    }
    if (records->arrival_count == records->arrival_capacity) records_ring_grow(records);
    records->arrivals[(records->arrival_first + records->arrival_count) % records->arrival_capacity] = now_ms;
    records->arrival_count++;
    if (records->arrival_count > records->counters.per_second_max)
        records->counters.per_second_max = (unsigned)records->arrival_count;
    records->counters.requests++;
    return ++records->seq;
}

unsigned records_rate(const struct records *records)
{
    return (unsigned)records->arrival_count;
}

static void records_land_until(struct records *records, int64_t now_ms)
{
    for (size_t i = 0; i < records->flight_count;) {
        if (records->flights[i].until_ms <= now_ms)
            records->flights[i] = records->flights[--records->flight_count];
        else
            i++;
    }
}

void records_fly(struct records *records, uint64_t seq, int64_t now_ms, int64_t until_ms)
{
    records_land_until(records, now_ms);
    MEMORY_GROW(records->flights, records->flight_count, records->flight_capacity);
    records->flights[records->flight_count++] = (struct records_flight){seq, until_ms};
    records->counters.in_flight = (unsigned)records->flight_count;
    if (records->counters.in_flight > records->counters.in_flight_max)
        records->counters.in_flight_max = records->counters.in_flight;
}

void records_land(struct records *records, uint64_t seq)
{
    for (size_t i = 0; i < records->flight_count; i++) {
        if (records->flights[i].seq == seq) {
            records->flights[i] = records->flights[--records->flight_count];
            break;
        }
    }
    records->counters.in_flight = (unsigned)records->flight_count;
}

void records_land_all(struct records *records)
{
    records->flight_count = 0;
    records->counters.in_flight = 0;
}

void records_kill(struct records *records, uint64_t seq)
{
    records->counters.killed++;
    for (size_t i = records->count; i > 0; i--) {
        if (records->records[i - 1].seq != seq) continue;
        records->records[i - 1].killed = true;
        return;
    }
}

static void records_operation(struct records *records, const struct cloud_record *record)
{
    const size_t max = sizeof records->operations / sizeof *records->operations;
    size_t i = 0;

    while (i < records->operation_count && strcmp(records->operations[i].name, record->operation) != 0)
        i++;
    if (i == max) return;
    if (i == records->operation_count)
        records->operations[records->operation_count++] =
            (struct records_operation){.name = record->operation};
    records->operations[i].arrived++;
    records->operations[i].effects += record->effect;
}

static void records_count(struct records *records, const struct cloud_record *record)
{
    struct cloud_counters *counters = &records->counters;

    counters->logins += record->login;
    counters->mutating += record->mutating;
    counters->effects += record->mutating && record->effect;
    counters->illegal += record->illegal;
    counters->unauthorized += record->reply_status == 401;
    counters->lost += record->lost;
    records_operation(records, record);
}

static const char *records_text(struct records *records, const char *text)
{
    if (!text || !*text) return "";
    MEMORY_GROW(records->texts, records->text_count, records->text_capacity);
    records->texts[records->text_count] = memory_text(text);
    return records->texts[records->text_count++];
}

void records_add(struct records *records, const struct cloud_record *record, bool forget)
{
    struct cloud_record *kept;

    records_count(records, record);
    if (forget) return;
    MEMORY_GROW(records->records, records->count, records->capacity);
    kept = &records->records[records->count++];
    *kept = *record;
    kept->method = records_text(records, record->method);
    kept->path = records_text(records, record->path);
    kept->server_id = records_text(records, record->server_id);
    kept->server_name = records_text(records, record->server_name);
    kept->object = records_text(records, record->object);
    kept->attempt = records_text(records, record->attempt);
    kept->status_before = records_text(records, record->status_before);
    kept->task_before = records_text(records, record->task_before);
    kept->detail = records_text(records, record->detail);
}

unsigned records_repeat(struct records *records, const char *operation, const char *server)
{
    char key[CLOUD_NAME_SIZE + CLOUD_WORD_SIZE];
    size_t times = 0;

    snprintf(key, sizeof key, "%s %s", operation, server);
    if (index_get(&records->repeats, key, &times)) {
        index_put(&records->repeats, key, times + 1);
        return (unsigned)times;
    }
    MEMORY_GROW(records->repeat_keys, records->repeat_count, records->repeat_capacity);
    records->repeat_keys[records->repeat_count] = memory_text(key);
    index_put(&records->repeats, records->repeat_keys[records->repeat_count++], 1);
    return 0;
}
