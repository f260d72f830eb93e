#include "tests/unit/unit.h"

#include "tests/contract/kakaocloud/support.h"

#include <stdio.h>

#include "reconcile/base/cleanup.h"
#include "tests/cloud/cloud.h"

/* The codec against the simulated cloud, under every position of every switch: each call does what its name
   says, and what it did is read back. The two share no code, so each holds the other to the facts. */

static const char BASE[] = "http://127.0.0.1:8774";
enum { SOON_MS = 600 * 1000 /* every change of the simulated cloud is over by then */ };

struct run {
    struct cloud *cloud;
    struct cloud_config config;
    struct access access;
    struct arena arena;
    int64_t now_ms;
    const char *id;   /* the instance */
    const char *with; /* the switch under test */
};

static struct http_response exchange(struct run *run, const struct http_request *request)
{
    struct cloud_header headers[HTTP_HEADERS_MAX];
    for (uint32_t i = 0; i < request->header_count; i++)
        headers[i] = (struct cloud_header){request->headers[i].name, request->headers[i].value};
    assert_true(text_starts(request->url, BASE));
    struct cloud_request asked = {.method = request->method,
                                  .base = BASE,
                                  .path = request->url + strlen(BASE),
                                  .headers = headers,
                                  .header_count = request->header_count,
                                  .body = request->body,
                                  .body_size = request->body_size};
    struct cloud_reply reply;
    cloud_handle(run->cloud, run->now_ms, &asked, &reply);
    struct http_header *copies = ARENA_ROW(&run->arena, struct http_header, reply.header_count + 1);
    for (size_t i = 0; i < reply.header_count; i++)
        copies[i] = (struct http_header){arena_text(&run->arena, reply.headers[i].name),
                                         arena_text(&run->arena, reply.headers[i].value)};
    struct http_response response = {
        .status = reply.status,
        .headers = copies,
        .header_count = (uint32_t)reply.header_count,
        .body = arena_bytes(&run->arena, reply.body ? reply.body : "", reply.body_size),
        .body_size = reply.body_size};
    cloud_reply_release(&reply);
    return response;
}

static struct reply ask(struct run *run, const struct call *call)
{
    struct http_request request;
    struct error err = {0};
    if (!the_provider()->encode(&run->config, &run->access, call, &run->arena, &request, &err))
        fail_msg("%s: %s", run->with, err.text);
    struct http_response response = exchange(run, &request);
    struct reply reply;
    the_provider()->decode(&run->config, call, &response, &run->arena, &reply);
    return reply;
}

static void login(struct run *run, const struct cloud_user *user)
{
    const struct credential credentials[] = {{"applicationCredential.id", user->credential_id},
                                             {"applicationCredential.secret", user->credential_secret}};
    struct http_request request;
    struct error err = {0};
    enum reply_kind kind;
    if (!the_provider()->encode_login(&run->config, credentials, 2, &run->arena, &request, &err))
        fail_msg("%s", err.text);
    struct http_response response = exchange(run, &request);
    if (!the_provider()->decode_login(&run->config, &response, (struct now){.wall_ms = run->now_ms},
                                      &run->arena, &run->access, &kind, &err))
        fail_msg("%s", err.text);
    assert_string_equal(run->access.fingerprint, cloud_project(run->cloud));
}

static void start(struct run *run, const char *with)
{
    static const struct {
        enum service service;
        enum cloud_service theirs;
    } services[] = {{SERVICE_COMPUTE, CLOUD_COMPUTE},
                    {SERVICE_IMAGE, CLOUD_IMAGE},
                    {SERVICE_NETWORK, CLOUD_NETWORK},
                    {SERVICE_VPC, CLOUD_VPC}};
    struct cloud_options options;
    cloud_options_default(&options, CLOUD_KAKAOCLOUD);
    options.base_url = BASE;
    options.token_life_ms = DAY_MS;
    if (*with) assert_true(cloud_switch_set(&options, with));
    *run = (struct run){.cloud = cloud_new(&options), .config = the_cloud(), .with = with};
    arena_init(&run->arena);
    run->config.auth_url = arena_printf(&run->arena, "%s%s", BASE, cloud_dialect_login(CLOUD_KAKAOCLOUD));
    for (size_t i = 0; i < sizeof services / sizeof services[0]; i++)
        run->config.endpoints[services[i].service] = arena_printf(
            &run->arena, "%s/%s/api/v1", BASE, cloud_dialect_prefix(CLOUD_KAKAOCLOUD, services[i].theirs));
    login(run, &options.users[0]);
}

