#include "ctl/inventory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/answer.h"
#include "ctl/command.h"
#include "ctl/table.h"
#include "ctl/words.h"
#include "reconcile/base/cleanup.h"

enum { ALIAS_MAX = 256, PORT_MAX = 65535 };

static int host_order(const void *a, const void *b)
{
    const struct host *x = a, *y = b;
    int order = strcmp(answer_word(x->entry, "name"), answer_word(y->entry, "name"));
    return order ? order : strcmp(answer_word(x->entry, "source"), answer_word(y->entry, "source"));
}

static const char *address_find(const cJSON *entry, const char *kind, bool v6)
{
    for (const cJSON *item = answer_first(entry, "addresses"); item; item = item->next) {
        const char *address = answer_word(item, "address");
        bool is_v6 = strchr(address, ':') != NULL;
        if (*address && is_v6 == v6 && strcmp(answer_word(item, "kind"), kind) == 0) return address;
    }
    return NULL;
}

static const char *address_of(const cJSON *entry, const char *kind)
{
    const char *v4 = address_find(entry, kind, false);
    return v4 ? v4 : address_find(entry, kind, true);
}

static bool same_name(const struct host *a, const struct host *b)
{
    return strcmp(answer_word(a->entry, "name"), answer_word(b->entry, "name")) == 0;
}

static void alias_choose(struct hosts *hosts, uint32_t index)
{
    struct host *host = &hosts->items[index];
    const char *name = answer_word(host->entry, "name");
    bool shared =
        (index > 0 && same_name(host, host - 1)) || (index + 1 < hosts->count && same_name(host, host + 1));
    AUTO_TEXT struct text alias = {0};
    text_init(&alias, ALIAS_MAX);
    if (shared) text_addf(&alias, "%s/", answer_word(host->entry, "source"));
    text_add(&alias, name);
    host->alias = text_take(&alias);
}

void hosts_init(struct hosts *hosts, const cJSON *entries)
{
    *hosts = (struct hosts){
        .items = memory_zero(((size_t)cJSON_GetArraySize(entries) + 1) * sizeof *hosts->items)};
    for (const cJSON *entry = answer_items(entries); entry; entry = entry->next)
        hosts->items[hosts->count++] = (struct host){
            .entry = entry, .fixed = address_of(entry, "fixed"), .floating = address_of(entry, "floating")};
    if (hosts->count) qsort(hosts->items, hosts->count, sizeof *hosts->items, host_order);
    for (uint32_t i = 0; i < hosts->count; i++)
        alias_choose(hosts, i);
}

void hosts_release(struct hosts *hosts)
{
    for (uint32_t i = 0; i < hosts->count; i++)
        memory_free(hosts->items[i].alias);
    memory_free(hosts->items);
    *hosts = (struct hosts){0};
}

const char *host_outside(const struct host *host)
{
    return host->floating ? host->floating : host->fixed;
}

static bool table_put(const struct run *run, const struct hosts *hosts)
{
    static const char *const heads[] = {"NAME", "CLOUD", "PHASE", "FIXED", "FLOATING", "FLAVOR", NULL};
    static const char *const heads_wide[] = {"NAME",     "CLOUD",  "PHASE", "FIXED",
                                             "FLOATING", "FLAVOR", "ID",    NULL};
    AUTO_TEXT struct text out = {0};
    struct table table;
    text_init(&out, SCREEN_OUT_MAX);
    table_init(&table, run_wants_wide(run) ? heads_wide : heads);
    for (uint32_t i = 0; i < hosts->count; i++) {
        const struct host *host = &hosts->items[i];
        struct table_row *row = table_row(&table);
        const char *phase = answer_word(host->entry, "phase");
        table_set(&table, row, 0, INK_STRONG, host->alias);
        table_set(&table, row, 1, INK_PLAIN, answer_text(host->entry, "cloud"));
        table_set(&table, row, 2, phase_ink(phase), phase);
        table_set(&table, row, 3, INK_PLAIN, host->fixed);
        table_set(&table, row, 4, INK_PLAIN, host->floating);
        table_set(&table, row, 5, INK_PLAIN, answer_text(host->entry, "flavor"));
        if (run_wants_wide(run)) table_set(&table, row, 6, INK_PLAIN, answer_text(host->entry, "providerId"));
    }
    if (table.count)
        table_add(&table, &run->screen, table.count, &out);
    else
        text_add(&out, "no servers\n");
    bool put = screen_put(&out);
    table_release(&table);
    return put;
}

