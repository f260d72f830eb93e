#ifndef SETPOINT_CONFIG_H
#define SETPOINT_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include "reconcile/base/arena.h"
#include "reconcile/base/limits.h"
#include "reconcile/spec.h"
#include "reconcile/traits.h"

/* The operator's configuration: the documents Daemon, Cloud and Source, read by manifests/, immutable. Every
   text lives in `arena`. The core uses what concerns decisions; endpoints, auth and TLS are for daemon/. */

enum mode { MODE_OBSERVE, MODE_ENFORCE };

/* "10%" or "4": at most max(1, ceil(percent × base)), or a fixed number; 0 = every one needs approval. */
struct share {
    uint32_t number;
    bool percent;
};

struct destroy_budget {
    struct share max;
    int64_t per_ms;
};

/* A secret is a reference, never a value. */
enum secret_kind { SECRET_NONE, SECRET_CREDENTIAL, SECRET_FILE };
struct secret_reference {
    enum secret_kind kind;
    const char *text;      /* credential name or file path */
    unsigned line, column; /* in the document of the cloud or the Daemon, where it is named */
};

struct auth_value {
    const char *name; /* as struct auth_field.name */
    const char *text; /* plain value; NULL when it is a secret */
    struct secret_reference secret;
};

struct cloud_config {
    const char *name;
    const struct traits *traits;
    const char *region;                     /* NULL */
    const char *interface;                  /* "public" */
    const char *tenant_uuid, *cluster_uuid; /* whose servers, where an API asks in each call; NULL */
    const char *endpoints[SERVICE_COUNT];   /* overrides; NULL = from the catalogue */
    const struct auth_form *auth_form;      /* NULL with cloudsYaml */
    const struct auth_value *auth;
    uint32_t auth_count;
    const char *auth_url;         /* auth.url; NULL */
    const char *clouds_yaml_file; /* with clouds_yaml_cloud; NULL */
    const char *clouds_yaml_cloud;
    const char *expect_project;                /* NULL = pinned at first use */
    const char *tls_ca;                        /* file; NULL = system's */
    const char *proxy_url;                     /* NULL = the environment's, if any */
    struct secret_reference proxy_credentials; /* USER:PASSWORD */
    bool allow_plain_http;
    int64_t connect_timeout_ms, total_timeout_ms;
    uint32_t requests_per_second;
    uint32_t in_flight;
    int64_t poll_interval_ms, poll_full_ms;
    int64_t settle_ms;
    enum mode mode;
    const char *file;
    unsigned line, column;
};

struct source_config {
    const char *name;
    const char *directory;
    const char *const *clouds; /* sorted */
    uint32_t cloud_count;
    uint32_t max_instances; /* 0 = no limit given */
    bool prune;
    int64_t prune_delay_ms;
    struct destroy_budget destroy;
    struct share disruption;
    enum mode mode;
    const char *file;
    unsigned line, column;
};

/* Whom to notify of what (DESIGN.md names no form; docs/operations.md does). */
enum notify_form { NOTIFY_WEBHOOK, NOTIFY_SLACK, NOTIFY_MAIL, NOTIFY_FORM_COUNT };
/* What a target may ask for: verdicts that objects come to rest in, and what stops a whole cloud or source.
 */
enum notify_kind {
    NOTIFY_CONVERGED, /* again, after something else was told */
    NOTIFY_WAITING,
    NOTIFY_BLOCKED,
    NOTIFY_FAILING,
    NOTIFY_BRAKE,
    NOTIFY_KIND_COUNT
};
#define NOTIFY_BIT(kind) (UINT32_C(1) << (kind))

struct notify_target {
    const char *name;
    enum notify_form form;
    const char *url; /* webhook, slack: plain; NULL when it is a secret */
    struct secret_reference secret_url;
    const char *tls_ca;    /* file; NULL = system's */
    bool allow_plain_http; /* webhook, slack */
    const char *const *to; /* mail: addresses */
    uint32_t to_count;
    const char *from;                           /* mail; NULL = the program's own choice */
    const char *sendmail;                       /* mail: the program */
    uint32_t kinds;                             /* NOTIFY_BITs */
    const char *const *sources, *const *clouds; /* sorted; none = all */
    uint32_t source_count, cloud_count;
    const char *file;
    unsigned line, column;
};

struct config {
    struct arena arena;
    const char *owner;
    enum mode mode;
    struct destroy_budget destroy;
    const char *log_level;
    const char *listen_metrics; /* NULL = no TCP listener */
    int64_t history_age_ms;
    int64_t history_bytes;
    struct notify_target *targets; /* sorted by name */
    uint32_t target_count;
    struct cloud_config *clouds; /* sorted by name */
    uint32_t cloud_count;
    struct source_config *sources; /* sorted by name */
    uint32_t source_count;
};

struct config *config_new(void);
void config_free(struct config *config);
const struct cloud_config *config_cloud(const struct config *config, const char *name);
const struct source_config *config_source(const struct config *config, const char *name);
const struct notify_target *config_target(const struct config *config, const char *name);
/* As the configuration writes them: "slack", "Blocked". */
const char *notify_form_name(enum notify_form form);
const char *notify_kind_name(enum notify_kind kind);
/* What a share allows of `base`: a fixed number as it is, a percentage at least 1. */
uint32_t share_of(struct share share, uint32_t base);

#endif
