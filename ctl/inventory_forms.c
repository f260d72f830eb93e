#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/answer.h"
#include "ctl/inventory.h"
#include "reconcile/base/cleanup.h"

enum { GROUP_MAX = 512, TARGET_MAX = 64 };

/* One member of the daemon's entry under the name that the other tool's users see. */
struct variable {
    const char *name, *member;
};

static const struct variable VARIABLES[] = {
    {"setpoint_source", "source"},  {"setpoint_name", "name"},         {"setpoint_cloud", "cloud"},
    {"setpoint_region", "region"},  {"setpoint_provider", "provider"}, {"setpoint_id", "providerId"},
    {"setpoint_phase", "phase"},    {"setpoint_verdict", "verdict"},   {"setpoint_server_name", "serverName"},
    {"setpoint_flavor", "flavor"},  {"setpoint_image", "image"},       {"setpoint_zone", "zone"},
    {"setpoint_keypair", "keypair"}};
enum { VARIABLE_COUNT = sizeof VARIABLES / sizeof *VARIABLES };

static bool json_put(cJSON *json, struct text *out)
{
    char *printed = cJSON_Print(json);
    if (printed) {
        text_add(out, printed);
        text_add_char(out, '\n');
    }
    out->overflow |= !printed;
    cJSON_free(printed);
    return !out->overflow;
}

/* --- Ansible: an inventory script's --list --- */

/* Ansible renders texts of an inventory as templates; one that looks like a template is marked as plain. */
static cJSON *ansible_text(const char *text)
{
    if (!strstr(text, "{{") && !strstr(text, "{%") && !strstr(text, "{#")) return cJSON_CreateString(text);
    cJSON *wrapped = cJSON_CreateObject();
    cJSON_AddStringToObject(wrapped, "__ansible_unsafe", text);
    return wrapped;
}

static cJSON *ansible_value(const cJSON *value)
{
    if (cJSON_IsString(value)) return ansible_text(value->valuestring);
    if (!cJSON_IsArray(value) && !cJSON_IsObject(value)) return cJSON_Duplicate(value, true);
    cJSON *copy = cJSON_IsArray(value) ? cJSON_CreateArray() : cJSON_CreateObject();
    for (const cJSON *item = value->child; item; item = item->next)
        if (item->string)
            cJSON_AddItemToObject(copy, item->string, ansible_value(item));
        else
            cJSON_AddItemToArray(copy, ansible_value(item));
    return copy;
}

static cJSON *ansible_variables(const struct host *host)
{
    cJSON *variables = cJSON_CreateObject();
    if (host_outside(host)) cJSON_AddStringToObject(variables, "ansible_host", host_outside(host));
    for (size_t i = 0; i < VARIABLE_COUNT; i++) {
        const cJSON *value = answer_member(host->entry, VARIABLES[i].member);
        if (cJSON_IsString(value))
            cJSON_AddItemToObject(variables, VARIABLES[i].name, ansible_text(value->valuestring));
    }
    const cJSON *labels = answer_member(host->entry, "labels"),
                *addresses = answer_member(host->entry, "addresses");
    if (labels) cJSON_AddItemToObject(variables, "setpoint_labels", ansible_value(labels));
    if (addresses) cJSON_AddItemToObject(variables, "setpoint_addresses", ansible_value(addresses));
    return variables;
}

/* Letters, digits and underscores: what Ansible takes as a group's name, and Prometheus as a label's. */
static void identifier_add(struct text *out, const char *text)
{
    for (; *text; text++) {
        bool plain = (*text >= 'a' && *text <= 'z') || (*text >= 'A' && *text <= 'Z') ||
                     (*text >= '0' && *text <= '9');
        text_add_char(out, plain ? *text : '_');
    }
}

struct membership {
    char *group;
    const char *alias;
};

struct memberships {
    struct membership *items;
    uint32_t count, room;
};

static void membership_add(struct memberships *memberships, const char *prefix, const char *key,
                           const char *value, const char *alias)
{
    AUTO_TEXT struct text group = {0};
    text_init(&group, GROUP_MAX);
    text_add(&group, prefix);
    if (key) identifier_add(&group, key);
    if (key && *value) text_add_char(&group, '_');
    identifier_add(&group, value);
    ROW_RESERVE(memberships->items, memberships->count, memberships->room);
    memberships->items[memberships->count++] = (struct membership){text_take(&group), alias};
}

static int membership_order(const void *a, const void *b)
{
    const struct membership *x = a, *y = b;
    int order = strcmp(x->group, y->group);
    return order ? order : strcmp(x->alias, y->alias);
}

static void memberships_of(struct memberships *memberships, const struct host *host)
{
    const cJSON *labels = answer_member(host->entry, "labels");
    membership_add(memberships, "source_", NULL, answer_word(host->entry, "source"), host->alias);
    membership_add(memberships, "cloud_", NULL, answer_word(host->entry, "cloud"), host->alias);
    for (const cJSON *label = cJSON_IsObject(labels) ? labels->child : NULL; label; label = label->next)
        if (cJSON_IsString(label))
            membership_add(memberships, "label_", label->string, label->valuestring, host->alias);
}

