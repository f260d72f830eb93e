#include "tests/unit/unit.h"

#include "tests/contract/nova/exchange.h"

#include "reconcile/base/cleanup.h"
#include "tests/cloud/cloud.h"

/* The codec against the simulated cloud, both dialects: every call does what its name says, and what it did
   is read back. The two share no code, so each holds the other to the API. */

static const char BASE[] = "http://127.0.0.1:8774";
enum { SOON_MS = 600 * 1000 /* every change of the simulated cloud is over by then */ };

struct run {
    const struct provider *provider;
    struct cloud *cloud;
    struct cloud_config config;
    struct access access;
    struct arena arena;
    int64_t now_ms;
    const char *id; /* the server */
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
    struct http_response response = {.status = reply.status,
                                     .headers = copies,
                                     .header_count = (uint32_t)reply.header_count,
                                     .body = arena_bytes(&run->arena, reply.body, reply.body_size),
                                     .body_size = reply.body_size};
    cloud_reply_release(&reply);
    return response;
}

static struct reply ask(struct run *run, const struct call *call)
{
    struct http_request request;
    struct error err = {0};
    if (!run->provider->encode(&run->config, &run->access, call, &run->arena, &request, &err))
        fail_msg("%s", err.text);
    struct http_response response = exchange(run, &request);
    struct reply reply;
    run->provider->decode(&run->config, call, &response, &run->arena, &reply);
    return reply;
}

static void login(struct run *run, const struct credential *credentials, uint32_t count)
{
    struct http_request request;
    struct error err = {0};
    enum reply_kind kind;
    struct now now = {.wall_ms = run->now_ms};
    if (!run->provider->encode_login(&run->config, credentials, count, &run->arena, &request, &err))
        fail_msg("%s", err.text);
    struct http_response response = exchange(run, &request);
    if (!run->provider->decode_login(&run->config, &response, now, &run->arena, &run->access, &kind, &err))
        fail_msg("%s", err.text);
    assert_string_equal(run->access.fingerprint, cloud_project(run->cloud));
    assert_true(run->access.expires_wall_ms > run->now_ms);
}

static void start_with(struct run *run, const struct cloud_options *options)
{
    enum cloud_dialect dialect = options->dialect;
    *run =
        (struct run){.provider = provider_by_name(cloud_dialect_name(dialect)), .cloud = cloud_new(options)};
    arena_init(&run->arena);
    run->config = contract_cloud(cloud_dialect_name(dialect));
    run->config.region = cloud_region(run->cloud);
    run->config.auth_url = arena_printf(&run->arena, "%s/identity", BASE);
    const struct cloud_user *user = &options->users[0];
    const struct credential tenant[] = {
        {"tenantId", user->project_id}, {"username", user->name}, {"password", user->password}};
    const struct credential project[] = {
        {"project", user->project_name}, {"username", user->name}, {"password", user->password}};
    login(run, dialect == CLOUD_NHN_V2 ? tenant : project, 3);
}

static struct cloud_options options_of(enum cloud_dialect dialect)
{
    struct cloud_options options;
    cloud_options_default(&options, dialect);
    options.base_url = BASE;
    options.token_life_ms = DAY_MS;
    return options;
}

static void start(struct run *run, enum cloud_dialect dialect)
{
    struct cloud_options options = options_of(dialect);
    start_with(run, &options);
}

static void end(struct run *run)
{
    cloud_free(run->cloud);
    arena_release(&run->arena);
}

static struct reply look_up(struct run *run, enum catalogue_kind kind)
{
    struct call call = {.kind = CALL_LOOK, .look = LOOK_CATALOGUE, .catalogue = kind};
    struct reply reply = ask(run, &call);
    if (reply.kind != REPLY_OK) fail_msg("%s: %s", catalogue_kind_name(kind), reply.message);
    assert_true(reply.entry_count > 0);
    return reply;
}

