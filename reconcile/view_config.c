#include <stdio.h>

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

static void add_source(struct text *out, const struct source_config *source)
{
    element(out);
    text_add_char(out, '{');
    member_text(out, "name", source->name);
    member_text(out, "directory", source->directory);
    member_mode(out, source->mode);
    member_key(out, "clouds");
    text_add_char(out, '[');
    for (uint32_t i = 0; i < source->cloud_count; i++) {
        element(out);
        text_add_json(out, source->clouds[i]);
    }
    text_add_char(out, ']');
    member_number(out, "maxInstances", source->max_instances);
    member_flag(out, "prune", source->prune);
    member_number(out, "pruneDelayMs", source->prune_delay_ms);
    add_budget(out, source->destroy);
    member_share(out, "disruption", source->disruption);
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
