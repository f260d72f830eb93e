#include "providers/response.h"

#include <stdio.h>
#include <string.h>

#include "providers/ascii.h"
#include "providers/clean.h"
#include "reconcile/base/limits.h"
#include "reconcile/base/text.h"

const char *http_header_find(const struct http_header *headers, uint32_t count, const char *name)
{
    for (uint32_t i = 0; i < count; i++)
        if (text_equal_nocase(headers[i].name, name)) return headers[i].value;
    return NULL;
}

static int month_number(const char *name)
{
    static const char MONTHS[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    for (int i = 0; i < 12; i++)
        if (memcmp(MONTHS + 3 * i, name, 3) == 0) return i + 1;
    return 0;
}

/* 0 a digit, a a letter, anything else itself. */
static bool fits_form(const char *text, const char *form)
{
    for (; *form; form++, text++) {
        bool fits = *form == '0'   ? ascii_is_digit(*text)
                    : *form == 'a' ? ascii_is_letter(*text)
                                   : *text == *form;
        if (!fits) return false;
    }
    return *text == '\0';
}

bool http_date_parse(const char *text, int64_t *out_wall_ms)
{
    if (!text || !fits_form(text, "aaa, 00 aaa 0000 00:00:00 GMT")) return false;
    int month = month_number(text + 8);
    if (!month) return false;
    char iso[32];
    snprintf(iso, sizeof iso, "%.4s-%02d-%.2sT%.8sZ", text + 12, month, text + 5, text + 17);
    return instant_parse(iso, out_wall_ms);
}

static int64_t retry_after(const char *text, int64_t date_wall_ms)
{
    uint64_t seconds;
    int64_t until_ms, delay_ms;
    if (!text) return 0;
    if (text_to_number(text, UINT64_MAX, &seconds))
        delay_ms =
            seconds > RETRY_AFTER_MAX_MS / SECOND_MS ? RETRY_AFTER_MAX_MS : (int64_t)seconds * SECOND_MS;
    else if (date_wall_ms >= 0 && http_date_parse(text, &until_ms))
        delay_ms = until_ms - date_wall_ms;
    else
        return 0;
    return instant_min(instant_max(delay_ms, RETRY_AFTER_MIN_MS), RETRY_AFTER_MAX_MS);
}

void response_basics(const struct http_response *response, const char *const *id_headers, struct arena *arena,
                     struct reply *out)
{
    *out = (struct reply){.message = "", .request_id = "", .date_wall_ms = -1, .total = -1};
    if (response->transport != TRANSPORT_DONE) return;
    const struct http_header *headers = response->headers;
    uint32_t count = response->header_count;
    out->http_status = response->status;
    int64_t date_ms;
    if (http_date_parse(http_header_find(headers, count, "Date"), &date_ms)) out->date_wall_ms = date_ms;
    out->retry_after_ms = retry_after(http_header_find(headers, count, "Retry-After"), out->date_wall_ms);
    for (; *id_headers && !*out->request_id; id_headers++) {
        const char *id = http_header_find(headers, count, *id_headers);
        if (id) out->request_id = clean_text(arena, id, strlen(id), CLEAN_WORD_MAX);
    }
}

bool response_failed(const struct http_response *response, struct arena *arena, struct reply *out)
{
    if (response->transport == TRANSPORT_DONE) return false;
    out->kind = REPLY_TRANSPORT;
    out->not_sent = response->transport == TRANSPORT_NOT_SENT;
    out->message = response_message(response->problem ? response->problem : "no whole reply", arena);
    return true;
}

bool response_is_success(const struct http_response *response)
{
    return response->status >= 200 && response->status <= 299;
}

static char first_character(const struct http_response *response)
{
    for (size_t i = 0; i < response->body_size; i++)
        if (!ascii_is_blank(response->body[i])) return response->body[i];
    return '\0';
}

bool response_is_page(const struct http_response *response)
{
    return first_character(response) == '<';
}

static const char *body_noun(const struct http_response *response)
{
    char first = first_character(response);
    if (first == '\0') return "an empty body";
    if (response_is_page(response)) return "an HTML page";
    return first == '{' || first == '[' ? "JSON that is broken or not what the API promises"
                                        : "a body that is not JSON";
}

const char *response_strange(const struct http_response *response, struct arena *arena)
{
    return arena_printf(arena, "HTTP %d with %s", response->status, body_noun(response));
}

const char *response_message(const char *words, struct arena *arena)
{
    if (!words) return "";
    size_t size = strlen(words);
    while (size && ascii_is_blank(*words)) {
        words++;
        size--;
    }
    while (size && ascii_is_blank(words[size - 1]))
        size--;
    return clean_text(arena, words, size, LIMIT_WORDS);
}