/* The id of `name`, or of the first when NULL. */
static const char *id_of(struct run *run, enum catalogue_kind kind, const char *name)
{
    struct reply reply = look_up(run, kind);
    for (uint32_t i = 0; i < reply.entry_count; i++)
        if (!name || text_equal(reply.entries[i].name, name)) return reply.entries[i].id;
    fail_msg("no %s named %s", catalogue_kind_name(kind), name);
    return NULL;
}

static struct facts show(struct run *run)
{
    struct call call = {.kind = CALL_LOOK, .look = LOOK_SERVER, .provider_id = run->id};
    struct reply reply = ask(run, &call);
    if (reply.kind != REPLY_OK) fail_msg("show: %s %s", reply_kind_name(reply.kind), reply.message);
    return reply.servers[0];
}

static void wait_for(struct run *run, enum phase phase)
{
    run->now_ms += SOON_MS;
    cloud_advance(run->cloud, run->now_ms);
    struct facts facts = show(run);
    if (facts.phase != phase) fail_msg("is %s, not %s", facts.status, phase_name(phase));
}

static void act(struct run *run, enum call_kind kind, const char *argument, const char *value)
{
    struct call call = {.kind = kind, .provider_id = run->id, .argument = argument, .value = value};
    struct reply reply = ask(run, &call);
    if (reply.kind != REPLY_OK)
        fail_msg("%s: %s %s", call_name(kind), reply_kind_name(reply.kind), reply.message);
    assert_true(strlen(reply.request_id) > 0);
}

static void give(struct run *run, struct create_order *order, enum field field, const char *text)
{
    order->values[field] = value_of_scalar(&run->arena, text);
    order->given |= FIELD_BIT(field);
}

static void create(struct run *run, const char *networks[3])
{
    struct create_order order = {.name = "web-1"};
    give(run, &order, FIELD_FLAVOR, id_of(run, CATALOGUE_FLAVOR, "m2.c1m2"));
    give(run, &order, FIELD_IMAGE, id_of(run, CATALOGUE_IMAGE, NULL));
    give(run, &order, FIELD_ZONE, id_of(run, CATALOGUE_ZONE, NULL));
    give(run, &order, FIELD_KEYPAIR, id_of(run, CATALOGUE_KEYPAIR, NULL));
    give(run, &order, FIELD_SECURITY_GROUPS, "default");
    give(run, &order, FIELD_USER_DATA, "IyEvYmluL3NoCg==");
    order.values[FIELD_NETWORKS] = value_copy(&run->arena, (struct value){1, 3, networks});
    order.given |= FIELD_BIT(FIELD_NETWORKS);
    text_copy(order.mark.owner, sizeof order.mark.owner, "seoul-1");
    text_copy(order.mark.cloud, sizeof order.mark.cloud, "c");
    text_copy(order.mark.source, sizeof order.mark.source, "prod");
    text_copy(order.mark.name, sizeof order.mark.name, "web-1");
    text_copy(order.mark.attempt, sizeof order.mark.attempt, "abcdefgh");
    text_copy(order.mark.writer, sizeof order.mark.writer, "wxyz");
    struct call call = {.kind = CALL_CREATE, .create = &order};
    struct reply reply = ask(run, &call);
    if (reply.kind != REPLY_OK) fail_msg("create: %s", reply.message);
    run->id = reply.provider_id;
    struct facts facts = show(run);
    assert_int_equal(facts.phase, PHASE_BUILDING);
    assert_int_equal(facts.launched, LAUNCHED_NEVER);
    assert_true(facts.marked && facts.mark_whole);
    wait_for(run, PHASE_RUNNING);
    facts = show(run);
    assert_string_equal(value_scalar(facts.values[FIELD_FLAVOR]), value_scalar(order.values[FIELD_FLAVOR]));
    assert_string_equal(value_scalar(facts.values[FIELD_IMAGE]), value_scalar(order.values[FIELD_IMAGE]));
    assert_string_equal(value_scalar(facts.values[FIELD_ZONE]), value_scalar(order.values[FIELD_ZONE]));
    assert_string_equal(value_scalar(facts.values[FIELD_KEYPAIR]), value_scalar(order.values[FIELD_KEYPAIR]));
    assert_int_equal(facts.launched, LAUNCHED_ONCE);
}

