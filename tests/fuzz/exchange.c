#include "tests/fuzz/exchange.h"

#include <string.h>

#include "providers/ascii.h"
#include "providers/request.h"
#include "reconcile/base/text.h"

#define SERVER_ID "5e3c1f0a-0000-4000-8000-000000000001"

static const struct {
    const char *word;
    struct http_header header;
} headers[] = {{"json", {"Content-Type", "application/json"}},
               {"html", {"Content-Type", "text/html"}},
               {"retry-after", {"Retry-After", "17"}},
               {"retry-never", {"Retry-After", "99999999999999999999"}},
               {"retry-at", {"Retry-After", "Sat, 21 Nov 2026 06:00:00 GMT"}},
               {"date", {"Date", "Sat, 21 Nov 2026 05:00:00 GMT"}},
               {"date-bad", {"Date", "Sat, 31 Nov 2026 25:00:00 GMT"}},
               {"request-id", {"x-openstack-request-id", "req-\x1b[2J-1"}},
               {"token", {"X-Subject-Token", "gAAAA"}},
               {"token-bad", {"X-Subject-Token", "g\r\nA"}},
               {"location", {"Location", "http://127.0.0.1/servers/x"}}};
enum { HEADERS = sizeof headers / sizeof *headers };

static const int statuses[] = {200, 201, 202, 204, 301, 400, 401, 403, 404,
                               409, 413, 429, 500, 501, 502, 503, 0,   -1};
enum { STATUSES = sizeof statuses / sizeof *statuses };

static char *cut(char *at, char end)
{
    char *found = strchr(at, end);
    if (!found) return at + strlen(at);
    *found = '\0';
    return found + 1;
}

static unsigned hash_below(const char *word, unsigned bound)
{
    unsigned sum = 0;
    while (*word)
        sum = sum * 31 + (unsigned char)*word++;
    return sum % bound;
}

/* "security-group": a blank would end the word. */
static bool is_catalogue(const char *name, const char *word)
{
    while (*name && *word == (*name == ' ' ? '-' : *name)) {
        name++;
        word++;
    }
    return !*name && !*word;
}

static unsigned catalogue_of(const char *word)
{
    for (unsigned i = 0; i < CATALOGUE_KIND_COUNT; i++)
        if (is_catalogue(catalogue_kind_name((enum catalogue_kind)i), word)) return i;
    return hash_below(word, CATALOGUE_KIND_COUNT);
}

static void read_look(const char *word, struct call *call)
{
    static const char *const looks[LOOK_KIND_COUNT] = {"list", "changes", "server", "catalogue"};
    call->kind = CALL_LOOK;
    for (unsigned i = 0; i < LOOK_KIND_COUNT; i++)
        if (strcmp(looks[i], word) == 0) {
            call->look = (enum look_kind)i;
            return;
        }
    call->look = LOOK_CATALOGUE;
    call->catalogue = (enum catalogue_kind)catalogue_of(word);
}

static void read_what(const char *word, struct exchange *out)
{
    if (text_starts(word, "look:")) {
        read_look(word + 5, &out->call);
    } else if (strcmp(word, "log-in") == 0) {
        out->kind = EXCHANGE_LOGIN;
    } else if (strcmp(word, "check") == 0) {
        out->kind = EXCHANGE_CHECK;
    } else if (!call_from_name(word, &out->call.kind)) {
        out->call.kind = (enum call_kind)hash_below(word, CALL_COUNT);
    }
}

static void read_header(const char *word, struct exchange *out)
{
    uint32_t *count = &out->response.header_count;
    unsigned chosen = hash_below(word, HEADERS);
    for (unsigned i = 0; i < HEADERS; i++)
        if (strcmp(headers[i].word, word) == 0) chosen = i;
    if (*count < EXCHANGE_HEADERS_MAX) out->headers[(*count)++] = headers[chosen].header;
}

