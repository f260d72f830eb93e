#include "tests/sim/user_data.h"

#include <string.h>

#include "tests/sim/grow.h"
#include "tests/sim/manner.h"

enum {
    PART_OF_STORY = 15,
    PART_OF_WORLD = 19,
    WANTED = 400, /* permille */
    EDITED = 60,
    REPEATED = 500
};

void user_data_draw(struct story *story)
{
    struct dice dice = dice_new(story->seed, PART_OF_STORY);
    for (unsigned i = 0; i < story->source_count; i++)
        for (unsigned k = 0; k < story->manifests[i].count; k++) {
            struct wish *wish = &story->manifests[i].wishes[k];
            if (dice_chance(&dice, WANTED))
                wish->user_data = 1 + (unsigned)dice_below(&dice, FLEET_USER_DATA);
            manner_fit(manner_of(story->dialects[wish->cloud]), wish, NULL);
        }
}

void user_data_begin(struct world *world)
{
    world->dice_user_data = dice_new(world->story.seed, PART_OF_WORLD);
}

void user_data_edit(struct world *world, struct wish *wish)
{
    struct dice *dice = &world->dice_user_data;
    if (wish->user_data && dice_chance(dice, EDITED))
        wish->user_data = 1 + (unsigned)dice_below(dice, FLEET_USER_DATA);
}

/* Where the message ends in a body of JSON; NULL: there is none. */
static const char *message_end(const char *body)
{
    static const char key[] = "\"message\"";
    const char *at = body ? strstr(body, key) : NULL;
    if (at) at = strchr(at + sizeof key - 1, '"');
    if (!at) return NULL;
    for (at++; *at && *at != '"'; at++)
        if (*at == '\\' && at[1]) at++;
    return *at ? at : NULL;
}

static size_t put_escaped(char *out, const char *text)
{
    size_t used = 0;
    for (; *text; text++) {
        if (*text == '"' || *text == '\\') out[used++] = '\\';
        out[used++] = *text;
    }
    return used;
}

void user_data_echo(struct world *world, struct flight *flight)
{
    struct cloud_reply *reply = &flight->reply;
    const char *end = reply->status >= 400 ? message_end(reply->body) : NULL;
    if (!end || !flight->body || world->calm || !strstr(flight->body, "user_data")) return;
    if (!dice_chance(&world->dice_user_data, REPEATED)) return;
    size_t before = (size_t)(end - reply->body), behind = reply->body_size - before;
    char *body = grow_to(NULL, reply->body_size + 2 * flight->body_size + 1);
    memcpy(body, reply->body, before);
    size_t used = before + put_escaped(body + before, flight->body);
    memcpy(body + used, end, behind);
    body[used + behind] = '\0';
    free(reply->body);
    reply->body = body;
    reply->body_size = used + behind;
    world_note(world, TROUBLE_ECHO, true);
}
