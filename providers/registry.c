#include <stddef.h>

#include "providers/kakaocloud/kakaocloud.h"
#include "providers/nhnv1/nhnv1.h"
#include "providers/nova/nova.h"
#include "providers/provider.h"
#include "providers/tencent/tencent.h"
#include "reconcile/base/text.h"

static const struct provider *const PROVIDERS[] = {&nova_nhn_v2, &nova_openstack,  &nhnv1,
                                                   &kakaocloud,  &tencent_gateway, NULL};
static const struct traits *const TRAITS[] = {&nova_nhn_v2_traits, &nova_openstack_traits,  &nhnv1_traits,
                                              &kakaocloud_traits,  &tencent_gateway_traits, NULL};
_Static_assert(sizeof PROVIDERS / sizeof PROVIDERS[0] == sizeof TRAITS / sizeof TRAITS[0],
               "one traits row each");

const struct provider *const *provider_all(void)
{
    return PROVIDERS;
}

const struct provider *provider_by_name(const char *name)
{
    for (size_t i = 0; PROVIDERS[i]; i++)
        if (text_equal(PROVIDERS[i]->traits->provider, name)) return PROVIDERS[i];
    return NULL;
}

const struct traits *const *provider_traits(void)
{
    return TRAITS;
}
