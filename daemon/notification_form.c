#include "daemon/notification_form.h"

#include <string.h>

#include "daemon/mail_text.h"
#include "providers/ascii.h"
#include "providers/clean.h"
#include "providers/json.h"
#include "reconcile/base/assert.h"
#include "reconcile/base/cleanup.h"
#include "reconcile/base/instant.h"

enum { WORD_MAX = 160, ID_MAX = 128, ATOM_MAX = 255 /* a host name */, STAMP_SIZE = 24 };

static const char *clean_whole(struct arena *arena, const char *text, size_t size_max)
{
    return text ? clean_text(arena, text, strlen(text), size_max) : "";
}

/* The texts as they may be shown. */
struct shown {
    const char *title, *message, *kind, *reason, *source, *cloud, *owner, *target, *id;
    const char *names[NOTIFICATION_NAMES];
    uint32_t name_count, more;
    char time[STAMP_SIZE];
};

static void names_split(const char *names, struct arena *arena, struct shown *out)
{
    for (const char *at = names ? names : ""; *at && out->name_count < NOTIFICATION_NAMES;) {
        size_t size = strcspn(at, "\n");
        if (size > 0) out->names[out->name_count++] = clean_text(arena, at, size, NOTIFICATION_NAME_MAX);
        at += size + (at[size] == '\n');
    }
}

static struct shown shown_of(const struct notification *notification, struct arena *arena)
{
    struct shown shown = {
        .title = clean_whole(arena, notification->title, NOTIFICATION_TITLE_MAX),
        .message = clean_whole(arena, notification->message, NOTIFICATION_MESSAGE_MAX),
        .kind = clean_whole(arena, notification->kind, WORD_MAX),
        .reason = clean_whole(arena, notification->reason, WORD_MAX),
        .source = clean_whole(arena, notification->source, WORD_MAX),
        .cloud = clean_whole(arena, notification->cloud, WORD_MAX),
        .owner = clean_whole(arena, notification->owner, WORD_MAX),
        .target = clean_whole(arena, notification->target, WORD_MAX),
        .id = clean_whole(arena, notification->id, ID_MAX),
    };
    names_split(notification->names, arena, &shown);
    if (notification->count > shown.name_count && shown.name_count > 0)
        shown.more = notification->count - shown.name_count;
    instant_format(notification->wall_ms, shown.time, sizeof shown.time);
    return shown;
}

/* Webhook */

static void add_pair_or_null(struct text *out, const char *key, const char *value)
{
    json_write_key(out, key);
    text_add_json(out, *value ? value : NULL);
}

void notification_webhook(const struct notification *notification, struct text *out)
{
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    struct shown shown = shown_of(notification, &arena);
    text_add_char(out, '{');
    json_write_pair(out, "id", shown.id);
    json_write_pair(out, "time", shown.time);
    json_write_pair(out, "owner", shown.owner);
    json_write_pair(out, "target", shown.target);
    json_write_pair(out, "kind", shown.kind);
    json_write_key(out, "over");
    text_add(out, notification->over ? "true" : "false");
    add_pair_or_null(out, "reason", shown.reason);
    add_pair_or_null(out, "source", shown.source);
    add_pair_or_null(out, "cloud", shown.cloud);
    json_write_key(out, "count");
    text_addf(out, "%u", notification->count);
    json_write_key(out, "names");
    for (uint32_t i = 0; i < shown.name_count; i++) {
        text_add_char(out, i == 0 ? '[' : ',');
        text_add_json(out, shown.names[i]);
    }
    text_add(out, shown.name_count > 0 ? "]" : "[]");
    json_write_pair(out, "title", shown.title);
    json_write_pair(out, "message", shown.message);
    text_add_char(out, '}');
    ASSERT(!out->overflow);
}

/* Slack */

static void add_mrkdwn(struct text *out, const char *part)
{
    for (; *part; part++) {
        if (*part == '&')
            text_add(out, "&amp;");
        else if (*part == '<')
            text_add(out, "&lt;");
        else if (*part == '>')
            text_add(out, "&gt;");
        else
            text_add_char(out, *part);
    }
}

