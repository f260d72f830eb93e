#include "tests/sim/operation.h"

#include <cjson/cJSON.h>
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

/* --- reading a request --- */

/* The first row that fits. `path` is a glob; `body` stands somewhere in the body. */
struct request_row {
    const char *method, *path, *body;
    enum operation operation;
};

static const struct request_row nova_rows[] = {
    {"GET", "*", NULL, OPERATION_READ},
    {"*", "*/tokens*", NULL, OPERATION_READ},
    {"POST", "*/os-keypairs", "\"public_key\"", OPERATION_REGISTER_KEY},
    {"DELETE", "*/os-keypairs/*", NULL, OPERATION_DELETE_KEY},
    {"POST", "*/servers", NULL, OPERATION_CREATE},
    {"*", "*/metadata*", NULL, OPERATION_METADATA},
    {"POST", "*/os-volume_attachments*", NULL, OPERATION_ATTACH},
    {"*", "*/os-volume_attachments*", NULL, OPERATION_DETACH},
    {"*", "*/action", "\"os-start\"", OPERATION_START},
    {"*", "*/action", "\"os-stop\"", OPERATION_STOP},
    {"*", "*/action", "\"unshelve\"", OPERATION_UNSHELVE},
    {"*", "*/action", "\"shelve\"", OPERATION_SHELVE},
    {"*", "*/action", "\"resize\"", OPERATION_RESIZE},
    {"*", "*/action", "\"confirmResize\"", OPERATION_CONFIRM},
    {"*", "*/action", "\"addSecurityGroup\"", OPERATION_ADD_GROUP},
    {"*", "*/action", "\"removeSecurityGroup\"", OPERATION_REMOVE_GROUP},
    {"*", "*/action", "\"rebuild\"", OPERATION_REBUILD},
    {"*", "*/action", "\"createImage\"", OPERATION_SNAPSHOT},
    {"*", "*/action", "\"HARD\"", OPERATION_REBOOT_HARD},
    {"*", "*/action", "\"SOFT\"", OPERATION_REBOOT_SOFT},
    {"PUT", "*/floatingips/*", "\"port_id\":null", OPERATION_RELEASE},
    {"PUT", "*/floatingips/*", NULL, OPERATION_ASSOCIATE},
    {"DELETE", "*/servers/*", NULL, OPERATION_DELETE},
    {"PUT", "*/servers/*", NULL, OPERATION_RENAME},
    {NULL, NULL, NULL, OPERATION_OTHER},
};

static const struct request_row v1_rows[] = {
    {"GET", "*", NULL, OPERATION_READ},
    {"POST", "*/tokens", NULL, OPERATION_READ},
    {"POST", "*/keypairs", "\"publicKey\"", OPERATION_REGISTER_KEY},
    {"DELETE", "*/keypairs?name=*", NULL, OPERATION_DELETE_KEY},
    {"POST", "*/instances", NULL, OPERATION_CREATE},
    {"DELETE", "*/instances?id=*", NULL, OPERATION_DELETE},
    {"POST", "*/instances/*/attachments", NULL, OPERATION_ATTACH},
    {"DELETE", "*/instances/*/attachments?volumeId=*", NULL, OPERATION_DETACH},
    {"POST", "*/instances/*/action", "\"start\"", OPERATION_START},
    {"POST", "*/instances/*/action", "\"stop\"", OPERATION_STOP},
    {"POST", "*/instances/*/action", "\"SOFT\"", OPERATION_REBOOT_SOFT},
    {"POST", "*/instances/*/action", "\"HARD\"", OPERATION_REBOOT_HARD},
    {"POST", "*/instances/*/action", "\"resize\"", OPERATION_RESIZE},
    {"POST", "*/instances/*/action", "\"addFloatingIp\"", OPERATION_ASSOCIATE},
    {"POST", "*/instances/*/action", "\"removeFloatingIp\"", OPERATION_RELEASE},
    {"POST", "*/instances/*/action", "\"uploadImage\"", OPERATION_SNAPSHOT},
    {"POST", "*/instances/*/action", "\"addSecurityGroup\"", OPERATION_ADD_GROUP},
    {"POST", "*/instances/*/action", "\"removeSecurityGroup\"", OPERATION_REMOVE_GROUP},
    {NULL, NULL, NULL, OPERATION_OTHER},
};

