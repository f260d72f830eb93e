#include "tests/sim/judge_news.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/grow.h"
#include "tests/sim/judge_news_state.h"

/* Who is notified: what leaves for a target, what it took, and what that says of each subject. */

enum { NAMES_MOST = 20, UNSAVED_MS = 60000 /* a failed save is tried again */ };

struct news *judge_news_new(const struct judge_setup *setup)
{
    if (setup->target_count == 0) return NULL;
    struct news *news = grow_to(NULL, sizeof *news);
    *news = (struct news){.target_count = setup->target_count, .unsaved_ms = INT64_MIN / 2};
    memcpy(news->targets, setup->targets, sizeof news->targets);
    return news;
}

void judge_news_free(struct news *news)
{
    if (!news) return;
    for (unsigned i = 0; i < news->letter_count; i++) {
        free(news->letters[i].text);
        free(news->letters[i].names);
    }
    free(news->letters);
    free(news->said);
    free(news->absences);
    free(news->blurs);
    free(news->watched);
    free(news);
}

/* --- subjects --- */

unsigned news_target(const struct news *news, const char *name)
{
    unsigned place = 0;
    while (place < news->target_count && strcmp(news->targets[place].name, name) != 0)
        place++;
    return place;
}

static int source_find(const struct judge *judge, const char *name, size_t length)
{
    for (unsigned i = 0; i < judge->setup.source_count; i++)
        if (strncmp(judge->sources[i].manifest.name, name, length) == 0 &&
            judge->sources[i].manifest.name[length] == '\0')
            return (int)i;
    return -1;
}

int news_source(const struct judge *judge, const char *key)
{
    if (key[0] == '!') {
        const char *source = strstr(key, " source ");
        return source ? source_find(judge, source + 8, strlen(source + 8)) : -1;
    }
    return source_find(judge, key, strcspn(key, "/"));
}

/* "prod/p-001"; key pairs have one name on all their clouds: "prod/shared@alpha". */
void news_key(const struct judge *judge, const char *name, size_t length, const char *cloud,
              char out[KEY_SIZE])
{
    char source[FLEET_NAME] = "", own[KEY_SIZE];
    size_t slash = strcspn(name, "/");
    snprintf(out, KEY_SIZE, "%.*s", (int)length, name);
    if (slash >= length || slash >= sizeof source) return;
    memcpy(source, name, slash);
    snprintf(own, sizeof own, "%s", out + slash + 1);
    if (judge_is_key(judge, source, own)) snprintf(out, KEY_SIZE, "%.*s@%s", (int)length, name, cloud);
}

struct said *news_said(struct news *news, unsigned target, const char *key)
{
    for (unsigned i = 0; i < news->said_count; i++)
        if (news->said[i].target == target && strcmp(news->said[i].key, key) == 0) return &news->said[i];
    return NULL;
}

static struct said *said_of(struct news *news, unsigned target, const char *key)
{
    struct said *said = news_said(news, target, key);
    if (said) return said;
    said = GROW(news->said, news->said_count, news->said_room);
    said->target = target;
    snprintf(said->key, sizeof said->key, "%s", key);
    return said;
}

void news_blur(struct news *news, unsigned target, const char *source, const char *cloud)
{
    struct blur *blur = GROW(news->blurs, news->blur_count, news->blur_room);
    *blur = (struct blur){.target = target, .at = ++news->order};
    snprintf(blur->source, sizeof blur->source, "%s", source);
    snprintf(blur->cloud, sizeof blur->cloud, "%s", cloud);
}

/* cloud "" = not told which. */
bool news_is_unknown(const struct news *news, unsigned target, const struct said *said, const char *key,
                     const char *cloud)
{
    if (said && said->unknown) return true;
    for (unsigned i = 0; i < news->blur_count; i++) {
        const struct blur *blur = &news->blurs[i];
        size_t length = strlen(blur->source);
        if (blur->target != target || (said && blur->at <= said->at)) continue;
        if (length > 0 && (strncmp(blur->source, key, length) != 0 || key[length] != '/')) continue;
        if (!blur->cloud[0] || !cloud[0] || strcmp(blur->cloud, cloud) == 0) return true;
    }
    return false;
}

