#include "tests/unit/unit.h"

#include "tests/contract/nova/exchange.h"

#include <cjson/cJSON.h>

#include "reconcile/base/cleanup.h"

/* Every recorded exchange of a real Nova 26.2: its reply through the decoder against expected.txt (stated
   from the bodies by other means), and its request, where it is one that we send, against the encoder. */

enum { RECORDED_REPLIES = 229, RECORDED_REQUESTS = 173, PROJECT_PREFIX = 36 /* "/v2/" and 32 digits */ };

static const struct {
    const char *key;
    enum call_kind kind;
} ACTIONS[] = {
    {"os-start", CALL_START},
    {"os-stop", CALL_STOP},
    {"shelve", CALL_SHELVE},
    {"unshelve", CALL_UNSHELVE},
    {"resize", CALL_RESIZE},
    {"confirmResize", CALL_CONFIRM_RESIZE},
    {"reboot", CALL_REBOOT},
    {"addSecurityGroup", CALL_ADD_SECURITY_GROUP},
    {"removeSecurityGroup", CALL_REMOVE_SECURITY_GROUP},
};

static const struct {
    const char *path;
    enum catalogue_kind kind;
} CATALOGUES[] = {
    {"/flavors/detail", CATALOGUE_FLAVOR},
    {"/images/detail", CATALOGUE_IMAGE},
    {"/v2/images", CATALOGUE_IMAGE},
    {"/os-availability-zone", CATALOGUE_ZONE},
    {"/os-keypairs", CATALOGUE_KEYPAIR},
    {"/os-security-groups", CATALOGUE_SECURITY_GROUP},
    {"/v2.0/security-groups", CATALOGUE_SECURITY_GROUP},
};

/* The first text of {"outer": {"inner": text}}. */
static const char *inner_text(struct arena *arena, const cJSON *body)
{
    const cJSON *inner = body && body->child ? body->child->child : NULL;
    return cJSON_IsString(inner) ? arena_text(arena, inner->valuestring) : NULL;
}

static void call_of_action(struct arena *arena, const cJSON *body, struct call *out)
{
    assert_non_null(body);
    for (size_t i = 0; i < sizeof ACTIONS / sizeof ACTIONS[0]; i++)
        if (text_equal(body->child->string, ACTIONS[i].key)) out->kind = ACTIONS[i].kind;
    assert_int_not_equal(out->kind, CALL_NONE);
    out->argument = inner_text(arena, body);
}

/* method and path behind /servers/ID */
static void call_of_server(struct arena *arena, const struct exchange *exchange, const char *tail,
                           const cJSON *body, struct call *out)
{
    const char *method = exchange->method;
    if (text_equal(tail, "/action")) {
        call_of_action(arena, body, out);
    } else if (text_starts(tail, "/os-volume_attachments")) {
        out->kind = text_equal(method, "POST") ? CALL_ATTACH_VOLUME : CALL_DETACH_VOLUME;
        const char *slash = strrchr(tail, '/');
        out->argument = out->kind == CALL_ATTACH_VOLUME ? inner_text(arena, body) : slash + 1;
    } else if (text_starts(tail, "/metadata/")) {
        out->kind = CALL_SET_METADATA;
        out->argument = tail + strlen("/metadata/");
        out->value = inner_text(arena, body);
    } else {
        out->kind = text_equal(method, "DELETE") ? CALL_DELETE
                    : text_equal(method, "PUT")  ? CALL_RENAME
                                                 : CALL_LOOK;
        out->look = LOOK_SERVER;
        out->argument = out->kind == CALL_RENAME ? inner_text(arena, body) : NULL;
    }
}

static void call_of_others(const char *path, const char *method, const struct create_order *order,
                           struct call *out)
{
    out->kind = CALL_LOOK;
    if (text_equal(method, "POST")) {
        out->kind = CALL_CREATE;
        out->create = order;
    } else if (text_starts(path, "/servers")) {
        out->look = strstr(path, "changes-since") ? LOOK_CHANGES : LOOK_LIST;
    } else {
        out->look = LOOK_CATALOGUE;
        out->catalogue = CATALOGUE_NONE;
        for (size_t i = 0; i < sizeof CATALOGUES / sizeof CATALOGUES[0]; i++)
            if (text_equal(path, CATALOGUES[i].path)) out->catalogue = CATALOGUES[i].kind;
        assert_int_not_equal(out->catalogue, CATALOGUE_NONE);
    }
}

/* What call the recorded request is. */
static struct call call_of(struct arena *arena, const struct exchange *exchange, const char *path)
{
    static const struct create_order ORDER = {.name = "any"};
    struct call call = {.kind = CALL_NONE};
    cJSON *body = cJSON_Parse(exchange->request_body);
    const char *id = text_starts(path, "/servers/") ? path + strlen("/servers/") : "";
    if (*id && !text_starts(id, "detail")) {
        size_t length = strcspn(id, "/?");
        call.provider_id = arena_bytes(arena, id, length);
        call_of_server(arena, exchange, id + length, body, &call);
    } else {
        call_of_others(path, exchange->method, &ORDER, &call);
    }
    cJSON_Delete(body);
    return call;
}

static void show_set(struct text *out, const char *title, const struct facts *facts, enum field field)
{
    text_addf(out, " | %s=", title);
    struct value value = facts->values[field];
    if (!(facts->seen & FIELD_BIT(field))) text_add_char(out, '?');
    for (unsigned i = 0; i < value.rows; i++) {
        text_addf(out, "%s%s", i ? "," : "", value_cell(value, i, 0));
        if (value.columns == 2) text_addf(out, ":%s", value_cell(value, i, 1));
    }
}