static const struct request_row kakao_rows[] = {
    {"GET", "*", NULL, OPERATION_READ},
    {"POST", "*/auth/tokens", NULL, OPERATION_READ},
    {"POST", "*/keypairs", "\"public_key\"", OPERATION_REGISTER_KEY},
    {"DELETE", "*/keypairs/*", NULL, OPERATION_DELETE_KEY},
    {"POST", "*/instances", NULL, OPERATION_CREATE},
    {"PUT", "*/public-ips/*", NULL, OPERATION_ASSOCIATE},
    {"DELETE", "*/public-ips?is_delete=false", NULL, OPERATION_RELEASE},
    {"*", "*/public-ips*", NULL, OPERATION_OTHER},
    {"POST", "*/network-interfaces/*/security-groups/*", NULL, OPERATION_ADD_GROUP},
    {"DELETE", "*/network-interfaces/*/security-groups/*", NULL, OPERATION_REMOVE_GROUP},
    {"*", "*/network-interfaces*", NULL, OPERATION_OTHER},
    {"POST", "*/instances/*/volumes/*", NULL, OPERATION_ATTACH},
    {"DELETE", "*/instances/*/volumes/*", NULL, OPERATION_DETACH},
    {"*", "*/volumes/*", NULL, OPERATION_OTHER},
    {"PUT", "*/instances/*", "\"name\"", OPERATION_RENAME},
    {"PUT", "*/instances/*", "\"description\"", OPERATION_METADATA},
    {"DELETE", "*/instances/*", NULL, OPERATION_DELETE},
    {"POST", "*/instances/*/start", NULL, OPERATION_START},
    {"POST", "*/instances/*/stop", NULL, OPERATION_STOP},
    {"POST", "*/instances/*/soft-reboot", NULL, OPERATION_REBOOT_SOFT},
    {"POST", "*/instances/*/hard-reboot", NULL, OPERATION_REBOOT_HARD},
    {"POST", "*/instances/*/shelve", NULL, OPERATION_SHELVE},
    {"POST", "*/instances/*/unshelve", NULL, OPERATION_UNSHELVE},
    {"POST", "*/instances/*/resize", NULL, OPERATION_RESIZE},
    {"POST", "*/instances/*/rebuild", NULL, OPERATION_REBUILD},
    {NULL, NULL, NULL, OPERATION_OTHER},
};

static const struct request_row tencent_rows[] = {
    {"POST", "*/authentication/*", NULL, OPERATION_READ},
    {"POST", "*/compute/list", NULL, OPERATION_READ},
    {"POST", "*/compute/inspect", NULL, OPERATION_READ},
    {"POST", "*/compute/create", NULL, OPERATION_CREATE},
    {"POST", "*/compute/delete", NULL, OPERATION_DELETE},
    {"POST", "*/compute/update", "\"InstanceName\"", OPERATION_RENAME},
    {"POST", "*/compute/update", "\"SecurityGroups\"", OPERATION_SET_GROUPS},
    {"POST", "*/compute/reset", NULL, OPERATION_REBUILD},
    {"POST", "*/compute/turn_on", NULL, OPERATION_START},
    {"POST", "*/compute/turn_off", NULL, OPERATION_STOP},
    {NULL, NULL, NULL, OPERATION_OTHER},
};

/* How a dialect says whose server and what name it means. */
struct request_form {
    const struct request_row *rows;
    const char *const *server_keys; /* before the id, in path or body; NULL-ended */
    bool server_in_body;
    const char *create_outer, *create_name; /* members of a create's body; outer NULL = none */
    const char *reply_key;
};
static const char *const nova_keys[] = {"/servers/", NULL};
static const char *const instance_keys[] = {"/instances/", "/instances?id=", NULL};
static const char *const tencent_keys[] = {"\"InstanceIds\":[\"", "\"InstanceId\":\"", NULL};
static const struct request_form forms[CLOUD_DIALECT_COUNT] = {
    [CLOUD_NHN_V2] = {nova_rows, nova_keys, false, "server", "name", "\"id\""},
    [CLOUD_OPENSTACK] = {nova_rows, nova_keys, false, "server", "name", "\"id\""},
    [CLOUD_NHN_V1] = {v1_rows, instance_keys, false, "instance", "name", "\"id\""},
    [CLOUD_KAKAOCLOUD] = {kakao_rows, instance_keys, false, "instance", "name", "\"id\""},
    [CLOUD_TENCENT_GATEWAY] = {tencent_rows, tencent_keys, true, NULL, "InstanceName", "\"InstanceId\""},
};

static enum operation operation_find(const struct request_row *row, const char *method, const char *path,
                                     const char *body)
{
    for (; row->method; row++)
        if (fnmatch(row->method, method, 0) == 0 && fnmatch(row->path, path, 0) == 0 &&
            (!row->body || (body && strstr(body, row->body))))
            return row->operation;
    return row->operation;
}