static void check_listed(struct run *run, enum look_kind look, bool asks_on)
{
    struct call call = {.kind = CALL_LOOK, .look = look, .since_wall_ms = 0};
    struct reply reply = ask(run, &call);
    assert_int_equal(reply.kind, REPLY_OK);
    assert_int_equal(reply.server_count, 1);
    assert_true(asks_on ? text_equal(reply.next_page, run->id) : !reply.next_page);
    assert_string_equal(reply.servers[0].id, run->id);
    assert_true(reply.servers[0].mark_whole);
    assert_true(reply.date_wall_ms >= 0);
}

static void change_fields(struct run *run)
{
    act(run, CALL_RENAME, "web-2", NULL);
    act(run, CALL_SET_METADATA, "team", "data");
    struct facts facts = show(run);
    assert_string_equal(facts.name, "web-2");
    assert_string_equal(value_find(facts.values[FIELD_METADATA], "team"), "data");
    assert_true(facts.mark_whole);
    if (run->provider->traits->mark_in_one) {
        act(run, CALL_SET_METADATA, MARK_SEVERAL_KEYS,
            "{\"setpoint.attempt\":\"zyxwvuts\",\"setpoint.protect\":\"true\"}");
        facts = show(run);
        assert_true(facts.mark_whole && facts.mark.protect);
        assert_string_equal(facts.mark.attempt, "zyxwvuts");
        assert_string_equal(value_find(facts.values[FIELD_METADATA], "team"), "data"); /* others stay */
    }
    act(run, CALL_SET_METADATA, "team", NULL);
    facts = show(run);
    assert_null(value_find(facts.values[FIELD_METADATA], "team"));
    act(run, CALL_ADD_SECURITY_GROUP, "web", NULL);
    facts = show(run);
    assert_true(value_has(facts.values[FIELD_SECURITY_GROUPS], "web"));
    act(run, CALL_REMOVE_SECURITY_GROUP, "web", NULL);
    facts = show(run);
    assert_false(value_has(facts.values[FIELD_SECURITY_GROUPS], "web"));
}

/* The entry of this address in the account. */
static struct catalogue_entry address_entry(struct run *run, const char *address)
{
    struct reply reply = look_up(run, CATALOGUE_FLOATING_IP);
    for (uint32_t i = 0; i < reply.entry_count; i++)
        if (text_equal(reply.entries[i].name, address)) return reply.entries[i];
    fail_msg("no floating IP %s", address);
    return (struct catalogue_entry){0};
}

/* Whose an address is: vanilla tells the server, NHN's reply only the port, which is the server's. */
static void change_address(struct run *run, bool tells_server)
{
    static const char ADDRESS[] = "203.0.113.10";
    const char *port = id_of(run, CATALOGUE_PORT, run->id);
    struct catalogue_entry entry = address_entry(run, ADDRESS);
    assert_null(entry.holder);
    assert_null(entry.port);
    struct call call = {.kind = CALL_ASSOCIATE_FLOATING_IP,
                        .provider_id = run->id,
                        .argument = ADDRESS,
                        .value = entry.id,
                        .nic = port};
    assert_int_equal(ask(run, &call).kind, REPLY_OK);
    assert_string_equal(value_scalar(show(run).values[FIELD_FLOATING_IP]), ADDRESS);
    entry = address_entry(run, ADDRESS);
    assert_string_equal(entry.port, port);
    if (tells_server)
        assert_string_equal(entry.holder, run->id);
    else
        assert_null(entry.holder);
    call.value = address_entry(run, "203.0.113.11").id;
    assert_int_equal(ask(run, &call).kind, REPLY_CONFLICT); /* the port has one */
    call.nic = "00000000-0000-4000-8000-000000000000";
    assert_int_equal(ask(run, &call).kind, REPLY_INVALID);
    call = (struct call){.kind = CALL_RELEASE_FLOATING_IP, .provider_id = run->id, .value = "none"};
    assert_int_equal(ask(run, &call).kind, REPLY_INVALID); /* of the address: no sign of the server's end */
    act(run, CALL_RELEASE_FLOATING_IP, ADDRESS, entry.id);
    assert_string_equal(value_scalar(show(run).values[FIELD_FLOATING_IP]), FLOATING_NONE);
    assert_null(address_entry(run, ADDRESS).port);
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
    assert_int_equal(show(run).phase, PHASE_BUSY);
    wait_for(run, PHASE_STOPPED);
    act(run, CALL_START, NULL, NULL);
    wait_for(run, PHASE_RUNNING);
    act(run, CALL_REBOOT, "SOFT", NULL);
    wait_for(run, PHASE_RUNNING);
    act(run, CALL_SHELVE, NULL, NULL);
    wait_for(run, PHASE_SHELVED);
    act(run, CALL_UNSHELVE, NULL, NULL);
    wait_for(run, PHASE_RUNNING);
}

