#include "tests/unit/unit.h"

#include "reconcile/keypair.h"
#include "tests/unit/reconcile_rig.h"

/* The golden cases show whole stories of key pairs; here are the single judgements and their limits in time.
 */

#define KEY       "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEiX/2dV/D5EAgInLJC29SYsdQVhmi4A2+pczuYzwUMx"
#define OTHER_KEY "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEiX/2dV/D5EAgInLJC29SYsdQVhmi4A2+pczuYzwUMy"

struct bench {
    struct rig rig;
    struct keypair_spec spec;
    struct catalogue_entry there;
    struct catalogue *list;
    struct object *object;
    struct decision decision;
};

static struct object *add(struct rig *rig, struct source *source, const char *cloud, const char *key_name)
{
    struct object *object = source_add_keypair(
        source, (struct keypair_place){.name = "ops", .cloud = cloud, .key_name = key_name}, 1);
    object->cloud = state_cloud_add(rig->state, cloud);
    text_copy(object->cloud_name, sizeof object->cloud_name, cloud);
    return object;
}

/* Wanted, and read a minute ago: nothing of that name is there. */
static void bench_open(struct bench *b)
{
    *b = (struct bench){.spec = {.name = "ops", .cloud = "nhn", .key_name = "ops", .public_key = KEY},
                        .there = {.id = "ops", .name = "ops", .public_key = KEY}};
    rig_open(&b->rig, "openstack");
    b->object = add(&b->rig, b->rig.source, "nhn", "ops");
    b->object->keypair->spec = &b->spec;
    b->rig.source->valid = b->rig.source->read_once = true;
    b->rig.cloud->complete_count = 1;
    b->list = &b->rig.cloud->catalogues[CATALOGUE_KEYPAIR];
    b->list->entries = &b->there;
    b->list->good_ms = b->list->read_ms = b->rig.state->now.boot_ms - MINUTE_MS;
}

static void bench_close(struct bench *b)
{
    *b->list = (struct catalogue){.read_ms = 0};
    b->object->keypair->spec = NULL;
    rig_close(&b->rig);
}

static const char *decide(struct bench *b)
{
    keypair_decide(b->rig.state, b->object, &b->rig.arena, &b->decision);
    return reason_row(b->decision.reason)->word;
}

/* What neither manifest nor ledger speak of is over. */
static void nothing_is_left_of_what_nobody_wants(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b);
    b.object->keypair->spec = NULL;
    b.object->retired_ms = RIG_BOOT_MS / 2;
    assert_string_equal(decide(&b), "InSync");
    assert_string_equal(b.decision.message, "nothing is left of it");
    assert_true(keypair_is_over(b.object));
    keypair_set_registered(b.rig.state, b.object, KEY);
    assert_string_not_equal(decide(&b), "InSync");
    assert_false(keypair_is_over(b.object));
    bench_close(&b);
}

/* Without the documents that it needs a key pair waits for them, and what is ours stays where it is. */
static void documents_that_are_not_there(void **state)
{
    (void)state;
    static const struct {
        bool source, used, cloud, registered;
        const char *reason, *message;
    } rows[] = {
        {false, true, true, false, "Orphaned",
         "no Source document \"prod\" any more; the key pair is left as it is"},
        {true, true, false, false, "CloudNotConfigured", "no Cloud document \"other\""},
        {true, true, false, true, "Orphaned", "no Cloud document \"other\"; the key pair is left as it is"},
        {true, false, true, false, "CloudNotConfigured", "this source may not use cloud \"nhn\""},
        {true, false, true, true, "Orphaned",
         "this source may not use cloud \"nhn\"; the key pair is left as it is"},
        {true, true, true, false, "CallQueued", "no such key pair: RegisterKeypair ops"},
    };
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct bench b;
        bench_open(&b);
        struct source_config config = *b.rig.source->config;
        const char *others[] = {"os"};
        if (!rows[i].used) config.clouds = others;
        b.rig.source->config = rows[i].source ? &config : NULL;
        if (!rows[i].cloud) text_copy(b.object->cloud_name, sizeof b.object->cloud_name, "other");
        if (rows[i].registered) keypair_set_registered(b.rig.state, b.object, KEY);
        const char *reason = decide(&b);
        if (strcmp(reason, rows[i].reason) != 0) fail_msg("row %u: %s: %s", i, reason, b.decision.message);
        assert_string_equal(b.decision.message, rows[i].message);
        if (strcmp(reason, "CloudNotConfigured") == 0)
            assert_string_equal(b.decision.by.about, b.object->cloud_name);
        bench_close(&b);
    }
}

