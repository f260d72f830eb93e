#include "dialect.h"

#include <string.h>

static const struct dialect *const dialects[CLOUD_DIALECT_COUNT] = {
    [CLOUD_NHN_V2] = &dialect_nhn_v2,
    [CLOUD_OPENSTACK] = &dialect_openstack,
    [CLOUD_NHN_V1] = &dialect_nhn_v1,
    [CLOUD_KAKAOCLOUD] = &dialect_kakaocloud,
    [CLOUD_TENCENT_GATEWAY] = &dialect_tencent_gateway,
};

const struct dialect *dialect_of(enum cloud_dialect dialect)
{
    return dialects[dialect];
}

const char *cloud_dialect_name(enum cloud_dialect dialect)
{
    return dialect < CLOUD_DIALECT_COUNT ? dialects[dialect]->name : "";
}

const char *cloud_dialect_login(enum cloud_dialect dialect)
{
    return dialect < CLOUD_DIALECT_COUNT ? dialects[dialect]->login : "";
}

const char *cloud_dialect_prefix(enum cloud_dialect dialect, enum cloud_service service)
{
    const char *prefix = dialect < CLOUD_DIALECT_COUNT && service < CLOUD_SERVICE_COUNT
                             ? dialects[dialect]->prefixes[service]
                             : NULL;

    return prefix ? prefix : "";
}

bool cloud_switch_at(enum cloud_dialect dialect, size_t position, const char **out_name,
                     const char *const **out_positions)
{
    const struct dialect_switch *row = dialects[dialect]->switches;

    while (row && row->name && position--)
        row++;
    if (!row || !row->name) return false;
    *out_name = row->name;
    *out_positions = row->positions;
    return true;
}

uint64_t cloud_switch_asked(const struct cloud *cloud, size_t position)
{
    return position < CLOUD_SWITCHES_MAX ? cloud->switches_asked[position] : 0;
}

bool cloud_switch_set(struct cloud_options *options, const char *text)
{
    size_t length = strcspn(text, "=");
    const char *const *positions;
    const char *name;

    for (size_t i = 0; text[length] && cloud_switch_at(options->dialect, i, &name, &positions); i++) {
        if (strlen(name) != length || memcmp(name, text, length) != 0) continue;
        for (unsigned char at = 0; positions[at]; at++) {
            if (strcmp(positions[at], text + length + 1) != 0) continue;
            options->switches[i] = at;
            return true;
        }
    }
    return false;
}
