#include "act.h"

#include "checks.h"
#include "memory.h"

void act_note(struct call *call, const char *name)
{
    server_act(call->server, name, call->request_id, call->now_ms);
}

void act_life(struct call *call, enum operation_kind kind)
{
    const struct cloud_fault *error = call_fault(call, CLOUD_FAULT_ACTION_ERROR);
    const struct cloud_fault *slow = call_fault(call, CLOUD_FAULT_ACTION_SLOW);
    const struct cloud_fault *endless = call_fault(call, CLOUD_FAULT_ACTION_ENDLESS);
    const struct cloud_fault *forgotten = call_fault(call, CLOUD_FAULT_VERIFY_FORGOTTEN);

    call->effect = true;
    life_begin(call->cloud, call->server, kind, slow ? slow->value_ms : 0);
    if (slow) fault_used(call, slow);
    if (error) fault_used(call, error);
    if (error && kind != LIFE_IMAGE) {
        call->server->fail_message =
            memory_text(error->text[0] ? error->text : "Operation failed in the hypervisor.");
    }
    if (endless) {
        call->server->endless = true;
        fault_used(call, endless);
    }
    call->server->verify_forgotten = forgotten && kind == LIFE_RESIZE;
    if (call->server->verify_forgotten) fault_used(call, forgotten);
}

void act_image(struct call *call, struct item *image)
{
    const struct cloud_fault *error = call_fault(call, CLOUD_FAULT_ACTION_ERROR);

    if (call_is_ignored(call)) { /* its bytes never come */
        image->failed = true;
        return;
    }
    image->pending = true;
    image->failed = error != NULL;
    act_life(call, LIFE_IMAGE);
    agenda_add(&call->cloud->agenda, call->now_ms + call->server->total_ms, AGENDA_IMAGE, call->server, 0,
               image->item.id);
}

void act_delete(struct call *call)
{
    const struct cloud_fault *returns = call_fault(call, CLOUD_FAULT_RETURNS);
    struct server *server = call->server;

    if (life_is(server, LIFE_DELETE)) return;
    act_note(call, "delete");
    if (call_is_ignored(call)) return;
    if (returns) {
        server->returns_after_ms = returns->value_ms > 0 ? returns->value_ms : 1;
        fault_used(call, returns);
    }
    /* What no host has taken yet, or no host ever had, goes at once (recorded 288). */
    if (server->face.vm == VM_BUILDING || (server->face.vm == VM_ERROR && server->no_host)) {
        call->effect = true;
        life_gone(call->cloud, server);
        return;
    }
    act_life(call, LIFE_DELETE);
}