/* "200", "broken", "not-sent" */
static void read_status(const char *word, struct http_response *out)
{
    uint64_t number = 0;
    bool told = text_to_number(word, 599, &number) && number >= 100;
    out->status = told ? (int)number : statuses[hash_below(word, STATUSES)];
    if (strcmp(word, "broken") == 0 || strcmp(word, "not-sent") == 0) out->status = 0;
    if (out->status > 0) return;
    out->transport = strcmp(word, "not-sent") == 0 ? TRANSPORT_NOT_SENT : TRANSPORT_BROKEN;
    out->problem = "timed out after 30 s";
    out->status = 0;
}

static void read_head(char *line, struct exchange *out)
{
    char *next = cut(line, ' ');
    read_what(line, out);
    line = next;
    next = cut(line, ' ');
    read_status(line, &out->response);
    while (*next) {
        line = next;
        next = cut(line, ' ');
        read_header(line, out);
    }
}

/* "a|b|c" as rows of `columns` cells; what is missing of the last row is "". */
static struct value value_read(char *text, uint8_t columns, struct arena *arena)
{
    enum { CELLS_MAX = 64 };
    const char **cells = ARENA_ROW(arena, const char *, CELLS_MAX);
    unsigned count = 0;
    while (*text && count < CELLS_MAX) {
        char *next = cut(text, '|');
        cells[count++] = text;
        text = next;
    }
    while (count % columns != 0 && count < CELLS_MAX)
        cells[count++] = "";
    return (struct value){(uint16_t)(count / columns), columns, cells};
}

static struct value field_value(enum field field, char *text, struct arena *arena)
{
    const struct field_row *row = field_row(field);
    if (row->shape == SHAPE_SCALAR) return value_of_scalar(arena, text);
    return value_read(text, row->columns, arena);
}

/* What a place may hold: the rest of the product has checked it before a codec sees it. */
enum fitness { FIT_ANY, FIT_THERE, FIT_HEADER, FIT_URL, FIT_URL_THERE };

static bool is_fit(enum fitness fitness, const char *text)
{
    if (!text) return fitness == FIT_ANY || fitness == FIT_URL;
    if (fitness == FIT_URL || fitness == FIT_URL_THERE) return url_may_carry_secrets(text, true);
    for (const char *at = text; fitness == FIT_HEADER && *at; at++)
        if (!ascii_is_visible(*at)) return false;
    return fitness == FIT_ANY || text[0];
}

static void place_give(const char **place, enum fitness fitness, const char *text)
{
    if (is_fit(fitness, text)) *place = text;
}

/* false: none of that name. text NULL: it is not given. */
static bool read_text(struct exchange *out, const char *name, const char *text)
{
    struct call *call = &out->call;
    const struct {
        const char *name, **place;
        enum fitness fitness;
    } places[] = {{"id", &call->provider_id, FIT_ANY},
                  {"argument", &call->argument, FIT_ANY},
                  {"value", &call->value, FIT_ANY},
                  {"nic", &call->nic, FIT_ANY},
                  {"page", &call->page, FIT_ANY},
                  {"region", &out->cloud.region, FIT_ANY},
                  {"interface", &out->cloud.interface, FIT_THERE},
                  {"tenant", &out->cloud.tenant_uuid, FIT_ANY},
                  {"cluster", &out->cloud.cluster_uuid, FIT_ANY},
                  {"auth.url", &out->cloud.auth_url, FIT_ANY},
                  {"token", &out->access.token, FIT_HEADER},
                  {"fingerprint", &out->access.fingerprint, FIT_THERE}};
    for (unsigned i = 0; i < sizeof places / sizeof *places; i++) {
        if (strcmp(places[i].name, name) != 0) continue;
        place_give(places[i].place, places[i].fitness, text);
        return true;
    }
    return false;
}

