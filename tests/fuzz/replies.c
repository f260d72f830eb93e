/* What clouds answer: status, headers and body as bytes, through every provider's decoder. Whatever comes,
   the reply is one that the core may be given.

   Input: provider, kind of call, kind of look, status, header bits (a byte each), then the body. */
#include <string.h>

#include "providers/provider.h"
#include "reconcile/base/cleanup.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/input.h"

enum { BODY_MAX = 1 << 20, LOGIN = CALL_COUNT };

static const int statuses[] = {200, 201, 202, 204, 300, 400, 401, 403, 404,
                               409, 413, 429, 500, 502, 503, 0,   -1};
enum { STATUSES = sizeof statuses / sizeof *statuses };

static const struct http_header headers[] = {{"Content-Type", "application/json"},
                                             {"Retry-After", "17"},
                                             {"Retry-After", "Sat, 21 Nov 2026 06:00:00 GMT"},
                                             {"Date", "Sat, 21 Nov 2026 05:00:00 GMT"},
                                             {"x-openstack-request-id", "req-\x1b[2J-1"},
                                             {"X-Subject-Token", "gAAAA"},
                                             {"Location", "http://127.0.0.1/servers/x"},
                                             {"Content-Type", "text/html"}};

static struct http_response response_of(struct input *input, struct http_header *chosen, struct arena *arena)
{
    struct http_response response = {.status = statuses[input_below(input, STATUSES)], .headers = chosen};
    unsigned bits = input_byte(input);
    for (unsigned i = 0; i < 8; i++)
        if (bits & 1u << i) chosen[response.header_count++] = headers[i];
    response.transport = response.status ? TRANSPORT_DONE : TRANSPORT_BROKEN;
    response.problem = response.status ? NULL : "timed out after 30 s";
    response.body = arena_bytes(arena, input->at, input->left);
    response.body_size = input->left;
    return response;
}

static struct cloud_config cloud_of(const struct provider *provider)
{
    return (struct cloud_config){.name = "alpha",
                                 .traits = provider->traits,
                                 .region = "KR1",
                                 .interface = "public",
                                 .auth_form = &provider->traits->auth_forms[0],
                                 .auth_url = "http://127.0.0.1:1/identity",
                                 .allow_plain_http = true,
                                 .file = "setpoint.yaml"};
}

static void check_text(const char *text)
{
    FUZZ_CHECK(text);
    FUZZ_CHECK(strlen(text) <= BODY_MAX);
}

static void check_value(struct value value)
{
    for (unsigned i = 0; i < (unsigned)value.rows * value.columns; i++)
        check_text(value.cells[i]);
}

static void check_facts(const struct facts *facts)
{
    check_text(facts->id);
    check_text(facts->name);
    check_text(facts->status);
    check_text(facts->fault);
    FUZZ_CHECK(facts->id[0] && strlen(facts->id) <= LIMIT_ID);
    FUZZ_CHECK(facts->phase < PHASE_COUNT && facts->rests < PHASE_COUNT);
    FUZZ_CHECK(facts->seen < FIELD_BIT(FIELD_COUNT));
    FUZZ_CHECK(!facts->mark_whole || facts->marked);
    for (unsigned i = 0; i < FIELD_COUNT; i++)
        if (facts->seen & FIELD_BIT(i)) check_value(facts->values[i]);
}

static void check_entry(const struct catalogue_entry *entry)
{
    check_text(entry->id);
    check_text(entry->name);
}

static void check_reply(const struct reply *reply, const struct call *call)
{
    FUZZ_CHECK(reply->kind < REPLY_KIND_COUNT);
    check_text(reply->message);
    check_text(reply->request_id);
    FUZZ_CHECK(reply->retry_after_ms >= 0 && reply->date_wall_ms >= -1 && reply->total >= -1);
    FUZZ_CHECK(!reply->not_sent || reply->kind == REPLY_TRANSPORT);
    if (reply->provider_id) FUZZ_CHECK(reply->provider_id[0] && strlen(reply->provider_id) <= LIMIT_ID);
    for (uint32_t i = 0; i < reply->server_count; i++)
        check_facts(&reply->servers[i]);
    for (uint32_t i = 0; i < reply->entry_count; i++)
        check_entry(&reply->entries[i]);
    if (reply->kind != REPLY_OK && call->kind == CALL_LOOK)
        FUZZ_CHECK(!reply->next_page && reply->server_count == 0 && reply->entry_count == 0);
    if (reply->next_page) FUZZ_CHECK(reply->next_page[0]);
}

static void check_login(const struct provider *provider, const struct http_response *response,
                        struct arena *arena)
{
    struct cloud_config cloud = cloud_of(provider);
    struct access access = {0};
    struct error err = {0};
    enum reply_kind kind = REPLY_OK;
    struct now now = {1000, INT64_C(1795240800000)};
    if (provider->decode_check && provider->decode_check(response, "gAAAA"))
        FUZZ_CHECK(response->status / 100 == 2);
    if (provider->is_doubtful && provider->is_doubtful(response))
        FUZZ_CHECK(provider->is_unauthorized(response));
    if (!provider->decode_login(&cloud, response, now, arena, &access, &kind, &err)) {
        FUZZ_CHECK(kind != REPLY_OK && kind < REPLY_KIND_COUNT && err.text[0]);
        return;
    }
    check_text(access.token);
    check_text(access.fingerprint);
    check_text(access.endpoints[SERVICE_COMPUTE]);
    FUZZ_CHECK(access.token[0] && access.fingerprint[0] && access.expires_wall_ms >= -1);
}

static const struct provider *provider_of(struct input *input)
{
    unsigned count = 0;
    while (provider_all()[count])
        count++;
    return provider_all()[input_below(input, count)];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct create_order order = {.name = "web-1"};
    struct input input = {data, size};
    struct http_header chosen[8];
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    if (size > BODY_MAX) return 0;
    const struct provider *provider = provider_of(&input);
    unsigned kind = input_below(&input, LOGIN + 1), look = input_byte(&input);
    struct http_response response = response_of(&input, chosen, &arena);
    if (kind == LOGIN) {
        check_login(provider, &response, &arena);
        return 0;
    }
    struct cloud_config cloud = cloud_of(provider);
    struct call call = {.id = 7,
                        .kind = (enum call_kind)kind,
                        .cloud = "alpha",
                        .provider_id = "5e3c1f0a-0000-4000-8000-000000000001",
                        .argument = "x",
                        .look = (enum look_kind)(look % LOOK_KIND_COUNT),
                        .catalogue = (enum catalogue_kind)(look / LOOK_KIND_COUNT % CATALOGUE_KIND_COUNT),
                        .create = kind == CALL_CREATE ? &order : NULL};
    struct reply reply = {0};
    provider->decode(&cloud, &call, &response, &arena, &reply);
    check_reply(&reply, &call);
    return 0;
}
