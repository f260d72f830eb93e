#include "reconcile/traits.h"

#include <string.h>

#include "reconcile/base/assert.h"
#include "reconcile/base/text.h"

static const char *const services[SERVICE_COUNT] = {
    [SERVICE_COMPUTE] = "compute", [SERVICE_IMAGE] = "image", [SERVICE_NETWORK] = "network",
    [SERVICE_VOLUME] = "volume",   [SERVICE_VPC] = "vpc",     [SERVICE_IDENTITY] = "identity",
};

const char *service_name(enum service service)
{
    ASSERT(service < SERVICE_COUNT);
    return services[service];
}

const struct transition *traits_transition(const struct traits *traits, enum call_kind call, enum phase from)
{
    for (unsigned i = 0; i < traits->transition_count; i++) {
        const struct transition *row = &traits->transitions[i];
        if (row->call == call && (row->from & PHASE_BIT(from)) != 0) return row;
    }
    return NULL;
}

bool traits_allow(const struct traits *traits, enum call_kind call, enum phase from)
{
    return traits_transition(traits, call, from) != NULL;
}

bool traits_has_call(const struct traits *traits, enum call_kind call)
{
    return traits_transition(traits, call, PHASE_RUNNING) || traits_transition(traits, call, PHASE_STOPPED) ||
           traits_transition(traits, call, PHASE_SHELVED) || traits_transition(traits, call, PHASE_ERROR) ||
           traits_transition(traits, call, PHASE_CONFIRM_RESIZE);
}

static bool has_other_character(const char *text, const char *marks)
{
    for (; *text; text++) {
        char lower = (char)(*text | 0x20);
        bool plain = (*text >= '0' && *text <= '9') || (lower >= 'a' && lower <= 'z');
        if (!plain && !strchr(marks, *text)) return true;
    }
    return false;
}

static bool is_pair(const char *text)
{
    const char *slash = strchr(text, '/');
    return slash && slash != text && slash[1] != '\0' && !strchr(slash + 1, '/');
}

bool refusal_hits(const struct refusal *refusal, const char *cell)
{
    uint64_t number;
    if (!*cell) return false;
    if (refusal->text) return strcmp(cell, refusal->text) == 0;
    if (refusal->without) return strpbrk(cell, refusal->without) != NULL;
    if (refusal->uuid) return text_is_uuid(cell);
    if (refusal->pair) return !is_pair(cell);
    if (refusal->characters) return has_other_character(cell, refusal->characters);
    if (!refusal->step) return true;
    return !text_to_number(cell, refusal->most, &number) || number == 0 || number % refusal->step != 0;
}

bool refusal_hits_row(const struct refusal *refusal, struct value value, unsigned row)
{
    if (refusal->rows_most > 0) return row >= refusal->rows_most;
    return refusal_hits(refusal, value_cell(value, row, refusal->column));
}

const struct refusal *traits_refusal(const struct traits *traits, enum field field, struct value value)
{
    for (unsigned i = 0; i < traits->refusal_count; i++)
        for (unsigned row = 0; traits->refusals[i].field == field && row < value.rows; row++)
            if (refusal_hits_row(&traits->refusals[i], value, row)) return &traits->refusals[i];
    return NULL;
}

bool traits_has_keypairs(const struct traits *traits)
{
    return traits_allow(traits, CALL_REGISTER_KEYPAIR, PHASE_GONE);
}

enum means traits_means(const struct traits *traits, enum field field)
{
    const struct field_trait *trait = &traits->fields[field];
    if (trait->change == CALL_RESIZE) return MEANS_RESIZE;
    if (trait->change != CALL_NONE) return MEANS_EDIT;
    return trait->rebuilds ? MEANS_REBUILD : MEANS_REPLACE;
}