static void add_mrkdwn_line(struct text *out, const char *before, const char *part, const char *after)
{
    if (!*part) return;
    if (out->length > 0) text_add_char(out, '\n');
    text_add(out, before);
    add_mrkdwn(out, part);
    text_add(out, after);
}

void notification_slack(const struct notification *notification, struct text *out)
{
    AUTO_ARENA struct arena arena;
    AUTO_TEXT struct text words;
    arena_init(&arena);
    text_init(&words, NOTIFICATION_FORM_MAX);
    struct shown shown = shown_of(notification, &arena);
    add_mrkdwn_line(&words, "*", shown.title, "*");
    add_mrkdwn_line(&words, "", shown.message, "");
    for (uint32_t i = 0; i < shown.name_count; i++)
        add_mrkdwn_line(&words, "\xE2\x80\xA2 ", shown.names[i], "");
    if (shown.more > 0) text_addf(&words, "\n\xE2\x80\xA6 and %u more", shown.more);
    add_mrkdwn_line(&words, "_", shown.id, "_");
    text_add(out, "{\"text\":");
    text_add_json(out, words.bytes);
    text_add_char(out, '}');
    ASSERT(!words.overflow && !out->overflow);
}

/* Mail */

static void add_body_line(struct text *body, const char *before, const char *value)
{
    if (*value) text_addf(body, "%s%s\n", before, value);
}

static void body_write(const struct notification *notification, const struct shown *shown, struct text *body)
{
    add_body_line(body, "", shown->title);
    text_add_char(body, '\n');
    if (*shown->message) text_addf(body, "%s\n\n", shown->message);
    for (uint32_t i = 0; i < shown->name_count; i++)
        add_body_line(body, "  ", shown->names[i]);
    if (shown->more > 0) text_addf(body, "  \xE2\x80\xA6 and %u more\n", shown->more);
    if (shown->name_count > 0) text_add_char(body, '\n');
    add_body_line(body, notification->over ? "is over: " : "kind:    ", shown->kind);
    add_body_line(body, "reason:  ", shown->reason);
    add_body_line(body, "source:  ", shown->source);
    add_body_line(body, "cloud:   ", shown->cloud);
    add_body_line(body, "time:    ", shown->time);
    add_body_line(body, "owner:   ", shown->owner);
    add_body_line(body, "id:      ", shown->id);
}

/* What may stand in a Message-ID (RFC 5322, 3.6.4: dot-atom-text) of the text. */
static const char *atom_of(const char *text, struct arena *arena)
{
    char *atom = arena_printf(arena, "%.*s", ATOM_MAX, *text ? text : "localhost");
    for (char *at = atom; *at; at++)
        if (!ascii_is_letter(*at) && !ascii_is_digit(*at) && !strchr("-_", *at) &&
            (*at != '.' || at == atom || at[1] == '.' || at[1] == '\0'))
            *at = '-';
    return atom;
}

void notification_mail(const struct notification *notification, const struct notify_target *target,
                       const char *host, struct text *out)
{
    AUTO_ARENA struct arena arena;
    AUTO_TEXT struct text body;
    arena_init(&arena);
    text_init(&body, NOTIFICATION_FORM_MAX);
    struct shown shown = shown_of(notification, &arena);
    body_write(notification, &shown, &body);
    mail_date(out, notification->wall_ms);
    text_addf(out, "Message-ID: <%s@setpoint.%s>\n", atom_of(shown.id, &arena), atom_of(host, &arena));
    if (target->from) mail_addresses(out, "From", &target->from, 1);
    mail_addresses(out, "To", target->to, target->to_count);
    mail_header(out, "Subject", shown.title);
    mail_header(out, "X-Setpoint-Notification", shown.id);
    text_add(out, "Auto-Submitted: auto-generated\nMIME-Version: 1.0\n"
                  "Content-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: quoted-printable\n");
    mail_body(out, body.bytes);
}
