#include "daemon/control_place.h"

#include <sys/socket.h>

#include "daemon/control_exchange.h"
#include "reconcile/base/memory.h"

/* Who cannot be recognized may do nothing. */
static enum control_access access_of(const struct control_rules *rules, int fd)
{
    struct control_peer peer;
    bool known = control_peer_read(fd, &peer);
    enum control_access access = known ? control_judge(rules, &peer) : CONTROL_NOBODY;
    control_peer_release(&peer);
    return access;
}

static unsigned places_for(enum control_access access)
{
    switch (access) {
    case CONTROL_NOBODY: return CONTROL_CONNECTIONS_NOBODY;
    case CONTROL_READS: return CONTROL_CONNECTIONS_READ;
    case CONTROL_ACTS: return CONTROL_CONNECTIONS;
    }
    return 0;
}

bool control_places_open(struct control_places *places, int fd)
{
    places->refuses_next = places->taken >= places_for(access_of(places->rules, fd));
    return !places->refuses_next || places->refused < CONTROL_CONNECTIONS_REFUSED;
}

static struct control_place *place_take(struct control_places *places, int fd)
{
    struct control_place *place = NEW(struct control_place);
    place->fd = fd;
    place->refused = places->refuses_next;
    *(place->refused ? &places->refused : &places->taken) += 1;
    LIST_INSERT_HEAD(&places->list, place, others);
    return place;
}

static void place_give_back(struct control_places *places, struct control_place *place)
{
    *(place->refused ? &places->refused : &places->taken) -= 1;
    LIST_REMOVE(place, others);
    memory_free(place);
}

void control_on_connection(void *cls, struct MHD_Connection *connection, void **socket_context,
                           enum MHD_ConnectionNotificationCode code)
{
    struct control_places *places = cls;
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        *socket_context = place_take(places, control_connection_fd(connection));
    } else if (*socket_context) {
        place_give_back(places, *socket_context);
        *socket_context = NULL;
    }
}

struct control_place *control_place_of(struct MHD_Connection *connection)
{
    return MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
}

void control_place_set_busy(struct control_place *place, bool busy)
{
    place->busy = busy;
    place->idle_s = 0;
}

void control_places_tick(struct control_places *places)
{
    struct control_place *place;
    LIST_FOREACH(place, &places->list, others)
    {
        unsigned idle_max_s = place->refused ? CONTROL_REFUSED_S : CONTROL_IDLE_S;
        if (!place->busy && place->idle_s++ >= idle_max_s) shutdown(place->fd, SHUT_RDWR);
    }
}