static void show_server(struct text *out, const struct facts *facts)
{
    static const char *const LAUNCHED[] = {"unknown", "never", "once"};
    char created[32];
    instant_format(facts->created_wall_ms, created, sizeof created);
    text_addf(out, "%s | name=%s | status=%s | phase=%s | rests=%s", facts->id, facts->name, facts->status,
              phase_name(facts->phase), phase_name(facts->rests));
    show_set(out, "flavor", facts, FIELD_FLAVOR);
    show_set(out, "image", facts, FIELD_IMAGE);
    show_set(out, "zone", facts, FIELD_ZONE);
    show_set(out, "keypair", facts, FIELD_KEYPAIR);
    show_set(out, "groups", facts, FIELD_SECURITY_GROUPS);
    show_set(out, "volumes", facts, FIELD_VOLUMES);
    show_set(out, "metadata", facts, FIELD_METADATA);
    text_addf(out, " | launched=%s | created=%s | fault=%s\n", LAUNCHED[facts->launched], created,
              facts->fault);
}

static void show_entry(struct text *out, const struct call *call, const struct catalogue_entry *entry)
{
    text_addf(out, "%s %s", entry->id, entry->name);
    if (call->catalogue == CATALOGUE_FLAVOR) text_addf(out, " %u %u", entry->vcpus, entry->ram_mib);
    if (call->catalogue == CATALOGUE_ZONE) text_add(out, entry->available ? " available" : " down");
    text_add_char(out, '\n');
}

static void show_reply(struct text *out, const struct call *call, const struct reply *reply)
{
    text_addf(out, "%s %d %s\n", reply_kind_name(reply->kind), reply->http_status, reply->request_id);
    if (reply->kind != REPLY_OK) text_addf(out, "message=%s\n", reply->message);
    if (reply->provider_id) text_addf(out, "created %s\n", reply->provider_id);
    for (uint32_t i = 0; i < reply->server_count; i++)
        show_server(out, &reply->servers[i]);
    for (uint32_t i = 0; i < reply->entry_count; i++)
        show_entry(out, call, &reply->entries[i]);
    if (reply->next_page) text_addf(out, "next=%s\n", reply->next_page);
}

/* Is it a request that our encoder makes, to the letter? Lists and creates are not: they say more. */
static bool is_ours(const struct exchange *exchange, const struct call *call)
{
    if (call->kind == CALL_CREATE || (call->kind == CALL_LOOK && call->look != LOOK_SERVER)) return false;
    bool odd = call->argument && (!*call->argument || strlen(call->argument) > 255);
    return !odd && !text_equal(exchange->request_body, "not json");
}

static void check_request(struct arena *arena, const char *name, const struct exchange *exchange,
                          const struct call *call)
{
    struct cloud_config cloud = contract_cloud("openstack");
    struct access access = contract_access(arena, "https://nova.example/v2/project/");
    struct http_request request;
    struct error err = {0};
    if (!provider_by_name("openstack")->encode(&cloud, &access, call, arena, &request, &err))
        fail_msg("%s: %s", name, err.text);
    assert_string_equal(request.method, exchange->method);
    assert_string_equal(request.url + strlen("https://nova.example/v2/project"),
                        exchange->path + PROJECT_PREFIX);
    cJSON *ours = cJSON_Parse(request.body), *theirs = cJSON_Parse(exchange->request_body);
    if (theirs && !cJSON_Compare(ours, theirs, true)) fail_msg("%s: body %s", name, request.body);
    assert_int_equal(ours == NULL, theirs == NULL);
    assert_string_equal(http_header_find(request.headers, request.header_count, "x-auth-token"),
                        access.token);
    cJSON_Delete(ours);
    cJSON_Delete(theirs);
}

/* One block of expected.txt: "== FILE", then what show_reply prints. Returns the start of the next. */
static char *check_block(char *block, unsigned *requests)
{
    AUTO_ARENA struct arena arena;
    AUTO_TEXT struct text shown;
    arena_init(&arena);
    text_init(&shown, 1 << 20);
    char *name = block + strlen("== "), *expected = strchr(name, '\n') + 1;
    char *next = strstr(expected, "\n== ");
    expected[-1] = '\0';
    if (next) next[1] = '\0';
    struct exchange exchange;
    exchange_read(&arena, arena_printf(&arena, "recorded/%s", name), &exchange);
    bool compute = !text_starts(exchange.path, "/v2/images") && !text_starts(exchange.path, "/v2.0/");
    struct call call = call_of(&arena, &exchange, exchange.path + (compute ? PROJECT_PREFIX : 0));
    struct cloud_config cloud = contract_cloud("openstack");
    struct reply reply;
    provider_by_name("openstack")->decode(&cloud, &call, &exchange.response, &arena, &reply);
    show_reply(&shown, &call, &reply);
    if (!text_equal(shown.bytes, expected)) fail_msg("%s:\n%s\nexpected:\n%s", name, shown.bytes, expected);
    if (is_ours(&exchange, &call)) {
        check_request(&arena, name, &exchange, &call);
        ++*requests;
    }
    return next ? next + 1 : NULL;
}

static void test_every_recorded_exchange(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    size_t size;
    char *block = contract_file(&arena, "expected.txt", &size);
    unsigned replies = 0, requests = 0;
    for (; block; replies++) {
        block = check_block(block, &requests);
        if (block) *block = '=';
    }
    assert_int_equal(replies, RECORDED_REPLIES);
    assert_int_equal(requests, RECORDED_REQUESTS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_recorded_exchange)};
    return UNIT_RUN(tests);
}
