#include "reconcile/traits.h"

#include "reconcile/base/assert.h"

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

bool traits_has_keypairs(const struct traits *traits)
{
    return traits_allow(traits, CALL_REGISTER_KEYPAIR, PHASE_GONE);
}