static bool is_wanted(const struct judge *judge, const char *key)
{
    int place = news_source(judge, key);
    const char *name = strchr(key, '/'), *at = strchr(key, '@');
    if (place < 0 || !name) return true; /* a brake */
    const struct source_note *source = &judge->sources[place];
    if (source->absent || source->manifest.health == FLEET_EMPTY) return false;
    if (!at) {
        int object = object_of_mark(judge, key);
        return object >= 0 && judge->objects[object].wanted;
    }
    for (unsigned i = 0; i < FLEET_KEYS; i++) {
        const struct key_wish *wish = &source->keys[i];
        size_t length = strlen(wish->name);
        if (!wish->present || strncmp(wish->name, name + 1, length) != 0 || name[1 + length] != '@') continue;
        for (unsigned k = 0; k < judge->setup.cloud_count; k++)
            if (strcmp(judge->setup.cloud_names[k], at + 1) == 0) return wish->clouds & 1u << k;
    }
    return false;
}

static void note_absence(struct judge *judge, const char *key)
{
    struct news *news = judge->news;
    unsigned place = 0;
    bool wanted = is_wanted(judge, key);
    while (place < news->absence_count && strcmp(news->absences[place].key, key) != 0)
        place++;
    if (place == news->absence_count) {
        if (wanted) return;
        struct absence *absence = GROW(news->absences, news->absence_count, news->absence_room);
        snprintf(absence->key, sizeof absence->key, "%s", key);
        absence->lasts = true;
    }
    struct absence *absence = &news->absences[place];
    if (absence->lasts) absence->until_ms = judge->now_ms;
    absence->lasts = !wanted;
}

void judge_news_wanted(struct judge *judge, unsigned source)
{
    char key[KEY_SIZE];
    const struct source_note *note = &judge->sources[source];
    for (unsigned i = 0; judge->news && i < judge->object_count; i++) {
        if (judge->objects[i].source != source) continue;
        snprintf(key, sizeof key, "%s/%s", note->manifest.name, judge->objects[i].name);
        note_absence(judge, key);
    }
    for (unsigned i = 0; judge->news && i < FLEET_KEYS; i++)
        for (unsigned cloud = 0; cloud < judge->setup.cloud_count; cloud++) {
            snprintf(key, sizeof key, "%s/%s@%s", note->manifest.name, note->manifest.keys[i].name,
                     judge->setup.cloud_names[cloud]);
            note_absence(judge, key);
        }
}

bool news_is_forgotten(const struct news *news, const struct said *said)
{
    for (unsigned i = 0; i < news->absence_count; i++)
        if (strcmp(news->absences[i].key, said->key) == 0)
            return news->absences[i].lasts || news->absences[i].until_ms >= said->made_ms;
    return false;
}

/* --- one transition --- */

static bool hears_all_kinds(const struct fleet_target *target)
{
    return target->kinds == (1u << FLEET_NEWS) - 1;
}

static void judge_turn(struct judge *judge, const struct said *said, const struct judge_message *message)
{
    bool spoken = said->reason[0] != '\0', stood = spoken && !said->over;
    bool forgotten = news_is_forgotten(judge->news, said);
    judge_tested(judge, PROMISE_NEWS);
    if (message->over && !stood && !forgotten)
        judge_fail(judge, PROMISE_NEWS, "%s is told that %s of %s is over, and %s", message->target,
                   message->reason, said->key,
                   spoken ? "that it is over was told before" : "was not told of it");
    if (message->over && stood && strcmp(said->reason, message->reason) != 0)
        judge_fail(judge, PROMISE_NEWS, "%s is told that %s of %s is over, and knows it as %s",
                   message->target, message->reason, said->key, said->reason);
    if (!message->over && stood && !forgotten && !news_differ(said->reason, message->reason))
        judge_fail(judge, PROMISE_NEWS, "%s is told twice in a row that %s is %s, which it knows as %s",
                   message->target, said->key, message->reason, said->reason);
}