static void change_flavor(struct run *run, bool confirms_itself)
{
    const char *flavor = id_of(run, CATALOGUE_FLAVOR, "m2.c2m4");
    act(run, CALL_RESIZE, flavor, NULL);
    if (!confirms_itself) {
        wait_for(run, PHASE_CONFIRM_RESIZE);
        assert_int_equal(show(run).rests, PHASE_RUNNING);
        act(run, CALL_CONFIRM_RESIZE, NULL, NULL);
    }
    wait_for(run, PHASE_RUNNING);
    struct facts facts = show(run);
    assert_string_equal(value_scalar(facts.values[FIELD_FLAVOR]), flavor);
}

/* The image of that name, which must be listed. */
static enum entry_state image_named(struct run *run, const char *name)
{
    struct reply reply = look_up(run, CATALOGUE_IMAGE);
    for (uint32_t i = 0; i < reply.entry_count; i++)
        if (text_equal(reply.entries[i].name, name)) return reply.entries[i].state;
    fail_msg("no image named %s", name);
    return ENTRY_BROKEN;
}

static void save_image(struct run *run)
{
    static const char name[] = "setpoint-prod-web-1-20260131T030000Z";
    act(run, CALL_STOP, NULL, NULL);
    wait_for(run, PHASE_STOPPED);
    act(run, CALL_SNAPSHOT, name, NULL);
    assert_int_equal(image_named(run, name), ENTRY_COMING);
    wait_for(run, PHASE_STOPPED);
    assert_int_equal(image_named(run, name), ENTRY_USABLE);
}

/* The same server, and what is on it but its root disk. */
static void change_image(struct run *run)
{
    const char *image = id_of(run, CATALOGUE_IMAGE, "setpoint-prod-web-1-20260131T030000Z");
    struct facts before = show(run);
    act(run, CALL_REBUILD, image, NULL);
    assert_int_equal(show(run).phase, PHASE_BUSY);
    wait_for(run, PHASE_STOPPED);
    struct facts facts = show(run);
    assert_string_equal(value_scalar(facts.values[FIELD_IMAGE]), image);
    assert_string_equal(facts.name, before.name);
    assert_true(value_equal(facts.values[FIELD_METADATA], before.values[FIELD_METADATA]));
    assert_true(facts.mark_whole);
    act(run, CALL_START, NULL, NULL);
    wait_for(run, PHASE_RUNNING);
}

static void check_refusals(struct run *run)
{
    struct call twice = {.kind = CALL_START, .provider_id = run->id};
    assert_int_equal(ask(run, &twice).kind, REPLY_CONFLICT);
    struct call nobody = {.kind = CALL_STOP, .provider_id = "00000000-0000-4000-8000-000000000000"};
    assert_int_equal(ask(run, &nobody).kind, REPLY_ABSENT);
    struct call flavor = {.kind = CALL_RESIZE, .provider_id = run->id, .argument = "nope"};
    assert_int_equal(ask(run, &flavor).kind, REPLY_INVALID);
    struct access good = run->access;
    run->access.token = "00000000000000000000000000000000";
    assert_int_equal(ask(run, &twice).kind, REPLY_AUTH);
    run->access = good;
}

