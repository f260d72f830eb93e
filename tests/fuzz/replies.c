/* What one cloud is asked and answers: what is configured and wanted becomes a request that is fit to be
   sent, or a refusal with a reason; status, headers and body as bytes become a reply that the core may be
   given. exchange.h tells the input. */
#include "tests/fuzz/replies.h"

#include <cjson/cJSON.h>
#include <string.h>

#include "reconcile/base/cleanup.h"
#include "reconcile/base/limits.h"
#include "tests/fuzz/exchange.h"
#include "tests/fuzz/fuzz.h"

enum { BODY_MAX = 1 << 20 };

/* Nothing in it ends a line of HTTP, or the URL. */
static void check_line(const char *text, char least)
{
    FUZZ_CHECK(text);
    for (; *text; text++)
        FUZZ_CHECK((unsigned char)*text >= (unsigned char)least && *text != 0x7f);
}

/* What a transport may be given. */
static void check_request(const struct http_request *request)
{
    FUZZ_CHECK(request->method && request->url && text_starts(request->url, "http"));
    check_line(request->url, '!');
    FUZZ_CHECK(request->header_count <= HTTP_HEADERS_MAX);
    for (uint32_t i = 0; i < request->header_count; i++) {
        FUZZ_CHECK(request->headers[i].name[0]);
        check_line(request->headers[i].value, ' ');
    }
    if (!request->body) return;
    FUZZ_CHECK(strlen(request->body) == request->body_size);
    cJSON *json = cJSON_ParseWithOpts(request->body, NULL, true);
    FUZZ_CHECK(json);
    cJSON_Delete(json);
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

static void check_encoded(bool encoded, const struct http_request *request, const struct error *err)
{
    if (encoded)
        check_request(request);
    else
        FUZZ_CHECK(err->text[0]);
}

static void check_access(const struct access *access)
{
    check_text(access->token);
    check_text(access->fingerprint);
    check_text(access->endpoints[SERVICE_COMPUTE]);
    check_line(access->token, ' ');
    FUZZ_CHECK(access->token[0] && access->fingerprint[0] && access->expires_wall_ms >= -1);
}

/* What a log-in yields serves to ask for something. */
static void check_use(const struct provider *provider, const struct exchange *exchange, struct arena *arena,
                      const struct access *access)
{
    struct http_request request = {0};
    struct error err = {0};
    struct call list = {.id = 8, .kind = CALL_LOOK, .cloud = "alpha", .look = LOOK_LIST};
    check_access(access);
    bool encoded = provider->encode(&exchange->cloud, access, &list, arena, &request, &err);
    check_encoded(encoded, &request, &err);
}

static void check_login(const struct provider *provider, const struct exchange *exchange, struct arena *arena)
{
    struct http_request request = {0};
    struct access access = {0};
    struct error err = {0};
    enum reply_kind kind = REPLY_OK;
    struct now now = {1000, INT64_C(1795240800000)};
    bool encoded = provider->encode_login(&exchange->cloud, exchange->credentials, exchange->credential_count,
                                          arena, &request, &err);
    check_encoded(encoded, &request, &err);
    err = (struct error){0};
    if (provider->decode_login(&exchange->cloud, &exchange->response, now, arena, &access, &kind, &err))
        check_use(provider, exchange, arena, &access);
    else
        FUZZ_CHECK(kind != REPLY_OK && kind < REPLY_KIND_COUNT && err.text[0]);
}

/* Of a token: whether it counts still, and its end. */
static void check_token(const struct provider *provider, const struct exchange *exchange, struct arena *arena)
{
    struct http_request request = {0};
    struct error err = {0};
    if (provider->encode_check) {
        bool encoded = provider->encode_check(&exchange->cloud, &exchange->access, arena, &request, &err);
        check_encoded(encoded, &request, &err);
        if (provider->decode_check(&exchange->response, exchange->access.token))
            FUZZ_CHECK(exchange->response.status / 100 == 2);
    }
    if (!provider->encode_logout) return;
    bool encoded = provider->encode_logout(&exchange->cloud, &exchange->access, arena, &request, &err);
    check_encoded(encoded, &request, &err);
}

static void check_call(const struct provider *provider, const struct exchange *exchange, struct arena *arena)
{
    const struct http_response *response = &exchange->response;
    struct http_request request = {0};
    struct error err = {0};
    struct reply reply = {0};
    bool encoded =
        provider->encode(&exchange->cloud, &exchange->access, &exchange->call, arena, &request, &err);
    check_encoded(encoded, &request, &err);
    if (provider->is_unauthorized) provider->is_unauthorized(response);
    if (provider->is_doubtful && provider->is_doubtful(response))
        FUZZ_CHECK(provider->is_unauthorized(response));
    provider->decode(&exchange->cloud, &exchange->call, response, arena, &reply);
    check_reply(&reply, &exchange->call);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const checks[])(const struct provider *, const struct exchange *, struct arena *) = {
        [EXCHANGE_CALL] = check_call, [EXCHANGE_LOGIN] = check_login, [EXCHANGE_CHECK] = check_token};
    const struct provider *provider = provider_by_name(replies_provider);
    struct exchange exchange;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    if (size > BODY_MAX) return 0;
    exchange_read(provider, arena_bytes(&arena, data, size), size, &arena, &exchange);
    checks[exchange.kind](provider, &exchange, &arena);
    return 0;
}