static bool is_format(const struct run *run, const char *format)
{
    return text_equal(run->values[OPTION_FORMAT], format);
}

static int usage_check(const struct run *run)
{
    uint64_t port;
    const char *given = run->values[OPTION_PORT];
    if (run_has(run, OPTION_FORMAT) && run_has(run, OPTION_OUTPUT))
        return run_fail(CTL_USAGE, "inventory takes --format or --output, not both");
    if ((run_has(run, OPTION_LIST) || run_has(run, OPTION_HOST)) && !is_format(run, "ansible"))
        return run_fail(CTL_USAGE, "--list and --host are Ansible's: they need --format ansible");
    if (given && !is_format(run, "prometheus"))
        return run_fail(CTL_USAGE, "--port is for the targets of --format prometheus");
    if (given && (!text_to_number(given, PORT_MAX, &port) || port == 0))
        return run_fail(CTL_USAGE, "--port \"%s\": not a port from 1 to %d", given, PORT_MAX);
    return CTL_DONE;
}

static bool form_put(const struct run *run, const struct hosts *hosts)
{
    AUTO_TEXT struct text out = {0};
    text_init(&out, SCREEN_OUT_MAX);
    if (run_has(run, OPTION_OUTPUT)) return table_put(run, hosts);
    if (run_has(run, OPTION_HOST))
        inventory_ansible_host(hosts, run->values[OPTION_HOST], &out);
    else if (is_format(run, "ansible"))
        inventory_ansible(hosts, &out);
    else if (is_format(run, "ssh"))
        inventory_ssh(hosts, &out);
    else
        inventory_prometheus(hosts, run_has(run, OPTION_PORT) ? run->values[OPTION_PORT] : "", &out);
    if (out.overflow)
        return run_fail(CTL_FAILED, "the inventory is too large; narrow it by names, --source or -l"), false;
    return screen_put(&out);
}

int run_inventory(struct run *run)
{
    AUTO_TEXT struct text path = {0}, reply = {0};
    bool plain_json = run_wants_json(run) || is_format(run, "json") ||
                      (!run_has(run, OPTION_FORMAT) && !run_has(run, OPTION_OUTPUT));
    int exit = usage_check(run);
    if (exit) return exit;
    client_path(&path, "/v1/inventory");
    for (unsigned i = 0; i < run->argument_count; i++)
        client_query(&path, "name", run->arguments[i]);
    if (run_has(run, OPTION_SOURCE)) client_query(&path, "source", run->values[OPTION_SOURCE]);
    if (run_has(run, OPTION_SELECTOR)) client_query(&path, "selector", run->values[OPTION_SELECTOR]);
    exit = client_ask(&run->client, &path, NULL, CLIENT_READ_MS, &reply);
    if (exit) return exit;
    if (plain_json) return screen_put(&reply) ? CTL_DONE : CTL_FAILED;
    AUTO_ANSWER cJSON *entries = cJSON_Parse(reply.bytes);
    if (!cJSON_IsArray(entries)) return run_fail(CTL_FAILED, "the daemon's inventory cannot be read");
    struct hosts hosts;
    hosts_init(&hosts, entries);
    bool put = form_put(run, &hosts);
    hosts_release(&hosts);
    return put ? CTL_DONE : CTL_FAILED;
}
