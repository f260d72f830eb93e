#include <stdio.h>
#include <string.h>

#include "tests/sim/judge_state.h"

/* Whose a server is: by what a mark on it says, read by the words of DESIGN.md section 5, or by its name. */

int object_of_server_name(const struct judge *judge, const char *name)
{
    for (unsigned i = 0; i < judge->object_count; i++) {
        if (strncmp(name, judge->objects[i].name, strlen(judge->objects[i].name)) != 0) continue;
        struct wish wish = judge->objects[i].wish;
        memcpy(wish.name, judge->objects[i].name, sizeof wish.name);
        for (wish.renamed = 0; wish.renamed < FLEET_RENAMES; wish.renamed++) {
            char server_name[FLEET_NAME + 8];
            wish_server_name(&wish, server_name);
            if (strcmp(server_name, name) == 0) return (int)i;
        }
    }
    return -1;
}

const struct manner *judge_manner(const struct judge *judge, unsigned cloud)
{
    return manner_of(judge->setup.dialects[cloud]);
}

/* --- marks --- */

struct mark_note {
    bool whole, protects;
    enum role role;
    char owner[32]; /* "" = not told */
};

enum { KEYS = 8, TAG = 16, ATTEMPT = 8, WRITER = 4, DIGEST = 8 };

/* Whole: all its keys are there and its role is one of the two. */
static void read_metadata(const struct cloud_server *server, struct mark_note *out)
{
    unsigned keys = 0;
    bool role = true;
    for (size_t i = 0; i < server->metadata_count; i++) {
        const struct cloud_pair *pair = &server->metadata[i];
        if (strncmp(pair->key, "setpoint.", 9) != 0) continue;
        keys += strcmp(pair->key, "setpoint.restart") != 0; /* only where one was done */
        if (strcmp(pair->key, "setpoint.owner") == 0)
            snprintf(out->owner, sizeof out->owner, "%s", pair->value);
        if (strcmp(pair->key, "setpoint.protect") == 0) out->protects = strcmp(pair->value, "true") == 0;
        if (strcmp(pair->key, "setpoint.role") != 0) continue;
        out->role = strcmp(pair->value, "next") == 0      ? ROLE_NEXT
                    : strcmp(pair->value, "current") == 0 ? ROLE_CURRENT
                                                          : ROLE_UNTOLD;
        role = out->role != ROLE_UNTOLD;
    }
    out->whole = keys == KEYS && role;
}

/* "[sp1 OWNER TAG16 ATTEMPT8 WRITER4 F HASH8]", F = 1 for the role next, 2 for protection, 3 for both. */
static void read_description(const struct cloud_server *server, struct mark_note *out)
{
    const char *text = "";
    char tag[32], attempt[32], writer[32], digest[32];
    unsigned flags = 0;
    int end = 0;
    for (size_t i = 0; i < server->metadata_count; i++)
        if (strcmp(server->metadata[i].key, "description") == 0) text = server->metadata[i].value;
    if (sscanf(text, "[sp1 %31s %31s %31s %31s %u %31[^] ]]%n", out->owner, tag, attempt, writer, &flags,
               digest, &end) != 6)
        return;
    out->protects = flags & 2;
    out->role = flags & 1 ? ROLE_NEXT : ROLE_CURRENT;
    out->whole = end > 0 && strlen(tag) == TAG && strlen(attempt) == ATTEMPT && strlen(writer) == WRITER &&
                 flags < 4 && strlen(digest) == DIGEST;
}

static void mark_read(enum manner_marks marks, const struct cloud_server *server, struct mark_note *out)
{
    *out = (struct mark_note){.whole = false};
    switch (marks) {
    case MARKS_METADATA: read_metadata(server, out); return;
    case MARKS_DESCRIPTION: read_description(server, out); return;
    case MARKS_NOTHING: return;
    }
}

