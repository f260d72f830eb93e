#include "reconcile/fit.h"

#include <string.h>

#include "reconcile/catalogue.h"
#include "reconcile/observe.h"

/* What is put together. Entries are NULL when no list tells. */
struct fit {
    const struct cloud *cloud;
    const struct traits *traits;
    const struct catalogue_entry *image, *flavor;
    struct arena *arena;
};

/* The bounds of one measure, of all rows that concern this image. */
static struct fit_rule bounds(const struct fit *fit, enum fit_measure measure)
{
    struct fit_rule found = {.measure = measure, .step = 1};
    for (unsigned i = 0; i < fit->traits->fit_count; i++) {
        const struct fit_rule *rule = &fit->traits->fits[i];
        if (rule->measure != measure || (rule->windows && !fit->image->windows)) continue;
        if (rule->least > found.least) found.least = rule->least;
        if (rule->most > 0 && (found.most == 0 || rule->most < found.most)) found.most = rule->most;
        if (rule->step > found.step) found.step = rule->step;
    }
    return found;
}

static bool has_rule(const struct fit *fit, enum fit_measure measure)
{
    for (unsigned i = 0; i < fit->traits->fit_count; i++) {
        const struct fit_rule *rule = &fit->traits->fits[i];
        if (rule->measure == measure && (!rule->windows || (fit->image && fit->image->windows))) return true;
    }
    return false;
}

static const char *name_of(const struct catalogue_entry *entry)
{
    return entry->name && entry->name[0] != '\0' ? entry->name : entry->id;
}

/* "image X", with why it is special. */
static const char *image_of(const struct fit *fit)
{
    return arena_printf(fit->arena, "image %s%s", name_of(fit->image),
                        fit->image->windows ? " (Windows)" : "");
}

static const char *unfit_name(const struct fit *fit, const char *name)
{
    unsigned most = bounds(fit, FIT_NAME).most;
    size_t characters = text_characters(name);
    if (most == 0 || characters <= most) return NULL;
    return arena_printf(fit->arena,
                        "the name \"%s\" has %u characters, and %s takes %u at most: give a shorter name",
                        name, (unsigned)characters, image_of(fit), most);
}

static const char *unfit_flavor(const struct fit *fit)
{
    unsigned least = bounds(fit, FIT_RAM).least;
    if (fit->image->min_ram_mib > least) least = fit->image->min_ram_mib;
    if (fit->flavor->ram_mib > 0 && fit->flavor->ram_mib < least)
        return arena_printf(fit->arena,
                            "flavor %s has %u MiB of RAM, and %s needs %u MiB: give a larger flavor",
                            name_of(fit->flavor), (unsigned)fit->flavor->ram_mib, image_of(fit), least);
    if (fit->flavor->disk_gib > 0 && has_rule(fit, FIT_NO_OWN_DISK))
        return arena_printf(fit->arena,
                            "flavor %s has a disk of its own, on which %s does not run here: give a flavor "
                            "without one",
                            name_of(fit->flavor), image_of(fit));
    return NULL;
}

/* --- the root disk --- */

static bool says_local(const struct fit *fit, struct value disk)
{
    const char *local = fit->traits->local_disk;
    return local && disk.rows > 0 && text_equal_nocase(value_cell(disk, 0, 1), local);
}

/* The other way round the cloud judges: not every family that takes it tells a size in its list. */
static const char *unsaid_local(const struct fit *fit, struct value disk)
{
    if (fit->flavor->disk_gib == 0 || says_local(fit, disk) || !has_rule(fit, FIT_LOCAL_SAID)) return NULL;
    return arena_printf(fit->arena,
                        "flavor %s has a disk of its own (%u GiB) and takes no volume: give rootDisk: "
                        "{type: %s}",
                        name_of(fit->flavor), (unsigned)fit->flavor->disk_gib, fit->traits->local_disk);
}

/* What will be made; 0 = not known here. */
static uint64_t root_gib(const struct fit *fit, struct value disk)
{
    uint64_t gib = 0;
    bool own = disk.rows == 0 ? !fit->traits->root_is_volume : says_local(fit, disk);
    if (own) return fit->flavor ? fit->flavor->disk_gib : 0;
    const char *size = disk.rows > 0 ? value_cell(disk, 0, 0) : "";
    if (size[0] == '\0') return fit->traits->root_default_gib;
    return text_to_number(size, UINT32_MAX, &gib) ? gib : 0;
}