static void end(struct run *run)
{
    cloud_free(run->cloud);
    arena_release(&run->arena);
}

/* All pages of one look: what was seen in them. */
struct seen {
    uint32_t rows, gone, pages;
    bool found; /* the instance, and alive */
    const char *id;
    struct catalogue_entry entry;
    int64_t total;
};

static struct seen all_pages(struct run *run, struct call call, const char *name)
{
    struct seen seen = {.total = -1};
    do {
        struct reply reply = ask(run, &call);
        if (reply.kind != REPLY_OK) fail_msg("%s: %s", run->with, reply.message);
        for (uint32_t i = 0; i < reply.server_count; i++) {
            seen.gone += reply.servers[i].phase == PHASE_GONE;
            seen.found |=
                run->id && reply.servers[i].phase != PHASE_GONE && text_equal(reply.servers[i].id, run->id);
        }
        for (uint32_t i = 0; i < reply.entry_count; i++)
            if (text_equal(reply.entries[i].name, name)) {
                seen.id = reply.entries[i].id;
                seen.entry = reply.entries[i];
            }
        seen.rows += reply.server_count + reply.entry_count;
        seen.pages++;
        seen.total = reply.total;
        call.page = reply.next_page;
    } while (call.page && seen.pages < 100);
    assert_null(call.page);
    return seen;
}

static const char *id_of(struct run *run, enum catalogue_kind kind, const char *name)
{
    struct call call = {.kind = CALL_LOOK, .look = LOOK_CATALOGUE, .catalogue = kind};
    const char *id = all_pages(run, call, name).id;
    if (!id) fail_msg("%s: no %s named %s", run->with, catalogue_kind_name(kind), name);
    return id;
}

static struct facts show(struct run *run)
{
    struct call call = {.kind = CALL_LOOK, .look = LOOK_SERVER, .provider_id = run->id};
    struct reply reply = ask(run, &call);
    if (reply.kind != REPLY_OK)
        fail_msg("%s: show: %s %s", run->with, reply_kind_name(reply.kind), reply.message);
    return reply.servers[0];
}

static void wait_for(struct run *run, enum phase phase)
{
    run->now_ms += SOON_MS;
    struct facts facts = show(run);
    if (facts.phase != phase) fail_msg("%s: is %s, not %s", run->with, facts.status, phase_name(phase));
}

static void act(struct run *run, enum call_kind kind, const char *argument, const char *value)
{
    struct call call = {
        .kind = kind, .provider_id = run->id, .argument = argument, .value = value, .nic = show(run).nic};
    struct reply reply = ask(run, &call);
    if (reply.kind != REPLY_OK)
        fail_msg("%s: %s: %s %s", run->with, call_name(kind), reply_kind_name(reply.kind), reply.message);
    assert_true(strlen(reply.request_id) > 0);
}

static void give(struct run *run, struct create_order *order, enum field field, const char *text)
{
    order->values[field] = value_of_scalar(&run->arena, text);
    order->given |= FIELD_BIT(field);
}

static struct create_order order_of(struct run *run, const char *name)
{
    static const char *const subnet[3] = {"subnet", "b83863ff-0355-4c73-8c10-0bdf66a69aab", ""};
    struct create_order order = {.name = name};
    give(run, &order, FIELD_FLAVOR, id_of(run, CATALOGUE_FLAVOR, "m2.c1m2"));
    give(run, &order, FIELD_IMAGE, id_of(run, CATALOGUE_IMAGE, "Rocky Linux 9"));
    give(run, &order, FIELD_ZONE, "kr-central-2-b");
    give(run, &order, FIELD_KEYPAIR, id_of(run, CATALOGUE_KEYPAIR, "ops"));
    give(run, &order, FIELD_SECURITY_GROUPS, "default");
    give(run, &order, FIELD_USER_DATA, "IyEvYmluL3NoCg==");
    order.values[FIELD_NETWORKS] = value_copy(&run->arena, (struct value){1, 3, subnet});
    order.given |= FIELD_BIT(FIELD_NETWORKS);
    text_copy(order.mark.owner, sizeof order.mark.owner, "seoul-1");
    text_copy(order.mark.cloud, sizeof order.mark.cloud, "c");
    text_copy(order.mark.source, sizeof order.mark.source, "prod");
    text_copy(order.mark.name, sizeof order.mark.name, name);
    text_copy(order.mark.attempt, sizeof order.mark.attempt, "abcdefgh");
    text_copy(order.mark.writer, sizeof order.mark.writer, "wxyz");
    return order;
}