static void say(struct judge *judge, unsigned target, const struct judge_message *message, const char *key,
                const struct letter *letter)
{
    struct news *news = judge->news;
    struct said *said = said_of(news, target, key);
    bool unknown = letter->vague || news_is_unknown(news, target, said, key, message->cloud);
    if (!unknown && !judge->another && hears_all_kinds(&news->targets[target]))
        judge_turn(judge, said, message);
    said->over = message->over;
    said->unknown = letter->vague;
    said->made_ms = letter->made_ms;
    said->at = ++news->order;
    snprintf(said->reason, sizeof said->reason, "%s", message->reason);
}

/* The subjects that it names, one after the other; false: no more. */
static bool name_next(const struct judge *judge, const char **at, const char *kind, const char *reason,
                      const char *cloud, char out[KEY_SIZE])
{
    size_t length = strcspn(*at, "\n");
    if (length == 0) return false;
    if (strcmp(kind, "Brake") == 0)
        snprintf(out, KEY_SIZE, "!%s %.*s", reason, (int)length, *at);
    else
        news_key(judge, *at, length, cloud, out);
    *at += length + ((*at)[length] == '\n');
    return true;
}

unsigned news_names(const char *names)
{
    unsigned count = names[0] != '\0';
    for (const char *at = names; *at; at++)
        count += *at == '\n';
    return count;
}

/* --- what it says --- */

bool news_is_asked_for(const struct judge *judge, const struct fleet_target *target, const char *kind,
                       int source, const char *cloud)
{
    for (unsigned i = 0; i < FLEET_NEWS; i++)
        if (kind && strcmp(fleet_news[i], kind) == 0 && !(target->kinds & 1u << i)) return false;
    if (target->sources && source >= 0 && !(target->sources & 1u << source)) return false;
    for (unsigned i = 0; i < judge->setup.cloud_count && target->clouds; i++)
        if (strcmp(judge->setup.cloud_names[i], cloud) == 0 && !(target->clouds & 1u << i)) return false;
    return true;
}

static void judge_content(struct judge *judge, const struct fleet_target *target,
                          const struct judge_message *m)
{
    unsigned names = news_names(m->names);
    const char *kind = m->over && strcmp(m->kind, "Brake") != 0 ? "Converged" : news_kind(m->reason),
               *at = m->names;
    char key[KEY_SIZE];
    judge_text(judge, "a notification", m->title);
    judge_text(judge, "a notification", m->message);
    judge_text(judge, "a notification", m->names);
    if (strcmp(m->owner, judge->setup.mark_owner) != 0)
        judge_fail(judge, PROMISE_NEWS, "a message of owner %s", m->owner);
    if (names > NAMES_MOST || names > m->count || (names < NAMES_MOST && names != m->count))
        judge_fail(judge, PROMISE_NEWS, "a message to %s counts %u and names %u: %s", m->target, m->count,
                   names, m->title);
    if (!kind || strcmp(kind, m->kind) != 0)
        judge_fail(judge, PROMISE_NEWS, "a message to %s says %s of %s", m->target, m->kind, m->reason);
    while (name_next(judge, &at, m->kind, m->reason, m->cloud, key))
        if (!news_is_asked_for(judge, target, m->kind, news_source(judge, key), m->cloud))
            judge_fail(judge, PROMISE_NEWS, "%s did not ask for %s of %s on %s", m->target, m->kind, key,
                       m->cloud);
}

static char *text_of(const struct judge_message *m)
{
    size_t size = strlen(m->names) + strlen(m->title) + strlen(m->message) + 400;
    char *text = grow_to(NULL, size);
    snprintf(text, size, "%lld|%s|%d|%s|%s|%s|%u|%s|%s|%s", (long long)m->wall_ms, m->kind, m->over,
             m->reason, m->source, m->cloud, m->count, m->names, m->title, m->message);
    return text;
}