/* Before the first configuration nothing is said of it but that. */
static void without_a_configuration_nothing_is_known(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b);
    const struct cloud_config *cloud = b.rig.cloud->config;
    struct config *config = b.rig.state->config;
    b.rig.cloud->config = NULL;
    b.rig.state->config = NULL;
    assert_string_equal(decide(&b), "NotSeenYet");
    assert_string_equal(b.decision.message, "not looked at yet");
    b.rig.state->config = config;
    b.rig.cloud->config = cloud;
    bench_close(&b);
}

/* Registered on a reading of the last ten minutes only. */
static void it_is_registered_on_a_fresh_reading(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b);
    b.list->good_ms = b.rig.state->now.boot_ms - CATALOGUE_FRESH_MS;
    assert_string_equal(decide(&b), "CallQueued");
    assert_int_equal(b.decision.order.kind, CALL_REGISTER_KEYPAIR);
    assert_string_equal(b.decision.order.argument, "ops");
    assert_string_equal(b.decision.order.value, KEY);
    assert_int_equal(b.list->since_ms, 0);
    b.list->good_ms--;
    assert_string_equal(decide(&b), "CatalogueNeeded");
    assert_int_equal(b.decision.order.kind, CALL_NONE);
    assert_string_equal(b.decision.by.about, "nhn:keypair");
    assert_true(b.list->since_ms == b.list->good_ms + 1);
    bench_close(&b);
}

/* A list that cannot be read is told, and asked for when its retry is due, in a second at the soonest. */
static void a_list_that_cannot_be_read_is_told(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b);
    int64_t now = b.rig.state->now.boot_ms;
    b.list->good_ms = 0;
    text_copy(b.list->problem, sizeof b.list->problem, "HTTP 500");
    b.list->retry_ms = now + MINUTE_MS;
    assert_string_equal(decide(&b), "CatalogueNeeded");
    assert_string_equal(b.decision.message, "cannot read the key pairs of cloud nhn: HTTP 500");
    assert_string_equal(b.decision.by.about, "nhn:keypair");
    assert_true(b.decision.next_ms == now + MINUTE_MS);
    b.list->retry_ms = 0;
    decide(&b);
    assert_true(b.decision.next_ms == now + LOOK_FIRST_MS);
    bench_close(&b);
}

/* What stands there as described is looked at again once in poll.full. */
static void what_is_there_is_read_again(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b);
    b.list->count = 1;
    int64_t due = b.list->good_ms + b.rig.cloud->config->poll_full_ms;
    assert_string_equal(decide(&b), "InSync");
    assert_true(b.decision.next_ms == due);
    assert_int_equal(b.list->since_ms, 0);
    b.rig.state->now.boot_ms = due - 1;
    decide(&b);
    assert_int_equal(b.list->since_ms, 0);
    b.rig.state->now.boot_ms = due;
    assert_string_equal(decide(&b), "InSync");
    assert_true(b.list->since_ms == due);
    assert_true(b.decision.next_ms == due + LOOK_FIRST_MS);
    bench_close(&b);
}

/* Of the others with the name on that cloud, those that are wanted or ours are in its way; what is ours is
   in nobody's way. */