static void create(struct run *run)
{
    struct create_order order = order_of(run, "web1");
    struct call call = {.kind = CALL_CREATE, .create = &order};
    struct reply reply = ask(run, &call);
    if (reply.kind != REPLY_OK) fail_msg("%s: create: %s", run->with, reply.message);
    run->id = reply.provider_id;
    /* at first it may be absent, in the list too: neither is an error */
    struct call look = {.kind = CALL_LOOK, .look = LOOK_SERVER, .provider_id = run->id};
    enum reply_kind first = ask(run, &look).kind;
    if (first != REPLY_OK && first != REPLY_ABSENT) fail_msg("%s: %s", run->with, reply_kind_name(first));
    wait_for(run, PHASE_RUNNING);
    struct facts facts = show(run);
    assert_string_equal(value_scalar(facts.values[FIELD_FLAVOR]), value_scalar(order.values[FIELD_FLAVOR]));
    assert_string_equal(value_scalar(facts.values[FIELD_IMAGE]), value_scalar(order.values[FIELD_IMAGE]));
    assert_string_equal(value_scalar(facts.values[FIELD_ZONE]), value_scalar(order.values[FIELD_ZONE]));
    if (facts.seen & FIELD_BIT(FIELD_KEYPAIR))
        assert_string_equal(value_scalar(facts.values[FIELD_KEYPAIR]), "ops");
    assert_true(facts.marked && facts.mark_whole);
    assert_string_equal(facts.mark.attempt, "abcdefgh");
    assert_string_equal(facts.own_text, "");
    assert_int_equal(facts.values[FIELD_VOLUMES].rows, 0);
    struct call list = {.kind = CALL_LOOK, .look = LOOK_LIST};
    struct seen seen = all_pages(run, list, NULL);
    assert_true(seen.found);
    assert_int_equal(seen.rows, 1);
    assert_int_equal(seen.total, 1);
}

static void change_fields(struct run *run)
{
    const char *group = id_of(run, CATALOGUE_SECURITY_GROUP, "web"), *text = "[sp1 x] by Ann";
    act(run, CALL_RENAME, "web2", NULL);
    act(run, CALL_SET_METADATA, MARK_DESCRIPTION_KEY, text);
    run->now_ms += SOON_MS;
    struct facts facts = show(run);
    assert_string_equal(facts.name, "web2");
    assert_string_equal(facts.own_text, "by Ann");
    act(run, CALL_ADD_SECURITY_GROUP, "web", group);
    run->now_ms += SOON_MS;
    facts = show(run);
    assert_true(value_has(facts.values[FIELD_SECURITY_GROUPS], "web"));
    act(run, CALL_REMOVE_SECURITY_GROUP, "web", group);
    act(run, CALL_ATTACH_VOLUME, VOLUME, NULL);
    run->now_ms += SOON_MS;
    facts = show(run);
    assert_false(value_has(facts.values[FIELD_SECURITY_GROUPS], "web"));
    assert_true(value_has(facts.values[FIELD_VOLUMES], VOLUME));
    act(run, CALL_DETACH_VOLUME, VOLUME, NULL);
    run->now_ms += SOON_MS;
    assert_int_equal(show(run).values[FIELD_VOLUMES].rows, 0);
}

static bool has_address(const struct facts *facts, const char *address)
{
    for (unsigned i = 0; i < facts->addresses.rows; i++)
        if (text_equal(value_cell(facts->addresses, i, 0), address)) return true;
    return false;
}

/* The entry of this address in the account. */
static struct catalogue_entry address_entry(struct run *run, const char *address)
{
    struct call call = {.kind = CALL_LOOK, .look = LOOK_CATALOGUE, .catalogue = CATALOGUE_FLOATING_IP};
    struct catalogue_entry entry = all_pages(run, call, address).entry;
    if (!entry.id) fail_msg("%s: no public IP %s", run->with, address);
    return entry;
}