static bool has_owner(const struct judge *judge, unsigned cloud, const struct cloud_server *server, bool ours)
{
    struct mark_note mark;
    mark_read(judge_manner(judge, cloud)->marks, server, &mark);
    return mark.whole && (strcmp(mark.owner, judge->setup.mark_owner) == 0) == ours;
}

bool server_is_taken_by_mark(const struct judge *judge, unsigned cloud, const struct cloud_server *server)
{
    return has_owner(judge, cloud, server, false);
}

bool server_is_marked(const struct judge *judge, unsigned cloud, const struct cloud_server *server)
{
    return has_owner(judge, cloud, server, true);
}

bool server_is_marked_protected(const struct judge *judge, unsigned cloud, const struct cloud_server *server)
{
    struct mark_note mark;
    mark_read(judge_manner(judge, cloud)->marks, server, &mark);
    return mark.protects;
}

enum role server_role(const struct judge *judge, unsigned cloud, const struct cloud_server *server)
{
    struct mark_note mark;
    mark_read(judge_manner(judge, cloud)->marks, server, &mark);
    return mark.role;
}

bool request_says_next(const struct judge *judge, unsigned cloud, const char *body)
{
    static const char key[] = "\"setpoint.role\"";
    const char *at = body ? strstr(body, key) : NULL, *text = body ? strstr(body, "[sp1 ") : NULL;
    struct mark_note mark = {.whole = false};
    struct cloud_pair pair = {.key = "description", .value = text};
    switch (judge_manner(judge, cloud)->marks) {
    case MARKS_METADATA: return at && strncmp(at + sizeof key - 1, ":\"next", 6) == 0;
    case MARKS_DESCRIPTION:
        if (text) read_description(&(struct cloud_server){.metadata = &pair, .metadata_count = 1}, &mark);
        return mark.role == ROLE_NEXT;
    case MARKS_NOTHING: return false;
    }
    return false;
}

int server_object(const struct judge *judge, unsigned cloud, const struct cloud_server *server)
{
    return judge_manner(judge, cloud)->marks == MARKS_METADATA ? object_of_mark(judge, server->object)
                                                               : object_of_server_name(judge, server->name);
}

/* --- a document that was renamed --- */

static bool has_servers(const struct judge *judge, int object)
{
    for (unsigned i = 0; i < judge->setup.cloud_count; i++)
        for (unsigned k = 0; k < judge->clouds[i].server_count; k++)
            if (judge->clouds[i].servers[k].object == object) return true;
    return false;
}

/* What was gone by then, and returns, still bears the old name's mark. */
static void servers_move(struct judge *judge, int from, int to)
{
    for (unsigned i = 0; i < judge->setup.cloud_count; i++)
        for (unsigned k = 0; k < judge->clouds[i].server_count; k++) {
            struct cloud_server server;
            if (judge->clouds[i].servers[k].object != from) continue;
            if (!cloud_server_at(judge->setup.clouds[i], k, &server) || !server.visible) continue;
            judge->clouds[i].servers[k].object = to;
            judge->clouds[i].servers[k].former = judge_manner(judge, i)->marks == MARKS_DESCRIPTION;
        }
}

/* Its server is another object's from now on, with all that is known of it. */
void object_take_over(struct judge *judge, int place)
{
    struct object_note *object = &judge->objects[place];
    int old_place = object_find(judge, judge->sources[object->source].manifest.name, object->wish.was);
    if (old_place < 0 || !has_servers(judge, old_place)) return;
    struct object_note moved = judge->objects[old_place], *old = &judge->objects[old_place];
    moved.wish = object->wish;
    moved.wanted = object->wanted;
    moved.protect |= object->protect;
    if (moved.protect && moved.wanted && !moved.wish.protect) moved.unprotect_ms = judge->now_ms;
    memcpy(moved.name, object->name, sizeof moved.name);
    *object = moved;
    *old = (struct object_note){.source = moved.source, .wish = old->wish};
    snprintf(old->name, sizeof old->name, "%s", object->wish.was);
    servers_move(judge, old_place, place);
}