static void rivals(void **state)
{
    (void)state;
    static const struct {
        const char *source, *cloud, *key_name;
        bool wanted, registered, ours;
        const char *reason;
    } rows[] = {
        {"test", "nhn", "ops", true, false, false, "NameTaken"},
        {"test", "nhn", "ops", false, true, false, "NameTaken"},
        {"test", "nhn", "ops", false, false, false, "CallQueued"},
        {"test", "nhn", "ops", true, true, true, "CallQueued"},
        {"test", "nhn", "spare", true, true, false, "CallQueued"},
        {"test", "other", "ops", true, true, false, "CallQueued"},
        {"prod", "nhn", "spare", true, true, false, "CallQueued"},
    };
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct bench b;
        bench_open(&b);
        struct keypair_spec spec = {.name = "ops", .key_name = rows[i].key_name, .public_key = OTHER_KEY};
        struct source *source = state_source_add(b.rig.state, rows[i].source);
        add(&b.rig, source, "nhn", "another"); /* among others */
        struct object *other = add(&b.rig, source, rows[i].cloud, rows[i].key_name);
        if (rows[i].wanted) other->keypair->spec = &spec;
        if (rows[i].registered) keypair_set_registered(b.rig.state, other, OTHER_KEY);
        if (rows[i].ours) keypair_set_registered(b.rig.state, b.object, KEY);
        const char *reason = decide(&b);
        if (strcmp(reason, rows[i].reason) != 0) fail_msg("row %u: %s: %s", i, reason, b.decision.message);
        other->keypair->spec = NULL;
        bench_close(&b);
    }
}

/* A source that was not read yet may want the name, too: what is new waits for it. */
static void sources_that_may_have_a_rival_are_read_first(void **state)
{
    (void)state;
    static const char *const names[] = {"abc", "test"};
    for (unsigned i = 0; i < 2; i++) {
        struct bench b;
        bench_open(&b);
        struct source *other = state_source_add(b.rig.state, names[i]);
        assert_string_equal(decide(&b), "CallQueued"); /* no document speaks of it */
        other->config = b.rig.source->config;
        assert_string_equal(decide(&b), "NotSeenYet");
        assert_int_equal(b.decision.by.kind, BLOCKER_SOURCE);
        assert_string_equal(b.decision.by.about, names[i]);
        other->read_once = true;
        assert_string_equal(decide(&b), "CallQueued");
        other->read_once = false;
        keypair_set_registered(b.rig.state, b.object, KEY);
        assert_string_equal(decide(&b), "CallQueued");
        bench_close(&b);
    }
}

/* Gone from the manifests, and ours: after pruneDelay, on a reading since then and of the last minute. */
static void what_left_is_deleted_in_its_time(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b);
    int64_t now = b.rig.state->now.boot_ms, delay = b.rig.source->config->prune_delay_ms;
    b.list->count = 1;
    b.object->keypair->spec = NULL;
    keypair_set_registered(b.rig.state, b.object, KEY);
    b.object->retired_ms = now - delay + 1;
    assert_string_equal(decide(&b), "PruneDelay");
    assert_true(b.decision.next_ms == now + 1);
    b.object->retired_ms = now - delay;
    b.list->good_ms = b.object->retired_ms - 1;
    assert_string_equal(decide(&b), "CatalogueNeeded");
    b.list->good_ms = b.object->retired_ms;
    assert_string_equal(decide(&b), "Deleting");
    assert_int_equal(b.decision.order.kind, CALL_DELETE_KEYPAIR);
    assert_string_equal(b.decision.order.argument, "ops");
    b.object->retired_ms = now - HOUR_MS / 2;
    b.list->good_ms = now - CATALOGUE_MISS_MS;
    assert_string_equal(decide(&b), "Deleting");
    b.list->good_ms--;
    assert_string_equal(decide(&b), "CatalogueNeeded");
    bench_close(&b);
}

