/* Keystone v2.0 and v3 logins: the token and the catalogue of services. */
#include "call.h"
#include "handlers.h"
#include "memory.h"
#include "nova.h"
#include "wall.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct catalog_row {
    const char *type;
    const char *name;
    enum cloud_service service;
    const char *nhn_path; /* after the service's base; %s is the project */
    const char *openstack_path;
    bool only_openstack;
};

static const struct catalog_row catalog_rows[] = {
    {"image", "glance", CLOUD_IMAGE, "", "", false},
    {"compute", "nova", CLOUD_COMPUTE, "/v2/", "/v2/", false},
    {"identity", "keystone", CLOUD_IDENTITY, "/v2.0", "/v3", false},
    {"volumev3", "cinderv3", CLOUD_VOLUME, "/v3/", "/v3/", true},
    {"network", "neutron", CLOUD_NETWORK, "", "", false},
    {"volumev2", "cinderv2", CLOUD_VOLUME, "/v2/", "/v2/", false},
};

static const char *json_string(const cJSON *object, const char *key)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, key));

    return text ? text : "";
}

static void catalog_url(struct call *call, const struct catalog_row *row, struct buffer *out)
{
    const struct cloud_options *options = &call->cloud->options;
    const char *path = options->dialect == CLOUD_NHN_V2 ? row->nhn_path : row->openstack_path;

    buffer_clear(out);
    call_base(call, row->service, out);
    if (row->service == CLOUD_COMPUTE && options->dialect == CLOUD_OPENSTACK) {
        unsigned position = call_switch(call, OPENSTACK_PATH);

        if (position == 2) {
            buffer_format(out, "/v2.1/%s", call->project);
            return;
        }
        if (position == 1) {
            buffer_text(out, "/v2.1");
            return;
        }
    }
    if (row->service == CLOUD_COMPUTE && !options->compute_path_project) {
        buffer_text(out, "/v2.1");
        return;
    }
    buffer_text(out, path);
    if (path[0] && path[strlen(path) - 1] == '/') buffer_text(out, call->project);
}

static void endpoint_id(const struct call *call, const struct catalog_row *row, unsigned salt, char *out)
{
    struct dice dice;

    dice_init(&dice, dice_hash(row->type), salt * 16 + call->region);
    dice_hex(&dice, out, 32);
}

static void catalog_v2_entry(struct call *call, const struct catalog_row *row, struct buffer *out)
{
    bool all = call->cloud->options.dialect == CLOUD_OPENSTACK;
    struct buffer url = {0};
    char id[CLOUD_ID_SIZE];
    unsigned region = call->region;

    json_open(out, '{');
    json_put_text(out, "type", row->type);
    json_put_text(out, "name", row->name);
    if (all) {
        json_put_open(out, "endpoints_links", '[');
        json_close(out, ']');
    }
    json_put_open(out, "endpoints", '[');
    for (call->region = 0; call->region < CLOUD_REGIONS_MAX && call->cloud->options.regions[call->region];
         call->region++) {
        catalog_url(call, row, &url);
        endpoint_id(call, row, 1, id);
        json_open(out, '{');
        if (all) json_put_text(out, "id", id);
        json_put_text(out, "region", call->cloud->options.regions[call->region]);
        json_put_text(out, "publicURL", buffer_string(&url));
        if (all) {
            json_put_text(out, "internalURL", buffer_string(&url));
            json_put_text(out, "adminURL", buffer_string(&url));
        }
        json_close(out, '}');
    }
    json_close(out, ']');
    json_close(out, '}');
    call->region = region;
    buffer_release(&url);
}

static void token_v2_user(const struct user *user, struct buffer *out, bool all)
{
    json_put_open(out, "user", '{');
    json_put_text(out, "id", user->id);
    json_put_text(out, "name", user->name);
    json_put_text(out, "username", user->name);
    json_put_raw(out, "roles_links", "[]");
    json_put_raw(out, "roles",
                 user->admin ? "[{\"name\":\"admin\"},{\"name\":\"member\"}]" : "[{\"name\":\"member\"}]");
    json_close(out, '}');
    json_put_open(out, "metadata", '{');
    if (all)
        json_put_int(out, "is_admin", 0);
    else
        json_put_bool(out, "is_admin", false);
    json_put_raw(out, "roles", "[\"4cfb4684f8cc490380c5c869c5b0729a\"]");
    json_close(out, '}');
}