static void change_address(struct run *run)
{
    struct cloud_item item;
    assert_true(cloud_catalogue_find(run->cloud, CLOUD_PUBLIC_IP, "203.0.113.10", &item));
    struct catalogue_entry entry = address_entry(run, item.name);
    assert_string_equal(entry.id, item.id);
    assert_null(entry.holder);
    assert_null(entry.port);
    act(run, CALL_ASSOCIATE_FLOATING_IP, item.name, arena_text(&run->arena, item.id));
    struct facts facts = show(run);
    assert_string_equal(value_scalar(facts.values[FIELD_FLOATING_IP]), item.name);
    entry = address_entry(run, item.name);
    assert_string_equal(entry.holder, run->id);
    assert_string_equal(entry.port, facts.nic);
    assert_true(has_address(&facts, "203.0.113.10"));
    act(run, CALL_RELEASE_FLOATING_IP, item.name, NULL);
    facts = show(run);
    assert_false(has_address(&facts, "203.0.113.10"));
    assert_true(
        cloud_catalogue_find(run->cloud, CLOUD_PUBLIC_IP, "203.0.113.10", &item)); /* let go, not destroyed */
}

/* Registered, seen as it was given, refused under the same name, and gone. */
static void change_keypairs(struct run *run)
{
    static const char KEY[] =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEiX/2dV/D5EAgInLJC29SYsdQVhmi4A2+pczuYzwUMx ops";
    struct call call = {.kind = CALL_REGISTER_KEYPAIR, .argument = "ops-2026", .value = KEY};
    struct call look = {.kind = CALL_LOOK, .look = LOOK_CATALOGUE, .catalogue = CATALOGUE_KEYPAIR};
    assert_int_equal(ask(run, &call).kind, REPLY_OK);
    assert_int_equal(ask(run, &call).kind, REPLY_CONFLICT);
    struct reply reply = ask(run, &look);
    uint32_t place = 0;
    while (place < reply.entry_count && !text_equal(reply.entries[place].name, "ops-2026"))
        place++;
    assert_true(place < reply.entry_count);
    assert_string_equal(reply.entries[place].public_key, KEY);
    call = (struct call){.kind = CALL_DELETE_KEYPAIR, .argument = "ops-2026"};
    assert_int_equal(ask(run, &call).kind, REPLY_OK);
    assert_int_equal(ask(run, &call).kind, REPLY_ABSENT);
}

static void change_power(struct run *run)
{
    act(run, CALL_STOP, NULL, NULL);
    wait_for(run, PHASE_STOPPED);
    act(run, CALL_START, NULL, NULL);
    wait_for(run, PHASE_RUNNING);
    act(run, CALL_REBOOT, "SOFT", NULL);
    wait_for(run, PHASE_RUNNING);
    act(run, CALL_REBOOT, "HARD", NULL);
    wait_for(run, PHASE_RUNNING);
    act(run, CALL_SHELVE, NULL, NULL);
    wait_for(run, PHASE_SHELVED);
    act(run, CALL_UNSHELVE, NULL, NULL);
    wait_for(run, PHASE_RUNNING);
}

static void change_flavor(struct run *run)
{
    const char *flavor = id_of(run, CATALOGUE_FLAVOR, "m2.c2m4");
    const char *image = id_of(run, CATALOGUE_IMAGE, "Ubuntu 22.04");
    act(run, CALL_STOP, NULL, NULL);
    wait_for(run, PHASE_STOPPED);
    act(run, CALL_RESIZE, flavor, NULL);
    wait_for(run, PHASE_STOPPED);
    struct facts facts = show(run);
    assert_string_equal(value_scalar(facts.values[FIELD_FLAVOR]), flavor);
    act(run, CALL_START, NULL, NULL);
    wait_for(run, PHASE_RUNNING);
    act(run, CALL_REBUILD, image, NULL);
    wait_for(run, PHASE_RUNNING);
    facts = show(run);
    assert_string_equal(value_scalar(facts.values[FIELD_IMAGE]), image);
}

static void expect(struct run *run, const struct call *call, enum reply_kind kind)
{
    struct reply reply = ask(run, call);
    if (reply.kind != kind)
        fail_msg("%s: %s: %s (%s), not %s", run->with, call_name(call->kind), reply_kind_name(reply.kind),
                 reply.message, reply_kind_name(kind));
}

