#include "daemon/account.h"

#include "daemon/config_copy.h"
#include "reconcile/base/memory.h"

struct account *account_new(const struct cloud_config *cloud)
{
    struct account *account = NEW(struct account);
    account->provider = provider_by_name(cloud->traits->provider);
    session_init(&account->session);
    arena_init(&account->documented_arena);
    arena_init(&account->arena);
    account_update(account, cloud);
    return account;
}

void account_free(struct account *account)
{
    if (account == NULL) return;
    flight_queue_release(&account->waiting);
    flight_queue_release(&account->doubted);
    flight_queue_release(&account->carried);
    flight_queue_release(&account->leaving);
    session_release(&account->session);
    arena_release(&account->documented_arena);
    arena_release(&account->arena);
    memory_free(account);
}

void account_renew(struct account *account)
{
    arena_release(&account->arena);
    account->cloud = cloud_copy(account->documented, &account->arena);
}

void account_update(struct account *account, const struct cloud_config *cloud)
{
    arena_release(&account->documented_arena);
    account->documented = cloud_copy(cloud, &account->documented_arena);
    struct arena old = account->arena;
    const struct cloud_config *before = account->cloud;
    arena_init(&account->arena);
    account->cloud = cloud_copy(account->documented, &account->arena);
    if (before) {
        /* The log-in is the same, so what clouds.yaml said of it stays true. */
        account->cloud->auth_url = arena_text(&account->arena, before->auth_url);
        account->cloud->region = arena_text(&account->arena, before->region);
        account->cloud->interface = arena_text(&account->arena, before->interface);
        account->cloud->tls_ca = arena_text(&account->arena, before->tls_ca);
        account->cloud->auth_form = before->auth_form;
    }
    arena_release(&old);
}

uint32_t account_held(const struct account *account)
{
    return account->waiting.count + account->doubted.count;
}

uint32_t account_wants(const struct account *account, struct now now)
{
    if (account->retired) return 0;
    uint32_t wants = account->leaving.count;
    if (session_wants_login(&account->session, now)) wants++;
    if (session_wants_check(&account->session, now)) wants++;
    return session_has_token(&account->session, now) ? wants + account->waiting.count : wants;
}

void account_tell(struct account *account, struct batch *events, struct now now, bool always)
{
    const struct session *session = &account->session;
    enum session_state state = session_state(session, now);
    uint32_t wants = account_wants(account, now), held = account_held(account);
    bool same = state == account->told.state && wants == account->told.wants && held == account->told.held &&
                account->own == account->told.own && session->retry_boot_ms == account->told.retry_boot_ms &&
                session->serial == account->told.serial;
    if (account->retired || (same && !always)) return;
    struct event_session *event = &batch_add(events, EVENT_SESSION)->session;
    event->cloud = arena_text(&events->arena, account->documented->name);
    event->state = state;
    event->wants = wants;
    event->held = held;
    event->own = account->own;
    event->fingerprint = arena_text(&events->arena, session->fingerprint);
    event->place = arena_text(&events->arena, session->place);
    event->retry_boot_ms = session->retry_boot_ms;
    event->quiet_boot_ms = session->quiet_boot_ms;
    event->message = arena_text(&events->arena, session->message);
    account->told.state = state;
    account->told.wants = wants;
    account->told.held = held;
    account->told.own = account->own;
    account->told.retry_boot_ms = session->retry_boot_ms;
    account->told.serial = session->serial;
}