/* endpoint.SERVICE=URL as a log-in found it, override.SERVICE=URL as an operator writes it. */
static bool read_endpoint(struct exchange *out, const char *name, const char *text)
{
    bool override = text_starts(name, "override.");
    if (!override && !text_starts(name, "endpoint.")) return false;
    for (unsigned i = 0; i < SERVICE_COUNT; i++) {
        if (strcmp(service_name((enum service)i), name + strlen("endpoint.")) != 0) continue;
        if (override)
            out->cloud.endpoints[i] = text;
        else
            place_give(&out->access.endpoints[i], i == SERVICE_COMPUTE ? FIT_URL_THERE : FIT_URL, text);
        return true;
    }
    return false;
}

static void add_credential(struct exchange *out, const char *name, const char *text)
{
    if (out->credential_count == EXCHANGE_CREDENTIALS_MAX) return;
    uint32_t place = out->credential_count++;
    out->credentials[place] = (struct credential){name, text};
    out->values[place] = (struct auth_value){.name = name, .text = text};
}

/* NAME=VALUE; NAME alone: it is not given. */
static void read_line(char *name, struct arena *arena, struct exchange *out)
{
    char *value = strchr(name, '=');
    enum field field;
    if (value) *value++ = '\0';
    if (read_text(out, name, value) || read_endpoint(out, name, value) || !value) return;
    if (strcmp(name, "set") == 0) {
        out->call.set = value_read(value, 1, arena);
    } else if (strcmp(name, "variant") == 0) {
        out->call.variant = (unsigned)(value[0] & 7); /* a digit */
    } else if (strcmp(name, "plain") == 0) {
        out->cloud.allow_plain_http = value[0] == '1';
    } else if (text_starts(name, "credential.")) {
        add_credential(out, name + 11, value);
    } else if (field_from_name(name, &field)) {
        out->order.given |= FIELD_BIT(field);
        out->order.values[field] = field_value(field, value, arena);
        if (field == FIELD_NAME) out->order.name = value;
    }
}

static void set_usual(const struct provider *provider, struct exchange *out)
{
    const struct traits *traits = provider->traits;
    *out = (struct exchange){.cloud = {.name = "alpha",
                                       .traits = traits,
                                       .region = "KR1",
                                       .interface = "public",
                                       .tenant_uuid = "t-1",
                                       .cluster_uuid = "c-1",
                                       .auth_form = &traits->auth_forms[0],
                                       .auth_url = "http://127.0.0.1:1/identity",
                                       .allow_plain_http = true,
                                       .file = "setpoint.yaml"},
                             .access = {.token = "gAAAA", .expires_wall_ms = -1, .fingerprint = "project-a"},
                             .call = {.id = 7,
                                      .cloud = "alpha",
                                      .provider_id = SERVER_ID,
                                      .argument = "x",
                                      .since_wall_ms = INT64_C(1795240700000)},
                             .order = {.name = "web-1",
                                       .mark = {.owner = "fuzz",
                                                .cloud = "alpha",
                                                .source = "lab",
                                                .name = "web-1",
                                                .attempt = "abcdefgh",
                                                .writer = "abcd"}},
                             .response = {.transport = TRANSPORT_DONE}};
    for (unsigned i = 0; i < SERVICE_COUNT; i++)
        out->access.endpoints[i] = "http://127.0.0.1:1/v2/p";
}

void exchange_read(const struct provider *provider, char *text, size_t size, struct arena *arena,
                   struct exchange *out)
{
    char *end = text + size, *next = cut(text, '\n');
    set_usual(provider, out);
    read_head(text, out);
    while (next < end && *next && *next != '\n') {
        char *line = next;
        next = cut(line, '\n');
        read_line(line, arena, out);
    }
    if (next < end && *next == '\n') next++;
    if (next > end) next = end;
    out->cloud.auth = out->values;
    out->cloud.auth_count = out->credential_count;
    out->response.headers = out->headers;
    out->response.body = arena_bytes(arena, next, (size_t)(end - next));
    out->response.body_size = (size_t)(end - next);
    if (out->call.kind == CALL_CREATE) out->call.create = &out->order;
}
