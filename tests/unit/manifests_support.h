#ifndef SETPOINT_TESTS_UNIT_MANIFESTS_SUPPORT_H
#define SETPOINT_TESTS_UNIT_MANIFESTS_SUPPORT_H

/* Two made-up providers and helpers for the tests of manifests/. Include after unit.h. */
#include "manifests/reading.h"
#include "reconcile/base/cleanup.h"

static const struct auth_field support_tenant_fields[] = {
    {"url", false, false}, {"tenantId", false, true}, {"username", false, true}, {"password", true, true}};
static const struct auth_field support_project_fields[] = {
    {"url", false, true},      {"project", false, true},     {"projectDomain", false, false},
    {"username", false, true}, {"userDomain", false, false}, {"password", true, true}};
static const struct auth_field support_application_fields[] = {{"url", false, true},
                                                               {"applicationCredential.id", false, true},
                                                               {"applicationCredential.secret", true, true}};
static const struct auth_form support_wide_forms[] = {
    {"password", support_project_fields, 6}, {"application credential", support_application_fields, 3}};
static const struct auth_form support_narrow_forms[] = {{"tenant password", support_tenant_fields, 4}};

#define SUPPORT_PHASES (PHASE_BIT(PHASE_RUNNING) | PHASE_BIT(PHASE_STOPPED))

/* Everything is allowed. */
static const struct traits support_wide = {
    .provider = "wide",
    .mark = MARK_AS_METADATA,
    .clouds_yaml = true,
    .settle_ms = 30000,
    .name_max = 255,
    .user_data_max = 65535,
    .metadata_keys_max = 128,
    .desired_phases = SUPPORT_PHASES | PHASE_BIT(PHASE_SHELVED),
    .fields = {[FIELD_FLAVOR] = {.visibility = SEEN_IN_LIST, .change = CALL_RESIZE},
               [FIELD_ZONE] = {.visibility = SEEN_IN_GET, .change = CALL_NONE},
               [FIELD_ROOT_DISK] = {.visibility = UNSEEN, .change = CALL_NONE}},
    .auth_forms = support_wide_forms,
    .auth_form_count = 2,
};

static const struct refusal support_refusals[] = {
    {FIELD_NAME, 0, .characters = "-", .why = "use letters, digits and \"-\""},
    {FIELD_NETWORKS, 0, .text = "port", .why = "give its subnet"},
    {FIELD_NETWORKS, 2, .why = "leave fixedIp out"},
    {FIELD_SECURITY_GROUPS, 0, .uuid = true, .why = "write its name"},
    {FIELD_ROOT_DISK, 0, .step = 10, .most = 50, .why = "use 10GiB to 50GiB"},
};

/* Nothing but the name; short names, little user data, no shelving. */
static const struct traits support_narrow = {
    .provider = "narrow",
    .mark = MARK_NOWHERE,
    .settle_ms = 180000,
    .name_max = 15,
    .user_data_max = 40,
    .desired_phases = SUPPORT_PHASES,
    .fields = {[FIELD_METADATA] = {.refused = "its API has no metadata: leave it out"},
               [FIELD_ZONE] = {.refused = "it has one zone: leave it out"}},
    .refusals = support_refusals,
    .refusal_count = sizeof support_refusals / sizeof *support_refusals,
    .auth_forms = support_narrow_forms,
    .auth_form_count = 1,
};

static const struct traits *const support_traits[] = {&support_wide, &support_narrow, NULL};

static struct cloud_config support_clouds[] = {{.name = "big", .traits = &support_wide},
                                               {.name = "small", .traits = &support_narrow}};
static const char *const support_cloud_names[] = {"big", "gone", "small"};
static struct config support_config __attribute__((unused)) = {.clouds = support_clouds, .cloud_count = 2};

/* The source "prod" that may use both (and a third that is not configured). */
static inline struct source_config support_source(const char *directory)
{
    return (struct source_config){
        .name = "prod", .directory = directory, .clouds = support_cloud_names, .cloud_count = 3};
}

/* All mistakes, a line each, without the leading `directory/`. The caller frees with memory_free. */
static inline char *support_lines(const struct mistakes *mistakes, const char *directory)
{
    struct text all, one;
    size_t length = strlen(directory);
    text_init(&all, 1 << 20);
    text_init(&one, 2048);
    for (uint32_t i = 0; i < mistakes->count; i++) {
        text_clear(&one);
        mistake_show(&mistakes->items[i], &one);
        const char *line = one.bytes;
        if (length && strncmp(line, directory, length) == 0 && line[length] == '/') line += length + 1;
        text_addf(&all, "%s\n", line);
    }
    text_release(&one);
    return text_take(&all);
}

#endif