static void groups_add(cJSON *root, cJSON *children, struct memberships *memberships)
{
    cJSON *hosts = NULL;
    struct membership *items = memberships->items;
    if (memberships->count) qsort(items, memberships->count, sizeof *items, membership_order);
    for (uint32_t i = 0; i < memberships->count; i++) {
        bool again = i > 0 && strcmp(items[i].group, items[i - 1].group) == 0;
        if (!again) {
            hosts = cJSON_AddArrayToObject(cJSON_AddObjectToObject(root, items[i].group), "hosts");
            cJSON_AddItemToArray(children, cJSON_CreateString(items[i].group));
        }
        if (!again || strcmp(items[i].alias, items[i - 1].alias) != 0)
            cJSON_AddItemToArray(hosts, cJSON_CreateString(items[i].alias));
    }
    for (uint32_t i = 0; i < memberships->count; i++)
        memory_free(items[i].group);
    memory_free(items);
}

void inventory_ansible(const struct hosts *hosts, struct text *out)
{
    struct memberships memberships = {0};
    AUTO_ANSWER cJSON *root = cJSON_CreateObject();
    cJSON *variables = cJSON_AddObjectToObject(cJSON_AddObjectToObject(root, "_meta"), "hostvars");
    cJSON *children = cJSON_AddArrayToObject(cJSON_AddObjectToObject(root, "all"), "children");
    for (uint32_t i = 0; i < hosts->count; i++) {
        const struct host *host = &hosts->items[i];
        if (!host_outside(host)) continue;
        cJSON_AddItemToObject(variables, host->alias, ansible_variables(host));
        memberships_of(&memberships, host);
    }
    groups_add(root, children, &memberships);
    cJSON_AddItemToArray(children, cJSON_CreateString("ungrouped"));
    json_put(root, out);
}

static bool is_called(const struct host *host, const char *name)
{
    AUTO_TEXT struct text path = {0};
    text_init(&path, GROUP_MAX);
    text_addf(&path, "%s/%s", answer_word(host->entry, "source"), answer_word(host->entry, "name"));
    return strcmp(host->alias, name) == 0 || strcmp(path.bytes, name) == 0;
}

void inventory_ansible_host(const struct hosts *hosts, const char *name, struct text *out)
{
    for (uint32_t i = 0; i < hosts->count; i++) {
        if (!host_outside(&hosts->items[i]) || !is_called(&hosts->items[i], name)) continue;
        AUTO_ANSWER cJSON *variables = ansible_variables(&hosts->items[i]);
        json_put(variables, out);
        return;
    }
    text_add(out, "{}\n");
}

/* --- OpenSSH: ssh_config(5) --- */

void inventory_ssh(const struct hosts *hosts, struct text *out)
{
    text_add(out, "# Servers that setpoint manages. Use: Include FILE, in ~/.ssh/config.\n");
    for (uint32_t i = 0; i < hosts->count; i++) {
        const struct host *host = &hosts->items[i];
        const char *source = answer_word(host->entry, "source"), *name = answer_word(host->entry, "name");
        if (!host_outside(host)) continue;
        text_addf(out, "\nHost %s%s%s/%s\n    HostName %s\n", strchr(host->alias, '/') ? "" : name,
                  strchr(host->alias, '/') ? "" : " ", source, name, host_outside(host));
    }
}

/* --- Prometheus: file_sd --- */

static void target_text(const char *address, const char *port, char out[TARGET_MAX])
{
    bool v6 = strchr(address, ':') != NULL;
    snprintf(out, TARGET_MAX, "%s%s%s%s%s", v6 ? "[" : "", address, v6 ? "]" : "", *port ? ":" : "", port);
}

static void labels_add(cJSON *out, const cJSON *labels)
{
    for (const cJSON *label = cJSON_IsObject(labels) ? labels->child : NULL; label; label = label->next) {
        AUTO_TEXT struct text name = {0};
        text_init(&name, GROUP_MAX);
        text_add(&name, "setpoint_label_");
        identifier_add(&name, label->string);
        bool taken = cJSON_HasObjectItem(out, name.bytes); /* of two that look the same the first stays */
        if (cJSON_IsString(label) && !taken) cJSON_AddStringToObject(out, name.bytes, label->valuestring);
    }
}

/* What identifies a target stays on its series; the rest is there for relabelling only. */
static cJSON *prometheus_labels(const struct host *host)
{
    enum { STAYS = 3 /* source, name, cloud */ };
    cJSON *labels = cJSON_CreateObject();
    for (size_t i = 0; i < VARIABLE_COUNT; i++) {
        char name[TARGET_MAX];
        const char *value = answer_text(host->entry, VARIABLES[i].member);
        snprintf(name, sizeof name, "%s%s", i < STAYS ? "" : "__meta_", VARIABLES[i].name);
        if (value) cJSON_AddStringToObject(labels, name, value);
    }
    if (host->fixed) cJSON_AddStringToObject(labels, "__meta_setpoint_fixed_ip", host->fixed);
    if (host->floating) cJSON_AddStringToObject(labels, "__meta_setpoint_floating_ip", host->floating);
    labels_add(labels, answer_member(host->entry, "labels"));
    return labels;
}

void inventory_prometheus(const struct hosts *hosts, const char *port, struct text *out)
{
    AUTO_ANSWER cJSON *root = cJSON_CreateArray();
    for (uint32_t i = 0; i < hosts->count; i++) {
        const struct host *host = &hosts->items[i];
        char target[TARGET_MAX];
        if (!host_outside(host)) continue;
        target_text(host->fixed ? host->fixed : host->floating, port, target);
        cJSON *group = cJSON_CreateObject();
        cJSON_AddItemToArray(cJSON_AddArrayToObject(group, "targets"), cJSON_CreateString(target));
        cJSON_AddItemToObject(group, "labels", prometheus_labels(host));
        cJSON_AddItemToArray(root, group);
    }
    json_put(root, out);
}
