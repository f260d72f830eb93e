#include <stdio.h>

#include "reconcile/base/cleanup.h"
#include "reconcile/base/url.h"
#include "reconcile/view_text.h"

/* The configuration in force, for people who help from afar: names, figures and where secrets come from. */

enum { SHARE_TEXT = 16 };

static void member_share(struct text *out, const char *key, struct share share)
{
    char text[SHARE_TEXT];
    snprintf(text, sizeof text, "%u%s", share.number, share.percent ? "%" : "");
    member_text(out, key, text);
}

static void member_mode(struct text *out, enum mode mode)
{
    member_text(out, "mode", mode == MODE_ENFORCE ? "enforce" : "observe");
}

static void add_budget(struct text *out, struct destroy_budget budget)
{
    member_key(out, "destroyBudget");
    text_add_char(out, '{');
    member_share(out, "max", budget.max);
    member_number(out, "perMs", budget.per_ms);
    text_add_char(out, '}');
}

/* Names and user names are what somebody logs in with, too: of each value only where it comes from. */
static const char *secret_origin(const struct secret_reference *secret)
{
    switch (secret->kind) {
    case SECRET_NONE: return "given";
    case SECRET_CREDENTIAL: return "credential";
    case SECRET_FILE: return "file";
    }
    return "";
}

static void add_auth(struct text *out, const struct cloud_config *cloud)
{
    member_key(out, "auth");
    text_add_char(out, '{');
    for (uint32_t i = 0; i < cloud->auth_count; i++)
        member_text(out, cloud->auth[i].name, secret_origin(&cloud->auth[i].secret));
    text_add_char(out, '}');
}

static void add_endpoints(struct text *out, const struct cloud_config *cloud)
{
    member_key(out, "endpoints");
    text_add_char(out, '{');
    for (enum service service = 0; service < SERVICE_COUNT; service++)
        if (cloud->endpoints[service]) member_text(out, service_name(service), cloud->endpoints[service]);
    text_add_char(out, '}');
}

static void add_cloud(struct text *out, const struct cloud_config *cloud)
{
    element(out);
    text_add_char(out, '{');
    member_text(out, "name", cloud->name);
    member_text(out, "provider", cloud->traits ? cloud->traits->provider : NULL);
    member_text(out, "region", cloud->region);
    member_text(out, "interface", cloud->interface);
    member_mode(out, cloud->mode);
    member_text(out, "authUrl", cloud->auth_url);
    add_auth(out, cloud);
    member_text(out, "cloudsYaml", cloud->clouds_yaml_file);
    add_endpoints(out, cloud);
    member_text(out, "expectProject", cloud->expect_project);
    member_text(out, "tlsCa", cloud->tls_ca);
    member_text(out, "proxyUrl", cloud->proxy_url);
    member_flag(out, "allowPlainHttp", cloud->allow_plain_http);
    member_number(out, "requestsPerSecond", cloud->requests_per_second);
    member_number(out, "inFlight", cloud->in_flight);
    member_number(out, "connectTimeoutMs", cloud->connect_timeout_ms);
    member_number(out, "totalTimeoutMs", cloud->total_timeout_ms);
    member_number(out, "pollIntervalMs", cloud->poll_interval_ms);
    member_number(out, "pollFullMs", cloud->poll_full_ms);
    member_number(out, "settleMs", cloud->settle_ms);
    text_add_char(out, '}');
}

static void add_names(struct text *out, const char *key, const char *const *names, uint32_t count)
{
    member_key(out, key);
    text_add_char(out, '[');
    for (uint32_t i = 0; i < count; i++) {
        element(out);
        text_add_json(out, names[i]);
    }
    text_add_char(out, ']');
}

static void add_source(struct text *out, const struct source_config *source)
{
    element(out);
    text_add_char(out, '{');
    member_text(out, "name", source->name);
    member_text(out, "directory", source->directory);
    member_mode(out, source->mode);
    add_names(out, "clouds", source->clouds, source->cloud_count);
    member_number(out, "maxInstances", source->max_instances);
    member_flag(out, "prune", source->prune);
    member_number(out, "pruneDelayMs", source->prune_delay_ms);
    add_budget(out, source->destroy);
    member_share(out, "disruption", source->disruption);
    text_add_char(out, '}');
}

static void add_kinds(struct text *out, uint32_t kinds)
{
    const char *names[NOTIFY_KIND_COUNT];
    uint32_t count = 0;
    for (enum notify_kind kind = 0; kind < NOTIFY_KIND_COUNT; kind++)
        if (kinds & NOTIFY_BIT(kind)) names[count++] = notify_kind_name(kind);
    add_names(out, "on", names, count);
}

/* Who knows a webhook's path may post there, so it is not shown of a plain URL either. */
static void add_url(struct text *out, const struct notify_target *target)
{
    AUTO_TEXT struct text origin;
    text_init(&origin, LIMIT_HOOK_URL);
    if (target->url) url_add_origin(&origin, target->url);
    member_text(out, "url", target->url ? origin.bytes : NULL);
    member_text(out, "urlFrom", target->form == NOTIFY_MAIL ? NULL : secret_origin(&target->secret_url));
}

static void add_target(struct text *out, const struct notify_target *target)
{
    element(out);
    text_add_char(out, '{');
    member_text(out, "name", target->name);
    member_text(out, "form", notify_form_name(target->form));
    add_url(out, target);
    member_text(out, "tlsCa", target->tls_ca);
    member_flag(out, "allowPlainHttp", target->allow_plain_http);
    add_names(out, "to", target->to, target->to_count);
    member_text(out, "from", target->from);
    member_text(out, "sendmail", target->sendmail);
    add_kinds(out, target->kinds);
    add_names(out, "sources", target->sources, target->source_count);
    add_names(out, "clouds", target->clouds, target->cloud_count);
    text_add_char(out, '}');
}

void view_configuration(const struct state *state, struct text *out)
{
    const struct config *config = state->config;
    if (!config) {
        text_add(out, "null");
        return;
    }
    text_add_char(out, '{');
    member_text(out, "owner", config->owner);
    member_mode(out, config->mode);
    add_budget(out, config->destroy);
    member_text(out, "logLevel", config->log_level);
    member_text(out, "listenMetrics", config->listen_metrics);
    member_number(out, "historyAgeMs", config->history_age_ms);
    member_number(out, "historyBytes", config->history_bytes);
    member_key(out, "notify");
    text_add_char(out, '[');
    for (uint32_t i = 0; i < config->target_count; i++)
        add_target(out, &config->targets[i]);
    text_add(out, "]");
    member_key(out, "clouds");
    text_add_char(out, '[');
    for (uint32_t i = 0; i < config->cloud_count; i++)
        add_cloud(out, &config->clouds[i]);
    text_add(out, "]");
    member_key(out, "sources");
    text_add_char(out, '[');
    for (uint32_t i = 0; i < config->source_count; i++)
        add_source(out, &config->sources[i]);
    text_add(out, "]}");
}
