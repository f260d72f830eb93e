#include <string.h>

#include "reconcile/base/assert.h"
#include "reconcile/find.h"
#include "reconcile/judge.h"
#include "reconcile/names.h"
#include "reconcile/observe.h"
#include "reconcile/rename.h"
#include "reconcile/tombstone.h"

/* No server is bound: one that is there is taken over, or is in the way, or one is made. */

/* What was ours and is gone, replaced by us or not, is not waited for. */
static bool adopt_is_open(const struct object *object)
{
    const char *id = object->spec->adopt;
    return id && !object->was_converged && !object_has_tombstone(object, id);
}

static bool adopt_waits(struct judge *j)
{
    const char *id = j->object->spec->adopt;
    struct server *server = servers_find(&j->cloud->servers, id);
    if (server && !server->expected)
        return judge_settle(j, REASON_NAME_TAKEN, NEVER_MS, "spec.adopt: server %s on cloud %s belongs to %s",
                            id, j->cloud->name, server->owner ? server->owner->name : "another owner") &&
               judge_about(j, id);
    return judge_settle(j, REASON_NOT_FOUND, judge_next_list(j), "spec.adopt: cloud %s has no server %s",
                        j->cloud->name, id) &&
           judge_about(j, arena_printf(j->arena, "server:%s", id));
}

static bool name_taken(struct judge *j, const struct server *server, const char *name)
{
    const char *whose =
        server->owner
            ? arena_printf(j->arena, "%s's; choose another spec.name", object_path(server->owner, j->arena))
            : arena_printf(j->arena, "not ours (setpointctl adopt %s %s)",
                           find_name(j->state, j->object, j->arena), server->facts.id);
    return judge_settle(j, REASON_NAME_TAKEN, NEVER_MS, "server %s on cloud %s is called \"%s\" and is %s",
                        server->facts.id, j->cloud->name, name, whose) &&
           judge_about(j, server->facts.id);
}

static bool judge_renamed(struct judge *j)
{
    const struct object *former;
    switch (rename_waits(j->state, j->object, &former)) {
    case RENAME_NONE: return false;
    case RENAME_CALL:
        return judge_settle(j, REASON_CALL_ACCEPTED, judge_later(j, LOOK_FIRST_MS),
                            "takes over the server of %s when %s has ended", former->name,
                            call_name(former->intent->kind));
    case RENAME_UNREAD:
        return judge_settle(j, REASON_NOT_SEEN_YET, judge_later(j, SECOND_MS),
                            "takes over the server of %s when source %s has been read",
                            object_path(former, j->arena), former->source->name) &&
               judge_blocked(j, BLOCKER_SOURCE, former->source->name);
    case RENAME_DESCRIBED:
        return judge_settle(j, REASON_NAME_TAKEN, NEVER_MS,
                            "takes over the server of %s as soon as source %s does not describe it any more "
                            "(to have a server of its own: without metadata.was)",
                            object_path(former, j->arena), former->source->name) &&
               judge_about(j, object_path(former, j->arena));
    }
    UNREACHABLE();
}

bool judge_unbound(struct judge *j)
{
    struct object *object = j->object;
    if (object->current[0] != '\0') return false;
    const char *name = object_server_name(object);
    const struct object *other = names_rival(j->state, object, name);
    const struct server *early = object_early_successor(object);
    if (early)
        return judge_settle(
            j, REASON_NOT_SEEN_YET, judge_next_list(j),
            "server %s was made as a successor; looking whether the one beside it is still there",
            early->facts.id);
    if (judge_renamed(j)) return true;
    judge_route_create(j);
    const struct server *leaving = object_leaving_server(object);
    if (leaving)
        return judge_settle(j, REASON_DELETING, judge_next_list(j),
                            "server %s, which carries its mark, is being deleted; Create follows",
                            leaving->facts.id);
    if (adopt_is_open(object)) return adopt_waits(j);
    struct server *taken = servers_named(&j->cloud->servers, name, object);
    if (taken) return name_taken(j, taken, name);
    if (other)
        return judge_settle(j, REASON_NAME_TAKEN, NEVER_MS,
                            "%s/%s wants the server name \"%s\" on cloud %s too", other->source->name,
                            other->name, name, j->cloud->name) &&
               judge_about(j, object_path(other, j->arena));
    if (judge_names_missing(j)) return true;
    j->out->order = (struct order){
        .kind = CALL_CREATE, .field = FIELD_COUNT, .class = CLASS_REST, .why = "no such server"};
    if (j->cloud->traits->mark == MARK_NOWHERE) /* by which it will be found */
        j->out->order.argument = arena_text(j->arena, name);
    return judge_settle(j, REASON_CALL_QUEUED, judge_later(j, SECOND_MS), "no server: Create %s", name);
}
