#include <string.h>

#include "reconcile/catalogue.h"
#include "reconcile/intent.h"
#include "reconcile/marking.h"
#include "reconcile/observe.h"
#include "reconcile/view_text.h"

/* What exists: servers that are ours, for other tools; and those that nobody manages, for adopt --write. */

static bool is_unseen(const struct server *server)
{
    return !server || server->expected || server->facts.phase == PHASE_GONE;
}

static void add_row(struct text *out, struct value value, unsigned row)
{
    text_add_char(out, '[');
    for (unsigned i = 0; i < value.columns; i++) {
        element(out);
        text_add_json(out, value_cell(value, row, i));
    }
    text_add_char(out, ']');
}

/* By the field's shape, whatever the value: a set of one is an array too. */
static void add_value(struct text *out, enum field field, struct value value)
{
    member_key(out, field_row(field)->name);
    if (field_row(field)->shape == SHAPE_MAP) {
        value_json(value, true, out);
        return;
    }
    text_add_char(out, '[');
    for (unsigned i = 0; i < value.rows; i++) {
        element(out);
        if (field_row(field)->shape == SHAPE_RECORDS)
            add_row(out, value, i);
        else
            text_add_json(out, value_cell(value, i, 0));
    }
    text_add_char(out, ']');
}

static void add_named(struct text *out, const struct cloud *cloud, enum field field,
                      const struct facts *facts)
{
    const char *id = value_scalar(facts->values[field]);
    bool seen = (facts->seen & FIELD_BIT(field)) && id[0] != '\0';
    member_text(out, field_row(field)->name,
                seen ? catalogue_name(cloud, field_row(field)->names, id) : NULL);
}

static void add_seen(struct text *out, enum field field, const struct facts *facts)
{
    if (facts->seen & FIELD_BIT(field))
        add_value(out, field, facts->values[field]);
    else
        member_text(out, field_row(field)->name, NULL);
}

static void add_scalar(struct text *out, enum field field, const struct facts *facts)
{
    member_text(out, field_row(field)->name,
                facts->seen & FIELD_BIT(field) ? value_scalar(facts->values[field]) : NULL);
}

static void add_addresses(struct text *out, const struct facts *facts)
{
    member_key(out, "addresses");
    text_add_char(out, '[');
    for (unsigned i = 0; facts->addresses_seen && i < facts->addresses.rows; i++) {
        element(out);
        text_add_char(out, '{');
        member_text(out, "address", value_cell(facts->addresses, i, 0));
        member_text(out, "kind", value_cell(facts->addresses, i, 1));
        member_text(out, "network", value_cell(facts->addresses, i, 2));
        text_add_char(out, '}');
    }
    text_add_char(out, ']');
}

static void add_owned(const struct object *object, const struct server *server, struct text *out)
{
    const struct facts *facts = &server->facts;
    const struct cloud *cloud = object->cloud;
    member_text(out, "source", object->source->name);
    member_text(out, "name", object->name);
    member_text(out, "kind", object->reason == REASON_ORPHANED ? "Orphan" : "Instance");
    member_text(out, "fleet", NULL);
    member_key(out, "labels");
    value_json(object->spec ? object->spec->labels : (struct value){0, 2, NULL}, true, out);
    member_text(out, "cloud", cloud->name);
    member_text(out, "provider", cloud->traits->provider);
    member_text(out, "region", cloud->config ? cloud->config->region : NULL);
    member_text(out, "providerId", facts->id);
    member_text(out, "serverName", facts->name);
    member_text(out, "phase", phase_name(facts->phase));
    member_text(out, "verdict", verdict_name(object->verdict));
    add_addresses(out, facts);
    add_named(out, cloud, FIELD_FLAVOR, facts);
    add_named(out, cloud, FIELD_IMAGE, facts);
    add_scalar(out, FIELD_ZONE, facts);
    add_scalar(out, FIELD_KEYPAIR, facts);
    add_seen(out, FIELD_SECURITY_GROUPS, facts);
    member_wall(out, "created", facts->created_wall_ms);
}

static const struct server *owned_server(const struct object *object)
{
    bool bound = object->cloud && object->cloud->traits && object->current[0] != '\0';
    return bound ? servers_find(&object->cloud->servers, object->current) : NULL;
}

