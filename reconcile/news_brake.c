#include <string.h>

#include "reconcile/base/memory.h"
#include "reconcile/news_room.h"
#include "reconcile/notices.h"

static struct news_subject *brake_of(struct state *state, enum reason reason, const char *cloud,
                                     const char *source)
{
    struct news_room *room = state->news;
    for (uint32_t i = 0; i < room->brake_count; i++) {
        struct news_subject *brake = room->brakes[i];
        if (brake->reason == reason && strcmp(brake->cloud, cloud) == 0 && strcmp(brake->source, source) == 0)
            return brake;
    }
    ROW_RESERVE(room->brakes, room->brake_count, room->brake_room);
    struct news_subject *brake = room->brakes[room->brake_count++] = subject_new(NULL);
    brake->reason = reason;
    text_copy(brake->cloud, sizeof brake->cloud, cloud);
    text_copy(brake->source, sizeof brake->source, source);
    return brake;
}

static void take_notice(void *ctx, const struct notice *notice)
{
    struct state *state = ctx;
    if (reason_row(notice->reason)->news != NEWS_WHOLE) return;
    struct news_subject *brake = brake_of(state, notice->reason, notice->cloud ? notice->cloud->name : "",
                                          notice->source ? notice->source->name : "");
    brake->seen = true;
    brake->loaded = false;
    if (brake->message && strcmp(brake->message, notice->message) == 0) return;
    memory_free(brake->message);
    brake->message = memory_copy_text(notice->message);
}

/* What it is about was looked at since the start, so that its absence says something. */
static bool is_known(const struct state *state, const struct news_subject *brake)
{
    const struct cloud *cloud = brake->cloud[0] ? state_cloud(state, brake->cloud) : NULL;
    const struct source *source = brake->source[0] ? state_source(state, brake->source) : NULL;
    if (cloud && cloud->config) return cloud->first_complete_ms > 0;
    if (source && source->config) return source->read_once;
    return true;
}

static void brake_free(struct news_subject *brake)
{
    memory_free(brake->message);
    memory_free(brake);
}

/* false: nothing is to be said of it any more. */
static bool brake_judge(struct state *state, struct news_subject *brake)
{
    enum reason told = subject_told(brake);
    bool stands = brake->seen || (brake->loaded && !is_known(state, brake));
    if (stands == (told != REASON_COUNT)) {
        if (!brake->settling) subject_leave(state, brake);
        return stands || brake->group;
    }
    if (brake->settling) subject_leave(state, brake);
    subject_join(state, brake, (struct news_group){.whole = true, .over = !stands, .reason = brake->reason});
    return true;
}

void brakes_look(struct state *state)
{
    struct news_room *room = state->news;
    uint32_t left = 0;
    for (uint32_t i = 0; i < room->brake_count; i++)
        room->brakes[i]->seen = false;
    notices_walk(state, NULL, state->now, take_notice, state);
    for (uint32_t i = 0; i < room->brake_count; i++) {
        struct news_subject *brake = room->brakes[i];
        if (brake_judge(state, brake))
            room->brakes[left++] = brake;
        else
            brake_free(brake);
    }
    room->brake_count = left;
}

/* "!AuthFailed/nhn/" */
bool brake_load(struct state *state, const char *subject)
{
    char word[64], cloud[LIMIT_DOCUMENT_NAME + 1];
    enum reason reason;
    const char *slash = strchr(subject, '/'), *second = slash ? strchr(slash + 1, '/') : NULL;
    if (!second || (size_t)(slash - subject) >= sizeof word || (size_t)(second - slash - 1) >= sizeof cloud ||
        strlen(second + 1) > LIMIT_DOCUMENT_NAME)
        return false;
    memcpy(word, subject, (size_t)(slash - subject));
    word[slash - subject] = '\0';
    memcpy(cloud, slash + 1, (size_t)(second - slash - 1));
    cloud[second - slash - 1] = '\0';
    if (!reason_from_word(word, &reason)) return false;
    struct news_subject *brake = brake_of(state, reason, cloud, second + 1);
    brake->told = reason;
    brake->loaded = true;
    return true;
}

void brakes_free(struct news_room *room)
{
    for (uint32_t i = 0; i < room->brake_count; i++)
        brake_free(room->brakes[i]);
    memory_free(room->brakes);
}