static void token_v2_reply(struct call *call, const struct token *token)
{
    bool all = call->cloud->options.dialect == CLOUD_OPENSTACK;
    struct buffer *out = &call->body_out;
    char wall[WALL_SIZE];

    json_open(out, '{');
    json_put_open(out, "access", '{');
    json_put_open(out, "token", '{');
    json_put_text(out, "id", token->id);
    json_put_text(
        out, "issued_at",
        wall_text(cloud_wall(call->cloud, token->issued_ms), all ? WALL_MICROS_Z : WALL_MICROS, wall));
    json_put_text(out, "expires", call_wall(call, token->expires_ms, wall));
    if (all) json_put_raw(out, "audit_ids", "[\"Neag-wnXTbCkNh7EHiJmOg\"]");
    json_put_open(out, "tenant", '{');
    json_put_text(out, "id", token->project);
    json_put_text(out, "name", token->project_name);
    json_put_bool(out, "enabled", true);
    json_put_text(out, "description", "");
    if (!all) {
        json_put_text(out, "groupId", "XEj2zkHrbA7modGU");
        json_put_text(out, "project_domain", "NORMAL");
    }
    json_close(out, '}');
    json_close(out, '}');
    json_put_open(out, "serviceCatalog", '[');
    for (size_t i = 0; i < sizeof catalog_rows / sizeof *catalog_rows; i++) {
        if (all || !catalog_rows[i].only_openstack) catalog_v2_entry(call, &catalog_rows[i], out);
    }
    json_close(out, ']');
    token_v2_user(token->user, out, all);
    json_close(out, '}');
    json_close(out, '}');
    call->status = 200;
}

static const struct token *login(struct call *call, struct user *user)
{
    const struct cloud_fault *wrong = call_fault(call, CLOUD_FAULT_WRONG_PROJECT);
    const struct user *project_of = user;
    const struct token *token;

    if (wrong) {
        project_of = tokens_stranger(&call->cloud->tokens, user);
        if (project_of != user) fault_used(call, wrong);
    }
    token = tokens_issue(&call->cloud->tokens, &call->cloud->token_dice, user, project_of,
                         &call->cloud->options, call->now_ms);
    call->project = token->project;
    call->authorized = true;
    call->effect = true;
    return token;
}

void handle_token_v2(struct call *call)
{
    const cJSON *auth = cJSON_GetObjectItemCaseSensitive(call->body, "auth");
    const cJSON *credentials = cJSON_GetObjectItemCaseSensitive(auth, "passwordCredentials");
    const char *project = json_string(auth, "tenantId");
    const char *project_name = json_string(auth, "tenantName");
    struct user *user;

    if (strcmp(call->version, "v2.0") != 0) {
        call_error(call, 404, "The resource could not be found.");
        return;
    }
    if (!auth || !credentials) {
        call_keystone_error(call, 400, "Bad Request", "Expecting to find %s in request body.",
                            auth ? "passwordCredentials" : "auth");
        return;
    }
    user = tokens_user(&call->cloud->tokens, json_string(credentials, "username"));
    if (!user || strcmp(user->password, json_string(credentials, "password")) != 0 ||
        (*project && strcmp(project, user->project) != 0) ||
        (!*project && strcmp(project_name, user->project_name) != 0)) {
        call_unauthorized(call);
        return;
    }
    token_v2_reply(call, login(call, user));
}

static void catalog_v3_entry(struct call *call, const struct catalog_row *row, struct buffer *out)
{
    static const char *const interfaces[] = {"internal", "public", "admin"};
    struct buffer url = {0};
    char id[CLOUD_ID_SIZE];
    unsigned region = call->region;

    json_open(out, '{');
    json_put_open(out, "endpoints", '[');
    for (call->region = 0; call->region < CLOUD_REGIONS_MAX && call->cloud->options.regions[call->region];
         call->region++) {
        for (unsigned i = 0; i < 3; i++) {
            catalog_url(call, row, &url);
            endpoint_id(call, row, 2 + i, id);
            json_open(out, '{');
            json_put_text(out, "id", id);
            json_put_text(out, "interface", interfaces[i]);
            json_put_text(out, "region_id", call->cloud->options.regions[call->region]);
            json_put_text(out, "url", buffer_string(&url));
            json_put_text(out, "region", call->cloud->options.regions[call->region]);
            json_close(out, '}');
        }
    }
    call->region = region;
    json_close(out, ']');
    endpoint_id(call, row, 9, id);
    json_put_text(out, "id", id);
    json_put_text(out, "type", row->type);
    json_put_text(out, "name", row->name);
    json_close(out, '}');
    buffer_release(&url);
}

static void json_domain(struct buffer *out)
{
    json_put_raw(out, "domain", "{\"id\":\"default\",\"name\":\"Default\"}");
}