/* What is known from the ledger alone has no address yet. */
static bool waits_for_list(const struct object *object, struct text *out_problem)
{
    const struct cloud *cloud = object->cloud;
    char why[CLOUD_MESSAGE] = "";
    if (!cloud || !cloud->config || object->current[0] == '\0' || cloud_has_list(cloud)) return false;
    cloud_problem(cloud, why, sizeof why);
    text_addf(out_problem, "cloud %s has not been listed since setpointd started%s%s; see setpointctl clouds",
              cloud->name, why[0] ? ": " : "", why);
    return true;
}

bool view_inventory(const struct state *state, const struct view_filter *filter, struct text *out,
                    struct text *out_problem)
{
    if (!view_is_ready(state)) {
        text_add(out_problem, "setpointd is still reading its sources; try again in a moment");
        return false;
    }
    text_add_char(out, '[');
    for (uint32_t i = 0; i < state->source_count; i++)
        for (uint32_t j = 0; j < state->sources[i]->object_count; j++) {
            const struct object *object = state->sources[i]->objects[j];
            const struct server *server = owned_server(object);
            if (!view_selects(filter, object)) continue;
            if (waits_for_list(object, out_problem)) return false;
            if (is_unseen(server)) continue;
            element(out);
            text_add_char(out, '{');
            add_owned(object, server, out);
            text_add_char(out, '}');
        }
    text_add_char(out, ']');
    return true;
}

/* --- what nobody manages --- */

/* By name where that means this id and nothing else. */
static void add_flavor(const struct state *state, const struct cloud *cloud, const char *id, struct text *out)
{
    const char *name = catalogue_name(cloud, CATALOGUE_FLAVOR, id), *meant;
    bool sure = catalogue_resolve(state, cloud, CATALOGUE_FLAVOR, name, &meant) == RESOLUTION_FOUND &&
                strcmp(meant, id) == 0;
    member_text(out, field_row(FIELD_FLAVOR)->name, sure ? name : id);
}

/* Not managed is more than none: somebody may put one there. */
static bool is_none(struct value value)
{
    return strcmp(value_scalar(value), FLOATING_NONE) == 0;
}

static bool can_be_said(const struct cloud *cloud, const struct facts *facts, enum field field)
{
    const struct traits *traits = cloud->traits;
    if (!(facts->seen & FIELD_BIT(field)) || traits->fields[field].refused || field_row(field)->secret)
        return false;
    if (traits_refusal(traits, field, facts->values[field])) return false;
    unsigned ours = traits->mark == MARK_AS_METADATA ? mark_key_count() : 0, most = traits->metadata_keys_max;
    return field != FIELD_METADATA || most == 0 || facts->values[field].rows + ours <= most;
}

/* In the manifest's words; `image` by id: a vendor releases anew under the same name. */
static void add_manifest(const struct state *state, const struct cloud *cloud, const struct facts *facts,
                         struct text *out)
{
    member_key(out, "fields");
    text_add_char(out, '{');
    for (unsigned i = 0; i < FIELD_COUNT; i++) {
        enum field field = (enum field)i;
        if (field == FIELD_POWER || !can_be_said(cloud, facts, field)) continue;
        struct value value = facts->values[i];
        bool scalar = field_row(field)->shape == SHAPE_SCALAR;
        if (field == FIELD_FLAVOR)
            add_flavor(state, cloud, value_scalar(value), out);
        else if (!scalar)
            add_value(out, field, value);
        else if (value_scalar(value)[0] != '\0' && !(field == FIELD_FLOATING_IP && is_none(value)))
            member_text(out, field_row(field)->name, value_scalar(value));
    }
    member_text(out, field_row(FIELD_POWER)->name, phase_name(facts->phase));
    text_add_char(out, '}');
    add_named(out, cloud, FIELD_IMAGE, facts);
}

static const struct object *creating(const struct cloud *cloud, const char *name)
{
    for (uint32_t i = 0; i < cloud->intent_count; i++) {
        const struct intent *intent = cloud->intents[i];
        if (intent->kind == CALL_CREATE && strcmp(object_server_name(intent->object), name) == 0)
            return intent->object;
    }
    return NULL;
}

