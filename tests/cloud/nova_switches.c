/* The switches of nhn-v2 and openstack, the default first; tests/simcloud/switches says what each is about.
 */
#include "nova.h"

#include "handlers.h"
#include "view.h"

#include <stdlib.h>
#include <string.h>

#define POSITIONS(...)                                                                                       \
    {                                                                                                        \
        __VA_ARGS__, NULL                                                                                    \
    }

const struct dialect_switch nhn_switches[] = {
    [NOVA_THROTTLE] = {"throttle", POSITIONS("told", "silent", "413")},
    [NOVA_TOKEN_LIFE] = {"token-life", POSITIONS("hours", "seconds")},
    [NOVA_VERIFY] = {"verify-resize", POSITIONS("a-moment", "none", "long")},
    [NOVA_QUOTA] = {"quota", POSITIONS("403", "413")},
    [NHN_SUCCESS] = {"success", POSITIONS("200-204", "200")},
    [NHN_TEXTS] = {"error-text", POSITIONS("nova", "other")},
    [NHN_PAGES] = {"pages", POSITIONS("linked", "silent")},
    [NHN_FRESH_LIST] = {"fresh-list", POSITIONS("at-once", "late")},
    [NHN_UNKNOWN_KEYS] = {"unknown-keys", POSITIONS("dropped", "refused")},
    [NHN_NETWORKS] = {"networks", POSITIONS("neutron", "vpc")},
    [NHN_PROTECT] = {"protect", POSITIONS("409", "403")},
    [NHN_SWITCH_COUNT] = {NULL, {NULL}},
};

const struct dialect_switch openstack_switches[] = {
    [NOVA_THROTTLE] = {"throttle", POSITIONS("told", "silent", "413")},
    [NOVA_TOKEN_LIFE] = {"token-life", POSITIONS("an-hour", "seconds")},
    [NOVA_VERIFY] = {"verify-resize", POSITIONS("by-hand", "none", "window")},
    [NOVA_QUOTA] = {"quota", POSITIONS("403", "413")},
    [OPENSTACK_OFFLOAD] = {"offload", POSITIONS("at-once", "late", "never")},
    [OPENSTACK_PATH] = {"compute-path", POSITIONS("v2-project", "v2.1", "v2.1-project")},
    [OPENSTACK_SOFT_DELETE] = {"soft-delete", POSITIONS("none", "shown")},
    [OPENSTACK_SWITCH_COUNT] = {NULL, {NULL}},
};

enum { FRESH_LIST_MS = 1500, TOKEN_SECONDS_MS = 6000, VERIFY_LONG_MS = 3000, OFFLOAD_LATE_MS = 2000 };

bool nova_switch(const struct call *call, enum cloud_dialect dialect, unsigned number, unsigned position)
{
    return call->cloud->options.dialect == dialect && call_switch(call, number) == position;
}

/* How long VERIFY_RESIZE and SHELVED last is the cloud's, not the request's. */
void nova_switch_note(struct call *call)
{
    struct cloud_options *options = &call->cloud->options;

    if (strcmp(call->operation, "resize") == 0) {
        unsigned position = call_switch(call, NOVA_VERIFY);

        if (position) options->confirm_after_ms = position == 1 ? 0 : VERIFY_LONG_MS;
    }
    if (options->dialect == CLOUD_OPENSTACK && strcmp(call->operation, "shelve") == 0) {
        unsigned position = call_switch(call, OPENSTACK_OFFLOAD);

        if (position) options->offload_after_ms = position == 1 ? OFFLOAD_LATE_MS : -1;
    }
    if (call->login && call_switch(call, NOVA_TOKEN_LIFE)) options->token_life_ms = TOKEN_SECONDS_MS;
}

static void header_remove(struct call *call, const char *name)
{
    size_t kept = 0;

    for (size_t i = 0; i < call->header_count; i++) {
        if (strcmp(call->headers[i].name, name) == 0)
            free(call->headers[i].value);
        else
            call->headers[kept++] = call->headers[i];
    }
    call->header_count = kept;
}

void nova_switch_reply(struct call *call)
{
    if (call->status == 429) {
        unsigned position = call_switch(call, NOVA_THROTTLE);

        if (position == 1) header_remove(call, "Retry-After");
        if (position == 2) call->status = 413;
    }
    if (call->service == CLOUD_COMPUTE && call->status > 200 && call->status < 300 &&
        nova_switch(call, CLOUD_NHN_V2, NHN_SUCCESS, 1))
        call->status = 200;
}

const char *nova_switch_text(const struct call *call, const char *message)
{
    return nova_switch(call, CLOUD_NHN_V2, NHN_TEXTS, 1) ? "The request failed." : message;
}

bool nova_switch_links(const struct call *call)
{
    return call->cloud->options.page_links && !nova_switch(call, CLOUD_NHN_V2, NHN_PAGES, 1);
}

bool nova_switch_hides(const struct call *call, const struct server *server)
{
    return server->created_ms + FRESH_LIST_MS > call->now_ms &&
           nova_switch(call, CLOUD_NHN_V2, NHN_FRESH_LIST, 1);
}

bool nova_switch_strict(const struct call *call)
{
    return call->cloud->options.strict_body || nova_switch(call, CLOUD_NHN_V2, NHN_UNKNOWN_KEYS, 1);
}

int nova_switch_quota(const struct call *call)
{
    bool nova =
        call->cloud->options.dialect == CLOUD_NHN_V2 || call->cloud->options.dialect == CLOUD_OPENSTACK;

    return nova && call_switch(call, NOVA_QUOTA) ? 413 : 403;
}

static void show_binned(struct call *call)
{
    call->status = 200;
    json_open(&call->body_out, '{');
    json_key(&call->body_out, "server");
    view_server(call, &call->body_out, call->server, &call->server->face, VIEW_SHOW);
    json_close(&call->body_out, '}');
}

static const struct route binned_route = {CLOUD_COMPUTE, "GET", "servers/*", "show", 0, show_binned};

const struct route *nova_switch_binned(const struct call *call)
{
    const struct server *server = call->server;

    if (!server || server->exists || strcmp(call->operation, "show") != 0) return NULL;
    if (!nova_switch(call, CLOUD_OPENSTACK, OPENSTACK_SOFT_DELETE, 1)) return NULL;
    return server->face.vm == VM_SOFT_DELETED ? &binned_route : NULL;
}
