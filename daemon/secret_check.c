#include "daemon/secret_check.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/secret.h"
#include "manifests/clouds_yaml.h"
#include "manifests/form.h"
#include "reconcile/base/cleanup.h"
#include "reconcile/base/text.h"

/* name: the key below spec, of a document in `file`. False: there is nothing in `secret`, and a mistake says
   why, if it is one. */
static bool reference_read(const char *file, const char *name, const struct secret_reference *reference,
                           struct mistakes *mistakes, uint32_t *out_unseen, struct secret *secret)
{
    struct error err = {0};
    *secret = (struct secret){.text = NULL};
    if (reference->kind == SECRET_NONE) return false;
    if (out_unseen && reference->kind == SECRET_CREDENTIAL && !getenv("CREDENTIALS_DIRECTORY")) {
        (*out_unseen)++;
        return false;
    }
    if (secret_read(reference, secret, &err)) return true;
    mistakes_add(mistakes, (struct position){file, reference->line, reference->column}, "spec.%s: %s", name,
                 err.text);
    return false;
}

static void reference_check(const struct cloud_config *cloud, const char *name,
                            const struct secret_reference *reference, struct mistakes *mistakes,
                            uint32_t *out_unseen)
{
    struct secret secret;
    if (reference_read(cloud->file, name, reference, mistakes, out_unseen, &secret)) secret_wipe(&secret);
}

static void auth_check(const struct cloud_config *cloud, const struct auth_value *value,
                       struct mistakes *mistakes, uint32_t *out_unseen)
{
    AUTO_TEXT struct text name = {0};
    text_init(&name, ERROR_TEXT_MAX);
    text_addf(&name, "auth.%s", value->name);
    reference_check(cloud, name.bytes, &value->secret, mistakes, out_unseen);
}

static void yaml_check(const struct cloud_config *cloud, struct mistakes *mistakes)
{
    struct arena arena;
    struct error err = {0};
    struct clouds_yaml yaml = {.value_count = 0};
    arena_init(&arena);
    if (!clouds_yaml_read(cloud->clouds_yaml_file, cloud->clouds_yaml_cloud, &arena, &yaml, &err)) {
        AUTO_TEXT struct text shown;
        text_init(&shown, ERROR_TEXT_MAX + ERROR_FILE_MAX + 32);
        mistake_show(&err, &shown);
        mistakes_add(mistakes, (struct position){cloud->file, cloud->line, cloud->column},
                     "spec.cloudsYaml: %s", shown.bytes);
    }
    for (uint32_t i = 0; i < yaml.value_count; i++)
        explicit_bzero((char *)(uintptr_t)yaml.values[i].text, strlen(yaml.values[i].text));
    arena_release(&arena);
}

/* What is no URL is a mistake already here: a delivery would find it when something is wrong. */
static void target_check(const struct notify_target *target, struct mistakes *mistakes, uint32_t *out_unseen)
{
    static const char name[] = "notify.url";
    const struct secret_reference *reference = &target->secret_url;
    struct secret secret;
    if (!reference_read(target->file, name, reference, mistakes, out_unseen, &secret)) return;
    const char *problem = hook_problem(secret.text, target->allow_plain_http);
    if (problem)
        mistakes_add(mistakes, (struct position){target->file, reference->line, reference->column},
                     "spec.%s: %s \"%s\" %s", name, reference->kind == SECRET_FILE ? "file" : "credential",
                     reference->text, problem);
    secret_wipe(&secret);
}

void secrets_check(const struct config *config, struct mistakes *mistakes, uint32_t *out_unseen)
{
    for (uint32_t i = 0; i < config->cloud_count; i++) {
        const struct cloud_config *cloud = &config->clouds[i];
        for (uint32_t k = 0; k < cloud->auth_count; k++)
            auth_check(cloud, &cloud->auth[k], mistakes, out_unseen);
        reference_check(cloud, "proxy.credentials", &cloud->proxy_credentials, mistakes, out_unseen);
        if (cloud->clouds_yaml_file) yaml_check(cloud, mistakes);
    }
    for (uint32_t i = 0; i < config->target_count; i++)
        target_check(&config->targets[i], mistakes, out_unseen);
    mistakes_sort(mistakes);
}