static void read_server(const struct request_form *form, const char *text, struct request_meaning *out)
{
    for (const char *const *key = form->server_keys; *key && text; key++) {
        const char *at = strstr(text, *key);
        size_t length = at ? strcspn(at + strlen(*key), "/?&\"") : 0;
        if (length == 0 || length >= sizeof out->server) continue;
        memcpy(out->server, at + strlen(*key), length);
        out->server[length] = '\0';
        return;
    }
}

/* outer NULL: a member of the body itself */
static void read_name(const char *outer, const char *member, const char *body, struct request_meaning *out)
{
    cJSON *whole = body ? cJSON_Parse(body) : NULL;
    const cJSON *inner = outer ? cJSON_GetObjectItemCaseSensitive(whole, outer) : whole;
    const char *name = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(inner, member));
    snprintf(out->name, sizeof out->name, "%s", name ? name : "");
    cJSON_Delete(whole);
}

static void read_last(const char *path, const char *key, struct request_meaning *out)
{
    const char *at = strstr(path, key);
    if (at) snprintf(out->name, sizeof out->name, "%s", at + strlen(key));
}

void request_read(enum cloud_dialect dialect, const char *method, const char *path, const char *body,
                  struct request_meaning *out)
{
    const struct request_form *form = &forms[dialect];
    *out = (struct request_meaning){.operation = operation_find(form->rows, method, path, body)};
    if (out->operation == OPERATION_READ) return;
    if (out->operation == OPERATION_CREATE)
        read_name(form->create_outer, form->create_name, body, out);
    else if (out->operation == OPERATION_REGISTER_KEY)
        read_name("keypair", "name", body, out);
    else
        read_server(form, form->server_in_body ? body : path, out);
    read_last(path, "/floatingips/", out);
    read_last(path, "keypairs/", out);
    read_last(path, "keypairs?name=", out);
}

const char *reply_id_key(enum cloud_dialect dialect)
{
    return forms[dialect].reply_key;
}

static const char *const calls[OPERATION_COUNT] = {
    [OPERATION_READ] = "Look",
    [OPERATION_CREATE] = "Create",
    [OPERATION_RENAME] = "Rename",
    [OPERATION_METADATA] = "SetMetadata",
    [OPERATION_RESIZE] = "Resize",
    [OPERATION_CONFIRM] = "ConfirmResize",
    [OPERATION_START] = "Start",
    [OPERATION_STOP] = "Stop",
    [OPERATION_SHELVE] = "Shelve",
    [OPERATION_UNSHELVE] = "Unshelve",
    [OPERATION_REBOOT_SOFT] = "Reboot",
    [OPERATION_REBOOT_HARD] = "Reboot",
    [OPERATION_ADD_GROUP] = "AddSecurityGroup",
    [OPERATION_REMOVE_GROUP] = "RemoveSecurityGroup",
    [OPERATION_SET_GROUPS] = "AddSecurityGroup",
    [OPERATION_ATTACH] = "AttachVolume",
    [OPERATION_DETACH] = "DetachVolume",
    [OPERATION_ASSOCIATE] = "AssociateFloatingIp",
    [OPERATION_RELEASE] = "ReleaseFloatingIp",
    [OPERATION_DELETE] = "Delete",
    [OPERATION_REBUILD] = "Rebuild",
    [OPERATION_SNAPSHOT] = "Snapshot",
    [OPERATION_REGISTER_KEY] = "RegisterKeypair",
    [OPERATION_DELETE_KEY] = "DeleteKeypair",
    [OPERATION_OTHER] = "?",
};

const char *operation_call(enum operation operation)
{
    return calls[operation];
}

bool operation_is_called(enum operation operation, const char *call)
{
    if (operation == OPERATION_SET_GROUPS && strcmp(call, calls[OPERATION_REMOVE_GROUP]) == 0) return true;
    return strcmp(calls[operation], call) == 0;
}

bool operation_is_for_keys(enum operation operation)
{
    return operation == OPERATION_REGISTER_KEY || operation == OPERATION_DELETE_KEY;
}

bool operation_interrupts(enum operation operation)
{
    return operation == OPERATION_STOP || operation == OPERATION_SHELVE || operation == OPERATION_RESIZE ||
           operation == OPERATION_REBOOT_SOFT || operation == OPERATION_REBOOT_HARD ||
           operation == OPERATION_DETACH || operation == OPERATION_REBUILD;
}
