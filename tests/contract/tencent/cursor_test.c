#include "tests/unit/unit.h"

#include "tests/contract/tencent/support.h"

#include <stdio.h>

#include "reconcile/base/cleanup.h"

/* A gateway of either kind, read to the end: PageNum counts pages or items, pages are as long as asked or
   shorter, the total is told or not. Each instance must be read, and the reading must end. */

enum { INSTANCES_MAX = 1200, PAGES_MAX = 1300 };

struct gateway {
    unsigned instances;
    bool offset;        /* PageNum counts items */
    unsigned page_most; /* pages are at most so long; 0: as asked */
    bool silent;        /* no TotalCount */
    bool deaf;          /* always the first page */
    unsigned binned;    /* each of this number's multiples lies in the recycle bin; 0: none */
};

static void answer(const struct gateway *gateway, unsigned number, unsigned size, struct text *out)
{
    if (gateway->page_most && size > gateway->page_most) size = gateway->page_most;
    unsigned from = gateway->deaf ? 0 : gateway->offset ? number : number * size;
    text_add(out, "{\"List\":[");
    for (unsigned i = from; i < gateway->instances && i < from + size; i++)
        text_addf(out, "%s{\"InstanceId\":\"ins-%u\",\"InstanceState\":\"%s\"}", i > from ? "," : "", i,
                  gateway->binned && i % gateway->binned == 0 ? "SHUTDOWN" : "RUNNING");
    text_add(out, "]");
    if (!gateway->silent) text_addf(out, ",\"TotalCount\":%u", gateway->instances);
    text_add(out, "}");
}

static unsigned number_of(const cJSON *body, const char *key)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(body, key);
    assert_true(cJSON_IsNumber(item) && item->valuedouble >= 0);
    return (unsigned)item->valuedouble;
}

/* Returns how many pages were asked. */
static unsigned read_all(const struct gateway *gateway, bool seen[INSTANCES_MAX], unsigned *out_gone)
{
    *out_gone = 0;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    const char *page = NULL;
    unsigned pages = 0;
    do {
        struct call call = {.kind = CALL_LOOK, .look = LOOK_LIST, .page = page};
        cJSON *body = cJSON_Parse(gateway_encode(&arena, &call).body);
        AUTO_TEXT struct text data;
        text_init(&data, 1 << 20);
        answer(gateway, number_of(body, "PageNum"), number_of(body, "PageSize"), &data);
        cJSON_Delete(body);
        struct reply reply = gateway_data(&arena, &call, data.bytes);
        assert_int_equal(reply.kind, REPLY_OK);
        for (uint32_t i = 0; i < reply.server_count; i++) {
            seen[strtoul(reply.servers[i].id + 4, NULL, 10)] = true;
            *out_gone += reply.servers[i].phase == PHASE_GONE;
        }
        page = reply.next_page;
        assert_true(++pages < PAGES_MAX);
    } while (page);
    return pages;
}

static void check(const struct gateway *gateway, unsigned pages_most)
{
    bool seen[INSTANCES_MAX] = {false};
    unsigned gone, pages = read_all(gateway, seen, &gone);
    for (unsigned i = 0; i < gateway->instances; i++)
        if (!seen[i]) fail_msg("ins-%u of %u is missing (offset %d)", i, gateway->instances, gateway->offset);
    /* rows that say deleted are counted as they come: one that came twice would make up a row too many */
    unsigned binned = gateway->binned ? (gateway->instances + gateway->binned - 1) / gateway->binned : 0;
    if (gone != binned) fail_msg("%u of %u binned ones were told (offset %d)", gone, binned, gateway->offset);
    if (pages > pages_most) fail_msg("%u instances took %u pages", gateway->instances, pages);
}

static void test_either_kind_is_read_whole(void **state)
{
    (void)state;
    static const unsigned COUNTS[] = {0, 1, 2, 99, 100, 101, 102, 150, 199, 200, 201, 250, 1000, 1001};
    for (size_t i = 0; i < sizeof COUNTS / sizeof COUNTS[0]; i++)
        for (unsigned kind = 0; kind < 2; kind++) {
            unsigned whole = (COUNTS[i] + 99) / 100;
            check(&(struct gateway){.instances = COUNTS[i], .offset = kind}, whole < 2 ? 1 : whole + 1);
            check(&(struct gateway){.instances = COUNTS[i], .offset = kind, .page_most = 20},
                  COUNTS[i] / 20 + 3);
            check(&(struct gateway){.instances = COUNTS[i], .offset = kind, .binned = 3}, whole + 3);
            check(&(struct gateway){.instances = COUNTS[i], .offset = kind, .silent = true}, whole + 3);
            check(&(struct gateway){.instances = COUNTS[i], .offset = kind, .silent = true, .page_most = 20},
                  COUNTS[i] / 20 + 4);
        }
}

static void test_pages_of_one_and_two(void **state)
{
    (void)state;
    for (unsigned kind = 0; kind < 2; kind++)
        for (unsigned most = 1; most < 4; most++)
            for (unsigned binned = 0; binned < 4; binned++)
                check(&(struct gateway){.instances = 7, .offset = kind, .page_most = most, .binned = binned},
                      9);
}

/* One that always gives the first page ends, too; what is missing shows in the total. */
static void test_a_deaf_one_ends(void **state)
{
    (void)state;
    bool seen[INSTANCES_MAX] = {false};
    unsigned gone;
    assert_true(read_all(&(struct gateway){.instances = 450, .deaf = true}, seen, &gone) < 8);
    assert_true(seen[99] && !seen[100]);
    assert_true(read_all(&(struct gateway){.instances = 450, .deaf = true, .page_most = 20}, seen, &gone) <
                30);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_either_kind_is_read_whole),
        cmocka_unit_test(test_pages_of_one_and_two),
        cmocka_unit_test(test_a_deaf_one_ends),
    };
    return UNIT_RUN(tests);
}