static bool is_one_line(const char *name)
{
    for (const char *at = name; *at; at++)
        if ((unsigned char)*at < ' ' || *at == 0x7F) return false;
    return name[0] != ' ' && name[strlen(name) - 1] != ' ';
}

/* A name that no manifest can give here: made elsewhere, by other rules. */
static void name_problem(const struct traits *traits, const char *name, struct text *out)
{
    struct value value = {1, 1, &name};
    const struct refusal *refusal = traits_refusal(traits, FIELD_NAME, value);
    size_t characters = text_characters(name);
    if (name[0] == '\0')
        text_add(out, "it has no name");
    else if (!is_one_line(name))
        text_add(
            out,
            "no manifest can give its name (it has a control character, or a blank at an end); rename it");
    else if (refusal)
        text_addf(out, "no manifest can give its name on this cloud; rename it: %s", refusal->why);
    else if (traits->name_max && characters > traits->name_max)
        text_addf(out, "its name has %u characters, and a manifest can give %u on this cloud; rename it",
                  (unsigned)characters, traits->name_max);
}

/* Why a manifest must not take it over; false: it may. */
static bool is_not_adoptable(const struct state *state, const struct cloud *cloud,
                             const struct server *server, struct text *out)
{
    const struct facts *facts = &server->facts;
    const struct object *owner = server->owner, *coming = creating(cloud, facts->name);
    if (owner && owner->state == OBJECT_RELEASED)
        text_addf(out, "released; setpointctl adopt %s/%s %s takes it back", owner->source->name, owner->name,
                  facts->id);
    else if (!owner && server_is_taken(state, server))
        text_addf(out, "it carries the mark of owner \"%s\"", facts->mark.owner);
    else if (!owner && server->marked)
        text_addf(out, "it carries the mark of %s/%s, which has another server", server->marked->source->name,
                  server->marked->name);
    else if (!owner && coming)
        text_addf(out, "a create of %s/%s is under way", coming->source->name, coming->name);
    else if (!(cloud->traits->desired_phases & PHASE_BIT(facts->phase)))
        text_addf(out, "it is %s, which is no state to hold it at",
                  facts->status[0] ? facts->status : phase_name(facts->phase));
    else
        name_problem(cloud->traits, facts->name, out);
    return out->length > 0;
}

static bool is_unmanaged(const struct server *server)
{
    if (is_unseen(server) || server->gone_asked_ms != 0 || server->missing_ms != 0) return false;
    return !server->owner || server->owner->state != OBJECT_MANAGED;
}

static void add_unmanaged(const struct state *state, const struct cloud *cloud, const struct server *server,
                          struct text *out)
{
    const struct object *owner = server->owner;
    struct text why;
    text_init(&why, CLOUD_MESSAGE);
    bool adoptable = !is_not_adoptable(state, cloud, server, &why);
    member_text(out, "cloud", cloud->name);
    member_text(out, "providerId", server->facts.id);
    member_text(out, "serverName", server->facts.name);
    member_text(out, "phase", phase_name(server->facts.phase));
    member_flag(out, "adoptable", adoptable);
    member_text(out, "why", adoptable ? NULL : why.bytes);
    /* whose mark it carries: there it comes back by itself */
    member_text(out, "source", owner ? owner->source->name : NULL);
    member_text(out, "name", owner ? owner->name : NULL);
    if (adoptable) add_manifest(state, cloud, &server->facts, out);
    text_release(&why);
}

void view_unmanaged(const struct state *state, struct text *out)
{
    text_add_char(out, '[');
    for (uint32_t i = 0; i < state->cloud_count; i++) {
        const struct cloud *cloud = state->clouds[i];
        if (!cloud->config || !cloud->traits || !cloud_has_list(cloud)) continue;
        for (uint32_t j = 0; j < cloud->servers.count; j++) {
            const struct server *server = cloud->servers.by_id[j];
            if (!is_unmanaged(server)) continue;
            element(out);
            text_add_char(out, '{');
            add_unmanaged(state, cloud, server, out);
            text_add_char(out, '}');
        }
    }
    text_add_char(out, ']');
}