static void remove_server(struct run *run)
{
    act(run, CALL_DELETE, NULL, NULL);
    run->now_ms += SOON_MS;
    struct call call = {.kind = CALL_LOOK, .look = LOOK_SERVER, .provider_id = run->id};
    assert_int_equal(ask(run, &call).kind, REPLY_ABSENT);
    struct call list = {.kind = CALL_LOOK, .look = LOOK_LIST};
    assert_int_equal(ask(run, &list).server_count, 0);
}

/* What nhn-v2 says of a server that does not boot from a local disk. */
static void check_no_image(struct run *run)
{
    struct call call = {.kind = CALL_SNAPSHOT, .provider_id = run->id, .argument = "snap"};
    struct reply reply = ask(run, &call);
    assert_int_equal(reply.kind, REPLY_INVALID);
    assert_non_null(strstr(reply.message, "U2"));
}

static void whole_life(struct run *run, const char *networks[3], bool confirms_itself)
{
    create(run, networks);
    check_listed(run, LOOK_LIST, run->config.traits->lists_end_empty);
    check_listed(run, LOOK_CHANGES, false);
    change_keypairs(run);
    change_fields(run);
    change_address(run, !confirms_itself);
    change_power(run);
    change_flavor(run, confirms_itself);
    if (run->provider->traits->fields[FIELD_IMAGE].rebuilds) {
        save_image(run);
        change_image(run);
    } else {
        check_no_image(run);
    }
    check_refusals(run);
    remove_server(run);
}

static void test_openstack(void **state)
{
    (void)state;
    struct run run;
    start(&run, CLOUD_OPENSTACK);
    const char *networks[3] = {"network", id_of(&run, CATALOGUE_NETWORK, NULL), ""};
    look_up(&run, CATALOGUE_SUBNET);
    look_up(&run, CATALOGUE_SECURITY_GROUP);
    whole_life(&run, networks, false);
    end(&run);
}

/* The subnet by its id: it is what NHN's guide shows. */
static void test_nhn_v2(void **state)
{
    (void)state;
    struct run run;
    start(&run, CLOUD_NHN_V2);
    const char *networks[3] = {"subnet", "b83863ff-0355-4c73-8c10-0bdf66a69aab", ""};
    look_up(&run, CATALOGUE_SECURITY_GROUP);
    whole_life(&run, networks, true);
    end(&run);
}

enum { PRELOADED = 2500 };

/* Every server once. A cloud that tells nothing, and gives fewer than are asked, is asked on until nothing
   comes. */
static void check_pages(bool links, unsigned page_max, unsigned expected)
{
    struct run run;
    struct cloud_options options = options_of(CLOUD_NHN_V2);
    options.page_links = links;
    options.page_max = page_max;
    start_with(&run, &options);
    assert_int_equal(cloud_preload(run.cloud, 0, PRELOADED, "load"), PRELOADED);
    run.now_ms += SOON_MS;
    struct call call = {.kind = CALL_LOOK, .look = LOOK_LIST};
    unsigned pages = 0, servers = 0;
    do {
        struct reply reply = ask(&run, &call);
        assert_int_equal(reply.kind, REPLY_OK);
        servers += reply.server_count;
        pages++;
        call.page = reply.next_page;
    } while (call.page && pages < 100);
    assert_int_equal(servers, PRELOADED);
    assert_int_equal(pages, expected);
    end(&run);
}

static void test_pages(void **state)
{
    (void)state;
    check_pages(true, 1000, 4);
    check_pages(false, 1000, 4);
    check_pages(false, 100, 26);
    check_pages(false, 37, 69);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_openstack), cmocka_unit_test(test_nhn_v2),
                                       cmocka_unit_test(test_pages)};
    return UNIT_RUN(tests);
}
