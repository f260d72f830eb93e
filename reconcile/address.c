#include "reconcile/address.h"

#include <string.h>

static const struct catalogue_entry *port_of(const struct cloud *cloud, const char *server_id)
{
    const struct catalogue *ports = &cloud->catalogues[CATALOGUE_PORT];
    for (uint32_t i = 0; i < ports->count; i++)
        if (strcmp(ports->entries[i].name, server_id) == 0) return &ports->entries[i];
    return NULL;
}

const char *address_nic(const struct cloud *cloud, const struct server *server)
{
    if (server->facts.nic) return server->facts.nic;
    const struct catalogue_entry *port = port_of(cloud, server->facts.id);
    return port ? port->id : NULL;
}

bool address_needs_port(const struct cloud *cloud, const struct server *server)
{
    return catalogue_exists(cloud, CATALOGUE_PORT) && !address_nic(cloud, server);
}

static bool is_set(const char *text)
{
    return text && text[0] != '\0';
}

/* "" = nobody's. Of a port that is on no server known here only the port is told. */
static const char *holder_of(const struct cloud *cloud, const struct catalogue_entry *entry)
{
    if (is_set(entry->holder)) return entry->holder;
    if (!is_set(entry->port)) return "";
    const struct catalogue_entry *port = catalogue_entry(cloud, CATALOGUE_PORT, entry->port);
    return port && is_set(port->name) ? port->name : entry->port;
}

/* By what the servers show, ours and others: a newer sight, or where nothing lists addresses the only one. */
static const char *holder_by_servers(const struct cloud *cloud, const struct server *own, const char *text)
{
    for (uint32_t i = 0; i < cloud->servers.count; i++) {
        const struct server *server = cloud->servers.by_id[i];
        bool seen = server != own && !server->expected && server->gone_asked_ms == 0 &&
                    (server->facts.seen & FIELD_BIT(FIELD_FLOATING_IP)) != 0;
        if (seen && value_has(server->facts.values[FIELD_FLOATING_IP], text)) return server->facts.id;
    }
    return "";
}

/* One that is about to be put elsewhere by us is not free, whatever was read before. */
static const char *holder_by_intents(const struct cloud *cloud, const struct object *object, const char *text)
{
    for (uint32_t i = 0; i < cloud->intent_count; i++) {
        const struct intent *intent = cloud->intents[i];
        if (intent->object != object && intent->kind == CALL_ASSOCIATE_FLOATING_IP &&
            text_equal(intent->argument, text))
            return intent->provider_id;
    }
    return "";
}

/* What we put there, and the manifest now wants another: the next call there takes it off. Or the server that
   this one stands in for. */
static bool is_leaving(const struct object *object, const struct server *holder, const char *text)
{
    const struct object *owner = holder ? holder->owner : NULL;
    if (owner == object) return true;
    if (!owner || !owner->spec || !(owner->spec->managed & FIELD_BIT(FIELD_FLOATING_IP))) return false;
    return text_set_has(&owner->addresses, text) &&
           strcmp(value_scalar(owner->spec->values[FIELD_FLOATING_IP]), text) != 0;
}

static bool is_exchange(const struct object *object, const struct server *server, const struct server *holder)
{
    const struct object *owner = holder ? holder->owner : NULL;
    if (!owner || owner == object || !owner->spec) return false;
    const char *other = value_scalar(owner->spec->values[FIELD_FLOATING_IP]);
    return strcmp(other, FLOATING_NONE) != 0 && value_has(server->facts.values[FIELD_FLOATING_IP], other);
}

static const char *holder_words(const struct server *holder, const char *id, struct arena *arena)
{
    if (!holder || holder->facts.name[0] == '\0')
        return arena_printf(arena, "%s, which is no server known here", id);
    if (!holder->owner) return arena_printf(arena, "server \"%s\" (%s)", holder->facts.name, id);
    return arena_printf(arena, "server \"%s\" (%s/%s)", holder->facts.name, holder->owner->source->name,
                        holder->owner->name);
}

static const char *find_holder(struct state *state, const struct object *object, const struct server *server,
                               const char *text, struct address *out)
{
    struct cloud *cloud = object->cloud;
    const char *id = holder_by_intents(cloud, object, text);
    if (!is_set(id)) id = holder_by_servers(cloud, server, text);
    if (!catalogue_exists(cloud, CATALOGUE_FLOATING_IP)) return id;
    const struct catalogue_entry *entry = catalogue_entry(cloud, CATALOGUE_FLOATING_IP, out->id);
    if (!entry || is_set(id)) return id;
    bool known =
        is_set(entry->holder) || !is_set(entry->port) || catalogue_entry(cloud, CATALOGUE_PORT, entry->port);
    if (!known && catalogue_exists(cloud, CATALOGUE_PORT)) catalogue_want(state, cloud, CATALOGUE_PORT);
    return holder_of(cloud, entry);
}

/* The server shows it soon; one that does not for a while may have lost it since the account was read. */
static bool is_doubtful(const struct cloud *cloud, const struct server *server, const char *id)
{
    const struct catalogue_entry *entry = catalogue_entry(cloud, CATALOGUE_FLOATING_IP, id);
    int64_t known_ms = cloud->catalogues[CATALOGUE_FLOATING_IP].read_ms;
    if (entry) known_ms = instant_max(known_ms, entry->touched_ms);
    return server->asked_ms >= instant_after(known_ms, ADDRESS_SHOWN_MS);
}

void address_claim(struct object *object, const struct server *server)
{
    const struct spec *spec = object->spec;
    uint32_t bit = FIELD_BIT(FIELD_FLOATING_IP);
    if (!spec || !(spec->managed & bit) || (spec->lifecycle.ignore & bit) || !(server->facts.seen & bit))
        return;
    const char *text = value_scalar(spec->values[FIELD_FLOATING_IP]);
    if (strcmp(text, FLOATING_NONE) == 0 || text_set_has(&object->addresses, text) ||
        !value_has(server->facts.values[FIELD_FLOATING_IP], text))
        return;
    text_set_add(&object->addresses, text);
    object->ledger_dirty = true;
}

void address_find(struct state *state, const struct object *object, const struct server *server,
                  const char *text, struct arena *arena, struct address *out)
{
    struct cloud *cloud = object->cloud;
    *out = (struct address){.place = ADDRESS_FREE};
    out->resolution = catalogue_resolve(state, cloud, CATALOGUE_FLOATING_IP, text, &out->id);
    if (out->resolution == RESOLUTION_FOUND && catalogue_is_stale(state, cloud, CATALOGUE_FLOATING_IP))
        out->resolution = RESOLUTION_WAIT;
    if (out->resolution != RESOLUTION_FOUND) return;
    const char *holder_id = find_holder(state, object, server, text, out);
    if (!is_set(holder_id)) return;
    if (strcmp(holder_id, server->facts.id) == 0) {
        out->place = ADDRESS_HERE;
        if (!is_doubtful(cloud, server, out->id)) return;
        catalogue_spoil(state, cloud, CATALOGUE_FLOATING_IP);
        out->resolution = RESOLUTION_WAIT;
        return;
    }
    const struct server *holder = servers_find(&cloud->servers, holder_id);
    out->place = is_leaving(object, holder, text) ? ADDRESS_LEAVING : ADDRESS_ELSEWHERE;
    out->exchange = out->place == ADDRESS_LEAVING && is_exchange(object, server, holder);
    out->holder = holder_words(holder, holder_id, arena);
}