static void token_v3_head(struct call *call, const struct token *token, const char *method)
{
    struct buffer *out = &call->body_out;
    char wall[WALL_SIZE];

    json_put_open(out, "methods", '[');
    json_text(out, method);
    json_close(out, ']');
    json_put_open(out, "user", '{');
    json_domain(out);
    json_put_text(out, "id", token->user->id);
    json_put_text(out, "name", token->user->name);
    json_put_null(out, "password_expires_at");
    json_close(out, '}');
    json_put_raw(out, "audit_ids", "[\"Z8D-sguATy2CVojJStdasA\"]");
    json_put_text(out, "expires_at",
                  wall_text(cloud_wall(call->cloud, token->expires_ms), WALL_MICROS_Z, wall));
    json_put_text(out, "issued_at",
                  wall_text(cloud_wall(call->cloud, token->issued_ms), WALL_MICROS_Z, wall));
    json_put_open(out, "project", '{');
    json_domain(out);
    json_put_text(out, "id", token->project);
    json_put_text(out, "name", token->project_name);
    json_close(out, '}');
    json_put_bool(out, "is_domain", false);
    json_put_raw(out, "roles", "[{\"id\":\"4cfb4684f8cc490380c5c869c5b0729a\",\"name\":\"member\"}]");
}

static void token_v3_reply(struct call *call, const struct token *token, const char *method)
{
    struct buffer *out = &call->body_out;

    json_open(out, '{');
    json_put_open(out, "token", '{');
    token_v3_head(call, token, method);
    if (!call_query(call, "nocatalog")) {
        json_put_open(out, "catalog", '[');
        for (size_t i = 0; i < sizeof catalog_rows / sizeof *catalog_rows; i++)
            catalog_v3_entry(call, &catalog_rows[i], out);
        json_close(out, ']');
    }
    json_close(out, '}');
    json_close(out, '}');
    call->status = 201;
    call_header_out(call, "X-Subject-Token", "%s", token->id);
    call_header_out(call, "Vary", "X-Auth-Token");
}

/* id, or name with the only domain there is. */
static struct user *password_user(struct call *call, const cJSON *object)
{
    const cJSON *domain = cJSON_GetObjectItemCaseSensitive(object, "domain");
    const char *id = json_string(object, "id");
    bool is_default = strcmp(json_string(domain, "id"), "default") == 0 ||
                      strcmp(json_string(domain, "name"), "Default") == 0;

    if (*id) return tokens_user(&call->cloud->tokens, id);
    return is_default ? tokens_user(&call->cloud->tokens, json_string(object, "name")) : NULL;
}

static bool scope_fits(const struct user *user, const cJSON *scope)
{
    const cJSON *project = cJSON_GetObjectItemCaseSensitive(scope, "project");
    const char *id = json_string(project, "id");

    if (!scope) return true;
    if (*id) return strcmp(id, user->project) == 0;
    return strcmp(json_string(project, "name"), user->project_name) == 0;
}

static struct user *login_v3_password(struct call *call, const cJSON *auth, const cJSON *identity)
{
    const cJSON *object =
        cJSON_GetObjectItemCaseSensitive(cJSON_GetObjectItemCaseSensitive(identity, "password"), "user");
    struct user *user = password_user(call, object);

    if (!user || strcmp(user->password, json_string(object, "password")) != 0 ||
        !scope_fits(user, cJSON_GetObjectItemCaseSensitive(auth, "scope")))
        return NULL;
    return user;
}

static struct user *login_v3_credential(struct call *call, const cJSON *auth, const cJSON *identity)
{
    const cJSON *credential = cJSON_GetObjectItemCaseSensitive(identity, "application_credential");
    struct user *user = tokens_credential(&call->cloud->tokens, json_string(credential, "id"));

    /* Keystone refuses a scope beside an application credential. */
    if (!user || strcmp(user->credential_secret, json_string(credential, "secret")) != 0 ||
        cJSON_GetObjectItemCaseSensitive(auth, "scope"))
        return NULL;
    return user;
}

void handle_token_v3(struct call *call)
{
    const cJSON *auth = cJSON_GetObjectItemCaseSensitive(call->body, "auth");
    const cJSON *identity = cJSON_GetObjectItemCaseSensitive(auth, "identity");
    const char *method =
        cJSON_GetStringValue(cJSON_GetArrayItem(cJSON_GetObjectItemCaseSensitive(identity, "methods"), 0));
    struct user *user = NULL;

    if (strcmp(call->version, "v3") != 0 || call->cloud->options.dialect == CLOUD_NHN_V2) {
        call_keystone_error(call, 404, "Not Found", "The resource could not be found.");
        return;
    }
    if (!identity || !method) {
        call_keystone_error(call, 400, "Bad Request", "Expecting to find identity in auth.");
        return;
    }
    if (strcmp(method, "password") == 0)
        user = login_v3_password(call, auth, identity);
    else if (strcmp(method, "application_credential") == 0)
        user = login_v3_credential(call, auth, identity);
    if (!user) {
        call_unauthorized(call);
        return;
    }
    token_v3_reply(call, login(call, user),
                   strcmp(method, "password") == 0 ? "password" : "application_credential");
}
