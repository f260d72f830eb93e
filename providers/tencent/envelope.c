#include "providers/tencent/tencent.h"

#include "providers/clean.h"
#include "providers/json.h"
#include "providers/response.h"
#include "providers/scan.h"
#include "reconcile/base/limits.h"

enum { CODE_UNKNOWN = -1 /* of an item that failed without saying why */ };

enum part { PART_CODE, PART_DESC, PART_MESSAGE, PART_FOREIGN, PART_DATA, PART_NONE };

static const struct {
    const char *key;
    enum part part;
} KEYS[] = {
    {"scode", PART_CODE},        {"status_code", PART_CODE},   {"desc", PART_DESC},
    {"message", PART_MESSAGE},   {"message_en", PART_MESSAGE}, {"message_cn", PART_FOREIGN},
    {"messageCn", PART_FOREIGN}, {"data", PART_DATA},
};

static enum part part_of(struct span key)
{
    for (size_t i = 0; i < sizeof KEYS / sizeof KEYS[0]; i++)
        if (span_equal(key, KEYS[i].key)) return KEYS[i].part;
    return PART_NONE;
}

static struct span skipped(struct scan *scan)
{
    if (scan_is_null(scan)) {
        scan_skip(scan);
        return (struct span){.at = NULL};
    }
    const char *from = scan->at;
    scan_skip(scan);
    return (struct span){.at = from, .size = (size_t)(scan->at - from)};
}

static const char *words_of(struct scan *scan, struct arena *arena)
{
    const char *text = scan_text(scan, arena, LIMIT_WORDS);
    return text ? response_message(text, arena) : "";
}

static void conclude(const char *const texts[PART_NONE], struct arena *arena, struct envelope *out)
{
    static const enum part ORDER[] = {PART_DESC, PART_MESSAGE, PART_FOREIGN};
    for (size_t i = 0; i < sizeof ORDER / sizeof ORDER[0] && !*out->words; i++)
        out->words = texts[ORDER[i]];
    out->all_words =
        arena_printf(arena, "%s\n%s\n%s", texts[PART_DESC], texts[PART_MESSAGE], texts[PART_FOREIGN]);
}

bool envelope_read(const struct http_response *response, struct arena *arena, struct envelope *out)
{
    const char *texts[PART_NONE] = {"", "", "", "", ""};
    struct scan scan;
    struct span key;
    *out = (struct envelope){.words = "", .all_words = ""};
    scan_init(&scan, response->body, response->body_size);
    if (!scan_object(&scan)) return false;
    while (scan_member(&scan, &key)) {
        enum part part = part_of(key);
        if (part == PART_CODE)
            out->coded |= scan_number(&scan, &out->code);
        else if (part == PART_DATA)
            out->data = skipped(&scan);
        else if (part == PART_NONE)
            scan_skip(&scan);
        else
            texts[part] = words_of(&scan, arena);
    }
    conclude(texts, arena, out);
    return scan_finish(&scan);
}

static const char *text_or_empty(const cJSON *item, const char *key, struct arena *arena)
{
    const char *text = json_get_text(item, key, arena);
    return text ? response_message(text, arena) : "";
}

/* Every reply passes here, and nearly none is of items: no tree is built for the others. */
static bool tells_of_items(struct span data)
{
    struct scan scan;
    struct span key;
    scan_init(&scan, data.at, data.size);
    if (!scan_object(&scan)) return false;
    while (scan_member(&scan, &key)) {
        if (span_equal(key, "fail")) return true;
        scan_skip(&scan);
    }
    return false;
}

void envelope_take_failed_item(struct envelope *envelope, struct arena *arena)
{
    if (!envelope->coded || envelope->code != 0 || envelope->data.size == 0 ||
        !tells_of_items(envelope->data))
        return;
    AUTO_JSON cJSON *data = json_parse(envelope->data.at, envelope->data.size);
    if (json_get_number(data, "fail", INT32_MAX, 0) == 0) return;
    const cJSON *item = json_first(json_member(data, "results"));
    while (item && json_get_number(item, "scode", INT32_MAX, CODE_UNKNOWN) == 0)
        item = item->next;
    const char *const texts[PART_NONE] = {[PART_CODE] = "",
                                          [PART_DESC] = text_or_empty(item, "desc", arena),
                                          [PART_MESSAGE] = text_or_empty(item, "message", arena),
                                          [PART_FOREIGN] = text_or_empty(item, "message_cn", arena),
                                          [PART_DATA] = ""};
    envelope->code = json_get_number(item, "scode", INT32_MAX, CODE_UNKNOWN);
    envelope->words = "";
    conclude(texts, arena, envelope);
}
