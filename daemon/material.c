#include "daemon/material.h"

#include <string.h>

#include "daemon/log.h"
#include "daemon/secret.h"
#include "manifests/clouds_yaml.h"
#include "reconcile/base/memory.h"
#include "reconcile/base/text.h"

/* Log-ins are prepared one at a time and wiped before the next. */
enum { MATERIAL_VALUES_MAX = 16 /* the longest form has 7 */ };

static struct material {
    struct credential credentials[MATERIAL_VALUES_MAX];
    uint32_t count;
    struct secret secrets[MATERIAL_VALUES_MAX];
    uint32_t secret_count;
    struct arena arena; /* of clouds.yaml */
    struct clouds_yaml yaml;
} material;

static bool value_add(const struct auth_value *value, struct error *err)
{
    if (material.count == MATERIAL_VALUES_MAX)
        return error_set(err, ERROR_LIMIT, "spec.auth has more than %d values", MATERIAL_VALUES_MAX);
    struct credential *credential = &material.credentials[material.count];
    credential->name = value->name;
    credential->text = value->text;
    if (value->secret.kind != SECRET_NONE) {
        struct secret *secret = &material.secrets[material.secret_count];
        if (!secret_read(&value->secret, secret, err)) return error_prefix(err, "spec.auth.%s", value->name);
        material.secret_count++;
        credential->text = secret->text;
    }
    material.count++;
    return true;
}

static bool auth_read(const struct cloud_config *cloud, struct error *err)
{
    for (uint32_t i = 0; i < cloud->auth_count; i++)
        if (!value_add(&cloud->auth[i], err)) return false;
    return true;
}

static const struct auth_form *form_find(const struct traits *traits, const char *title)
{
    for (unsigned i = 0; i < traits->auth_form_count; i++)
        if (text_equal(traits->auth_forms[i].title, title)) return &traits->auth_forms[i];
    return NULL;
}

static bool yaml_read(const struct cloud_config *cloud, struct login_material *out, struct error *err)
{
    const struct clouds_yaml *yaml = &material.yaml;
    if (!clouds_yaml_read(cloud->clouds_yaml_file, cloud->clouds_yaml_cloud, &material.arena, &material.yaml,
                          err))
        return false;
    if (yaml->exposed) {
        struct log_fields fields = {.cloud = cloud->name, .type = "CredentialExposed"};
        log_write(LOG_LEVEL_WARNING, &fields,
                  "%s holds a secret and every user can read it: chmod 600 it (and its secure.yaml)",
                  cloud->clouds_yaml_file);
    }
    out->auth_form = form_find(cloud->traits, yaml->form);
    if (out->auth_form == NULL)
        return error_set(err, ERROR_INPUT, "%s: provider %s has no log-in of the form \"%s\"",
                         cloud->clouds_yaml_file, cloud->traits->provider, yaml->form);
    _Static_assert((int)CLOUDS_YAML_VALUES_MAX <= (int)MATERIAL_VALUES_MAX, "all of them find room");
    for (uint32_t i = 0; i < yaml->value_count && i < CLOUDS_YAML_VALUES_MAX; i++)
        material.credentials[material.count++] =
            (struct credential){.name = yaml->values[i].name, .text = yaml->values[i].text};
    out->auth_url = yaml->auth_url;
    out->region = cloud->region ? NULL : yaml->region;
    out->interface = yaml->interface;
    out->tls_ca = cloud->tls_ca ? NULL : yaml->cacert;
    return true;
}

static bool material_read(void *ctx, const struct cloud_config *cloud, struct login_material *out,
                          struct error *err)
{
    (void)ctx;
    arena_init(&material.arena);
    bool good = cloud->clouds_yaml_file ? yaml_read(cloud, out, err) : auth_read(cloud, err);
    out->credentials = material.credentials;
    out->count = material.count;
    return good;
}

static void yaml_wipe(void)
{
    for (uint32_t i = 0; i < material.yaml.value_count; i++)
        explicit_bzero((char *)(uintptr_t)material.yaml.values[i].text, strlen(material.yaml.values[i].text));
    arena_release(&material.arena);
}

static void material_wipe(void *ctx, struct login_material *out)
{
    (void)ctx;
    for (uint32_t i = 0; i < material.secret_count; i++)
        secret_wipe(&material.secrets[i]);
    yaml_wipe();
    material = (struct material){0};
    *out = (struct login_material){0};
}

struct login_host material_host(void)
{
    return (struct login_host){.material = material_read, .wipe = material_wipe};
}
