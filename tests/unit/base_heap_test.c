#include "tests/unit/unit.h"

#include "reconcile/base/heap.h"
#include "reconcile/base/instant.h"
#include "reconcile/base/prng.h"

enum { COUNT = 2000 };

static int entry_compare(const void *a, const void *b)
{
    const struct heap_entry *left = a, *right = b;
    if (left->due_ms != right->due_ms) return left->due_ms < right->due_ms ? -1 : 1;
    return (left->order > right->order) - (left->order < right->order);
}

static void draw_entries(struct heap_entry *entries, struct prng *prng)
{
    for (size_t i = 0; i < COUNT; i++)
        entries[i] = (struct heap_entry){.order = i, .due_ms = (int64_t)prng_below(prng, COUNT / 3)};
}

static void test_takes_out_in_sorted_order(void **state)
{
    (void)state;
    for (uint8_t seed = 1; seed <= 20; seed++) {
        struct prng prng;
        struct heap heap = {0};
        static struct heap_entry entries[COUNT], sorted[COUNT];
        prng_init(&prng, (const uint8_t[32]){seed});
        draw_entries(entries, &prng);
        memcpy(sorted, entries, sizeof sorted);
        qsort(sorted, COUNT, sizeof *sorted, entry_compare);
        for (size_t i = 0; i < COUNT; i++)
            heap_set(&heap, &entries[i], entries[i].due_ms);
        for (size_t i = 0; i < COUNT; i++) {
            struct heap_entry *first = heap_first(&heap);
            assert_int_equal(first->due_ms, sorted[i].due_ms);
            assert_int_equal(first->order, sorted[i].order);
            heap_remove(&heap, first);
            assert_int_equal(first->place, 0);
        }
        assert_null(heap_first(&heap));
        heap_release(&heap);
    }
}

/* Moves and removals at random, compared with a plain search after each. */
static void test_moves_and_removals(void **state)
{
    (void)state;
    enum { FEW = 40, STEPS = 20000 };
    struct prng prng;
    struct heap heap = {0};
    struct heap_entry entries[FEW];
    prng_init(&prng, (const uint8_t[32]){99});
    for (size_t i = 0; i < FEW; i++)
        entries[i] = (struct heap_entry){.order = i, .due_ms = NEVER_MS};
    for (unsigned step = 0; step < STEPS; step++) {
        struct heap_entry *entry = &entries[prng_below(&prng, FEW)];
        uint64_t what = prng_below(&prng, 4);
        if (what == 0)
            heap_remove(&heap, entry);
        else
            heap_set(&heap, entry, what == 1 ? NEVER_MS : (int64_t)prng_below(&prng, 100));
        const struct heap_entry *least = NULL;
        size_t members = 0;
        for (size_t i = 0; i < FEW; i++) {
            members += entries[i].place != 0;
            if (entries[i].place && (!least || entry_compare(&entries[i], least) < 0)) least = &entries[i];
        }
        assert_int_equal(heap.count, members);
        assert_ptr_equal(heap_first(&heap), least);
    }
    heap_release(&heap);
}

static void test_equal_times_by_name(void **state)
{
    (void)state;
    static const char *const names[] = {"b", "a", "c", NULL, "b"};
    static const uint64_t orders[] = {1, 2, 3, 4, 0};
    static const unsigned expected[] = {3, 1, 4, 0, 2};
    struct heap heap = {0};
    struct heap_entry entries[5];
    for (unsigned i = 0; i < 5; i++) {
        entries[i] = (struct heap_entry){.name = names[i], .order = orders[i]};
        heap_set(&heap, &entries[i], 7);
    }
    for (unsigned i = 0; i < 5; i++) {
        assert_ptr_equal(heap_first(&heap), &entries[expected[i]]);
        heap_remove(&heap, &entries[expected[i]]);
    }
    heap_release(&heap);
}

static void test_never_removes(void **state)
{
    (void)state;
    struct heap heap = {0};
    struct heap_entry entry = {.order = 1};
    heap_set(&heap, &entry, 5);
    assert_ptr_equal(heap_first(&heap), &entry);
    heap_set(&heap, &entry, NEVER_MS);
    assert_null(heap_first(&heap));
    assert_int_equal(entry.place, 0);
    heap_remove(&heap, &entry);
    assert_int_equal(heap.count, 0);
    heap_release(&heap);
}

int main(void)
{
    const struct CMUnitTest heap_tests[] = {
        cmocka_unit_test(test_takes_out_in_sorted_order),
        cmocka_unit_test(test_moves_and_removals),
        cmocka_unit_test(test_equal_times_by_name),
        cmocka_unit_test(test_never_removes),
    };
    return UNIT_RUN(heap_tests);
}