static const char *unfit_size(const struct fit *fit, struct value disk)
{
    struct fit_rule rule = bounds(fit, FIT_ROOT_DISK);
    uint64_t gib = root_gib(fit, disk);
    bool own = disk.rows == 0 ? !fit->traits->root_is_volume : says_local(fit, disk);
    unsigned least = rule.least > fit->image->min_disk_gib ? rule.least : fit->image->min_disk_gib;
    if (gib > 0 && rule.most > 0 && gib > rule.most && !own)
        return arena_printf(fit->arena,
                            "a root disk of %llu GiB is too large: %s takes %u GiB at most here: give "
                            "rootDisk.size: %uGiB or less",
                            (unsigned long long)gib, image_of(fit), rule.most, rule.most);
    if (gib == 0 || gib >= least) return NULL;
    if (own && says_local(fit, disk))
        return arena_printf(fit->arena,
                            "flavor %s has a disk of %llu GiB, and %s needs %u GiB: give a "
                            "flavor with a larger one",
                            name_of(fit->flavor), (unsigned long long)gib, image_of(fit), least);
    unsigned proposed = (least + rule.step - 1) / rule.step * rule.step;
    return arena_printf(fit->arena,
                        "a root disk of %llu GiB is too small: %s needs %u GiB: give rootDisk: "
                        "{size: %uGiB}",
                        (unsigned long long)gib, image_of(fit), least, proposed);
}

/* --- judging --- */

/* A list that may tell was never read, and reading it has not failed. */
static bool unread(struct judge *j, enum catalogue_kind kind)
{
    const struct catalogue *catalogue = &j->cloud->catalogues[kind];
    if (!catalogue_exists(j->cloud, kind) || catalogue->read_ms != 0 || catalogue->failures != 0)
        return false;
    catalogue_want(j->state, j->cloud, kind);
    return judge_settle(j, REASON_CATALOGUE_NEEDED, judge_later(j, SECOND_MS), "reading the %ss of cloud %s",
                        catalogue_kind_name(kind), j->cloud->name) &&
           judge_about_list(j, kind);
}

/* What the manifest means: an id that was resolved once stays in force. NULL: nothing is known of it. */
static const struct catalogue_entry *meant(const struct judge *j, enum field field)
{
    const struct spec *spec = j->object->spec;
    const struct resolved *resolved = &j->object->resolved[field];
    enum catalogue_kind kind = field_row(field)->names;
    const char *id;
    if (!(spec->managed & FIELD_BIT(field))) return NULL;
    const char *text = value_scalar(spec->values[field]);
    if (resolved->text && strcmp(resolved->text, text) == 0)
        id = resolved->id;
    else if (catalogue_resolve(j->state, j->cloud, kind, text, &id) != RESOLUTION_FOUND)
        return NULL;
    return catalogue_entry(j->cloud, kind, id);
}

/* Read anew as long as it blocks: the vendor may mend it. */
static bool settle_unfit(struct judge *j, const char *why)
{
    catalogue_want(j->state, j->cloud, CATALOGUE_IMAGE);
    catalogue_want(j->state, j->cloud, CATALOGUE_FLAVOR);
    return judge_settle(j, REASON_DOES_NOT_FIT, judge_later(j, CATALOGUE_MISS_MS), "%s", why);
}

bool judge_create_unfit(struct judge *j)
{
    const struct spec *spec = j->object->spec;
    if (unread(j, CATALOGUE_FLAVOR) || unread(j, CATALOGUE_IMAGE)) return true;
    struct fit fit = {.cloud = j->cloud,
                      .traits = j->cloud->traits,
                      .image = meant(j, FIELD_IMAGE),
                      .flavor = meant(j, FIELD_FLAVOR),
                      .arena = j->arena};
    struct value disk = {0};
    const char *why = NULL;
    if (spec->managed & FIELD_BIT(FIELD_ROOT_DISK)) disk = spec->values[FIELD_ROOT_DISK];
    if (fit.flavor) why = unsaid_local(&fit, disk);
    if (!why && fit.image) why = unfit_name(&fit, object_server_name(j->object));
    if (!why && fit.image && fit.flavor) why = unfit_flavor(&fit);
    if (!why && fit.image) why = unfit_size(&fit, disk);
    return why && settle_unfit(j, why);
}

bool judge_resize_unread(struct judge *j)
{
    if (!(j->server->facts.seen & FIELD_BIT(FIELD_IMAGE))) return false;
    for (uint32_t i = 0; i < j->out->gaps.count; i++) {
        const struct gap *gap = &j->out->gaps.items[i];
        if (gap->field == FIELD_FLAVOR && gap->kind == GAP_CHANGE)
            return unread(j, CATALOGUE_IMAGE) || unread(j, CATALOGUE_FLAVOR);
    }
    return false;
}

bool judge_resize_unfit(struct judge *j)
{
    for (uint32_t i = 0; i < j->out->gaps.count; i++)
        if (j->out->gaps.items[i].kind == GAP_UNFIT) return settle_unfit(j, j->out->gaps.items[i].name);
    return false;
}

const char *fit_resize(const struct cloud *cloud, const struct server *server, const char *flavor,
                       struct arena *arena)
{
    const struct facts *facts = &server->facts;
    if (!(facts->seen & FIELD_BIT(FIELD_IMAGE))) return NULL;
    struct fit fit = {.cloud = cloud,
                      .traits = cloud->traits,
                      .image =
                          catalogue_entry(cloud, CATALOGUE_IMAGE, value_scalar(facts->values[FIELD_IMAGE])),
                      .flavor = catalogue_entry(cloud, CATALOGUE_FLAVOR, flavor),
                      .arena = arena};
    return fit.image && fit.flavor ? unfit_flavor(&fit) : NULL;
}