/* Whose source was emptied goes only by an approval of that call, as long as it stands. */
static void what_is_held_waits_for_its_approval(void **state)
{
    (void)state;
    struct bench b;
    bench_open(&b);
    int64_t now = b.rig.state->now.boot_ms;
    b.list->count = 1;
    b.object->keypair->spec = NULL;
    keypair_set_registered(b.rig.state, b.object, KEY);
    b.object->retired_ms = now - HOUR_MS / 2;
    b.object->held = true;
    assert_string_equal(decide(&b), "ApprovalNeeded");
    b.object->approval = (struct approval){.call = CALL_DELETE_KEYPAIR, .until_ms = now + 1};
    assert_string_equal(decide(&b), "Deleting");
    b.object->approval.until_ms = now;
    assert_string_equal(decide(&b), "ApprovalNeeded");
    b.object->approval = (struct approval){.call = CALL_DELETE, .until_ms = now + 1};
    assert_string_equal(decide(&b), "ApprovalNeeded");
    b.object->held = false;
    assert_string_equal(decide(&b), "Deleting");
    b.rig.source->valid = false;
    assert_string_equal(decide(&b), "SourceInvalid");
    b.rig.source->read_once = false;
    assert_string_equal(decide(&b), "NotSeenYet");
    bench_close(&b);
}

/* What a source must be for a key pair of it to go, in words and as what is in the way. */
static void its_source_must_say_that_it_left(void **state)
{
    (void)state;
    static const struct {
        bool unread, emptied, emptied_before, held, invalid, missing;
        const char *message;
        enum blocker_kind by;
    } rows[] = {
        {.unread = true, .message = "source prod has not been read yet", .by = BLOCKER_SOURCE},
        {.emptied = true,
         .message = "source prod is empty; deleting its key pairs needs setpointctl approve",
         .by = BLOCKER_EMPTY},
        {.emptied_before = true,
         .message = "source prod is empty; deleting its key pairs needs setpointctl approve",
         .by = BLOCKER_EMPTY},
        {.held = true,
         .message = "source prod was empty; deleting its key pairs needs setpointctl approve",
         .by = BLOCKER_EMPTY},
        {.invalid = true,
         .message = "source prod is invalid; nothing of it is deleted meanwhile",
         .by = BLOCKER_SOURCE},
        {.invalid = true,
         .missing = true,
         .message = "source prod is missing; nothing of it is deleted meanwhile",
         .by = BLOCKER_SOURCE},
    };
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct bench b;
        struct generation empty = {.count = 0};
        bench_open(&b);
        b.object->keypair->spec = NULL;
        keypair_set_registered(b.rig.state, b.object, KEY);
        b.object->retired_ms = rows[i].emptied_before ? 0 : b.rig.state->now.boot_ms - 1;
        b.object->held = rows[i].held;
        b.rig.source->read_once = !rows[i].unread;
        b.rig.source->empty = rows[i].emptied ? &empty : NULL;
        b.rig.source->valid = !rows[i].invalid;
        b.rig.source->missing = rows[i].missing;
        decide(&b);
        assert_string_equal(b.decision.message, rows[i].message);
        assert_int_equal(b.decision.by.kind, rows[i].by);
        assert_int_equal(b.decision.order.kind, CALL_NONE);
        b.rig.source->empty = NULL;
        bench_close(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_left_of_what_nobody_wants),
        cmocka_unit_test(documents_that_are_not_there),
        cmocka_unit_test(without_a_configuration_nothing_is_known),
        cmocka_unit_test(it_is_registered_on_a_fresh_reading),
        cmocka_unit_test(a_list_that_cannot_be_read_is_told),
        cmocka_unit_test(what_is_there_is_read_again),
        cmocka_unit_test(rivals),
        cmocka_unit_test(sources_that_may_have_a_rival_are_read_first),
        cmocka_unit_test(what_left_is_deleted_in_its_time),
        cmocka_unit_test(what_is_held_waits_for_its_approval),
        cmocka_unit_test(its_source_must_say_that_it_left),
    };
    return UNIT_RUN(tests);
}