static void check_refusals(struct run *run)
{
    struct create_order bad = order_of(run, "web1");
    give(run, &bad, FIELD_ZONE, "nowhere");
    struct cloud_change quota = {.kind = CLOUD_CHANGE_QUOTA, .number = 1};
    struct create_order more = order_of(run, "more1");
    expect(run, &(struct call){.kind = CALL_START, .provider_id = run->id}, REPLY_CONFLICT);
    expect(run, &(struct call){.kind = CALL_STOP, .provider_id = "00000000-0000-4000-8000-000000000000"},
           REPLY_ABSENT);
    expect(run, &(struct call){.kind = CALL_RESIZE, .provider_id = run->id, .argument = "nope"},
           REPLY_INVALID);
    expect(run, &(struct call){.kind = CALL_CREATE, .create = &bad}, REPLY_INVALID);
    cloud_change(run->cloud, run->now_ms, &quota);
    expect(run, &(struct call){.kind = CALL_CREATE, .create = &more}, REPLY_QUOTA);
    struct access good = run->access;
    run->access.token = "00000000000000000000000000000000";
    struct http_request request;
    struct error err = {0};
    struct call twice = {.kind = CALL_START, .provider_id = run->id};
    assert_true(the_provider()->encode(&run->config, &run->access, &twice, &run->arena, &request, &err));
    struct http_response response = exchange(run, &request);
    assert_true(the_provider()->is_unauthorized(&response));
    run->access = good;
}

static void remove_server(struct run *run)
{
    act(run, CALL_DELETE, NULL, NULL);
    run->now_ms += SOON_MS;
    expect(run, &(struct call){.kind = CALL_LOOK, .look = LOOK_SERVER, .provider_id = run->id}, REPLY_ABSENT);
    struct call list = {.kind = CALL_LOOK, .look = LOOK_LIST};
    assert_int_equal(all_pages(run, list, NULL).rows, 0);
}

static void whole_life(const char *with)
{
    struct run run;
    start(&run, with);
    create(&run);
    change_keypairs(&run);
    change_fields(&run);
    change_address(&run);
    change_power(&run);
    change_flavor(&run);
    check_refusals(&run);
    remove_server(&run);
    end(&run);
}

static void test_defaults(void **state)
{
    (void)state;
    whole_life("");
}

static void test_every_position_of_every_switch(void **state)
{
    const char *const *positions;
    const char *name;
    unsigned lives = 0;
    (void)state;
    for (size_t i = 0; cloud_switch_at(CLOUD_KAKAOCLOUD, i, &name, &positions); i++)
        for (size_t k = 1; positions[k]; k++) {
            char with[128];
            snprintf(with, sizeof with, "%s=%s", name, positions[k]);
            whole_life(with);
            lives++;
        }
    assert_true(lives >= 25);
}

enum { PRELOADED = 2500 };

/* Each row once, whatever the cap; and a total that leaves out what is deleted does not hide the rest. */
static void test_pages(void **state)
{
    static const char *const withs[] = {"", "limit-cap=100", "limit-cap=2-silent"};
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct run run;
        unsigned count = i == 2 ? 41 : PRELOADED;
        start(&run, withs[i]);
        assert_int_equal(cloud_preload(run.cloud, 0, count, "load"), count);
        run.now_ms += SOON_MS;
        struct call call = {.kind = CALL_LOOK, .look = LOOK_LIST};
        struct seen seen = all_pages(&run, call, NULL);
        assert_int_equal(seen.rows, count);
        assert_int_equal(seen.total, count);
        end(&run);
    }
}

static void test_deleted_rows(void **state)
{
    static const char *const withs[] = {"total=rows", "total=living"};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct run run;
        start(&run, withs[i]);
        cloud_preload(run.cloud, 0, 5, "load");
        struct cloud_change gone = {.kind = CLOUD_CHANGE_DELETE, .server = "load-4"};
        cloud_change(run.cloud, 1000, &gone);
        run.now_ms = 2000;
        struct call call = {.kind = CALL_LOOK, .look = LOOK_LIST};
        struct seen seen = all_pages(&run, call, NULL);
        assert_int_equal(seen.rows, 5);
        assert_int_equal(seen.gone, 1);
        assert_int_equal(seen.total, i ? 4 : 5);
        end(&run);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_every_position_of_every_switch),
        cmocka_unit_test(test_pages),
        cmocka_unit_test(test_deleted_rows),
    };
    return UNIT_RUN(tests);
}