struct letter *news_letter(struct news *news, unsigned target, const char *id)
{
    for (unsigned i = 0; i < news->letter_count; i++)
        if (news->letters[i].target == target && strcmp(news->letters[i].id, id) == 0)
            return &news->letters[i];
    return NULL;
}

struct letter *news_letter_new(struct news *news, unsigned target, const struct judge_message *m)
{
    struct letter *letter = GROW(news->letters, news->letter_count, news->letter_room);
    letter->target = target;
    letter->text = text_of(m);
    letter->names = grow_text(m->names);
    letter->count = m->count;
    letter->made_ms = INT64_MIN;
    snprintf(letter->id, sizeof letter->id, "%s", m->id);
    snprintf(letter->source, sizeof letter->source, "%s", m->source);
    snprintf(letter->cloud, sizeof letter->cloud, "%s", m->cloud);
    return letter;
}

bool news_is_stored(const struct rows *rows, const char *target, const char *id)
{
    for (unsigned i = 0; i < rows->count; i++)
        if (strcmp(rows_cell(rows, i, "target"), target) == 0 && strcmp(rows_cell(rows, i, "id"), id) == 0)
            return true;
    return false;
}

/* --- it leaves --- */

static void judge_manners(struct judge *judge, unsigned target, const struct judge_message *m, int64_t now_ms)
{
    struct news *news = judge->news;
    if (news->targets[target].absent)
        judge_fail(judge, PROMISE_NEWS, "a message to %s, which is not configured", m->target);
    if (news->busy[target][0])
        judge_fail(judge, PROMISE_NEWS, "%s gets %s while it has not answered %s", m->target, m->id,
                   news->busy[target]);
    if (now_ms < news->quiet_until_ms[target])
        judge_fail(judge, PROMISE_NEWS, "%s gets a message %lld s before it wants to be asked again",
                   m->target, (long long)(news->quiet_until_ms[target] - now_ms) / 1000);
    snprintf(news->busy[target], sizeof news->busy[target], "%s", m->id);
}

static void say_all(struct judge *judge, unsigned target, const struct judge_message *m,
                    const struct letter *letter)
{
    const char *at = m->names;
    char key[KEY_SIZE];
    while (name_next(judge, &at, m->kind, m->reason, m->cloud, key))
        say(judge, target, m, key, letter);
    if (m->count > news_names(m->names)) news_blur(judge->news, target, m->source, m->cloud);
}

void judge_news_sent(struct judge *judge, const struct judge_message *m, const struct rows *stored,
                     int64_t now_ms)
{
    struct news *news = judge->news;
    unsigned target = news ? news_target(news, m->target) : 0;
    if (!news || target == news->target_count) {
        judge_fail(judge, PROMISE_NEWS, "a message to %s, whom nobody named", m->target);
        return;
    }
    judge_tested(judge, PROMISE_NEWS);
    judge_manners(judge, target, m, now_ms);
    judge_content(judge, &news->targets[target], m);
    struct letter *letter = news_letter(news, target, m->id);
    if (!letter) letter = news_letter_new(news, target, m);
    char *text = text_of(m);
    if (strcmp(text, letter->text) != 0)
        judge_fail(judge, PROMISE_NEWS, "%s said %.120s, and now says %.120s", m->id, letter->text, text);
    free(text);
    letter->durable |= news_is_stored(stored, m->target, m->id);
    if (!letter->durable && !news->blind && now_ms - news->unsaved_ms > UNSAVED_MS)
        judge_fail(judge, PROMISE_NEWS, "%s leaves for %s and is not stored", m->id, m->target);
    if (!letter->sent) say_all(judge, target, m, letter);
    news->counts.over_starts += letter->sent && letter->process != news->process && !letter->twice;
    letter->twice |= letter->sent && letter->process != news->process;
    letter->process = news->process;
    letter->sent = true;
}
